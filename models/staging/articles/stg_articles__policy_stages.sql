with

    printed as (
        {{
            stack_seeds(
                "policy_stages",
                [
                    "document",
                    "locator",
                    "text_line",
                    "printed",
                    "stage_no",
                    "name_en",
                    "name_zh",
                    "year_from",
                    "year_to",
                    "drivers_en",
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
            {{ as_integer("stage_no") }} as stage_no,
            name_en,
            name_zh,
            {{ as_integer("year_from") }} as year_from,
            {{ as_integer("year_to") }} as year_to,
            drivers_en
        from printed

    )

select *
from final
