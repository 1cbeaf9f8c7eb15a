with

    printed as (
        {{
            stack_seeds(
                "demand_outlook",
                [
                    "document",
                    "locator",
                    "text_line",
                    "printed",
                    "mineral",
                    "technology",
                    "scenario",
                    "base_year",
                    "target_year",
                    "multiple",
                    "multiple_low",
                    "multiple_high",
                    "reading",
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
            mineral,
            technology,
            scenario,
            {{ as_integer("base_year") }} as base_year,
            {{ as_integer("target_year") }} as target_year,
            {{ as_number("multiple") }} as multiple,
            {{ as_number("multiple_low") }} as multiple_low,
            {{ as_number("multiple_high") }} as multiple_high,
            reading,
            claim_flag,
            note
        from printed

    )

select *
from final
