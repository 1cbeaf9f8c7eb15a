with

    stated as (
        {{
            stack_seeds(
                "official_figures",
                [
                    "document",
                    "locator",
                    "measure",
                    "mineral",
                    "party",
                    "list_key",
                    "year",
                    "value",
                    "unit",
                    "qualifier",
                    "note",
                ],
            )
        }}
    ),

    final as (

        select
            document,
            locator,
            measure,
            mineral,
            party,
            list_key,
            {{ as_integer("year") }} as year,
            {{ as_number("value") }} as value,
            unit,
            qualifier,
            note
        from stated

    )

select *
from final
