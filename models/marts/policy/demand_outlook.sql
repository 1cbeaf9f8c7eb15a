with

    demand_outlook as (select * from {{ ref("stg_articles__demand_outlook") }}),

    final as (

        select
            mineral,
            technology,
            scenario,
            base_year,
            target_year,
            multiple,
            reading,
            document,
            locator,
            multiple_low,
            multiple_high,
            text_line,
            printed,
            claim_flag,
            note
        from demand_outlook

    )

select *
from final
order by document, text_line, mineral, target_year
