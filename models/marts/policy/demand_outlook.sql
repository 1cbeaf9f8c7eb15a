with

    demand_outlook as (select * from {{ ref("stg_articles__demand_outlook") }}),

    unlinked as (

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

    ),

    final as (

        select unlinked.*, conflicts.conflict_ids
        from unlinked
        left join
            {{ ref("int_conflicts__by_line") }} as conflicts
            on unlinked.document = conflicts.document
            and unlinked.text_line = conflicts.text_line

    )

select *
from final
order by document, text_line, mineral, target_year
