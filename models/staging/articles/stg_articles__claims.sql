with

    printed as (
        {{
            stack_seeds(
                "claims",
                [
                    "document",
                    "locator",
                    "text_line",
                    "printed",
                    "subject",
                    "subject_zh",
                    "measure",
                    "mineral",
                    "party",
                    "bloc",
                    "year",
                    "as_of",
                    "value",
                    "value_low",
                    "value_high",
                    "unit",
                    "basis",
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
            subject,
            subject_zh,
            measure,
            mineral,
            party,
            bloc,
            {{ as_integer("year") }} as year,
            as_of,
            {{ as_number("value") }} as value,
            {{ as_number("value_low") }} as value_low,
            {{ as_number("value_high") }} as value_high,
            unit,
            basis,
            qualifier,
            claim_flag,
            note
        from printed

    )

select *
from final
