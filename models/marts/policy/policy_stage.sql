with

    policy_stages as (select * from {{ ref("stg_articles__policy_stages") }}),

    final as (

        select stage_no, name_en, name_zh, year_from, year_to, drivers_en, document, locator, text_line, printed
        from policy_stages

    )

select *
from final
order by document, stage_no
