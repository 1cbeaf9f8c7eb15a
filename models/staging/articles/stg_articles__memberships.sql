with

    printed as (
        {{
            stack_seeds(
                "memberships",
                [
                    "document",
                    "locator",
                    "text_line",
                    "printed_zh",
                    "bloc",
                    "party",
                    "role",
                    "joined",
                    "joined_precision",
                    "joined_printed",
                    "left_on",
                    "status",
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
            printed_zh,
            bloc,
            party,
            role,
            {{ as_date("joined") }} as joined,
            joined_precision,
            joined_printed,
            {{ as_date("left_on") }} as left_on,
            status,
            note
        from printed

    )

select *
from final
