with

    policy_focus as (select * from {{ ref("stg_articles__policy_focus") }}),

    final as (select theme, side, focus_en, document, locator, focus_zh, text_line, printed from policy_focus)

select *
from final
order by document, text_line, theme, side, focus_en
