with

    printed as (
        {{
            stack_seeds(
                "msp_projects",
                [
                    "document",
                    "locator",
                    "text_line",
                    "printed",
                    "dimension",
                    "category",
                    "n_projects",
                    "mineral",
                    "party",
                    "name_en",
                    "claim_flag",
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
            dimension,
            category,
            {{ as_integer("n_projects") }} as n_projects,
            mineral,
            party,
            name_en,
            claim_flag,
            note
        from printed

    )

select *
from final
