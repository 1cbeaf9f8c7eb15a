with

    printed as (
        {{
            stack_seeds(
                "import_dependence",
                [
                    "document",
                    "locator",
                    "text_line",
                    "printed",
                    "party",
                    "mineral",
                    "mineral_scope",
                    "measure",
                    "partner",
                    "year",
                    "value_low",
                    "value_high",
                    "qualifier",
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
            party,
            mineral,
            mineral_scope,
            measure,
            partner,
            {{ as_integer("year") }} as year,
            {{ as_number("value_low") }} as value_low,
            {{ as_number("value_high") }} as value_high,
            qualifier,
            claim_flag,
            note
        from printed

    )

select *
from final
