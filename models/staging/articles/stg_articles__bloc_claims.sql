with

    printed as (
        {{
            stack_seeds(
                "bloc_claims",
                [
                    "document",
                    "locator",
                    "text_line",
                    "printed",
                    "bloc",
                    "date_printed",
                    "start_date",
                    "start_precision",
                    "bloc_type",
                    "members_printed",
                    "n_members_stated",
                    "aim_en",
                    "note",
                ],
            )
        }}
    ),

    final as (

        select
            document,
            locator,
            {{ as_integer("text_line") }} as text_line,
            printed,
            bloc,
            date_printed,
            {{ as_date("start_date") }} as start_date,
            start_precision,
            bloc_type,
            members_printed,
            {{ as_integer("n_members_stated") }} as n_members_stated,
            aim_en,
            note
        from printed

    )

select *
from final
