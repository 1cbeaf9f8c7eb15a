with

    printed as (
        {{
            stack_seeds(
                "policy_targets",
                [
                    "document",
                    "locator",
                    "text_line",
                    "printed",
                    "jurisdiction",
                    "instrument",
                    "instrument_stage",
                    "target",
                    "value",
                    "unit",
                    "comparison",
                    "base",
                    "target_year",
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
            jurisdiction,
            instrument,
            instrument_stage,
            target,
            {{ as_number("value") }} as value,
            unit,
            comparison,
            base,
            {{ as_integer("target_year") }} as target_year,
            note
        from printed

    )

select *
from final
