with

    stated as (
        {{
            stack_seeds(
                "official_targets",
                [
                    "document",
                    "locator",
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
        from stated

    )

select *
from final
