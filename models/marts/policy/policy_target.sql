with

    policy_targets as (select * from {{ ref("stg_articles__policy_targets") }}),

    final as (

        select
            jurisdiction,
            instrument,
            instrument_stage,
            target,
            value,
            comparison,
            target_year,
            document,
            locator,
            unit,
            text_line,
            printed,
            note
        from policy_targets

    )

select *
from final
order by document, text_line, instrument, target
