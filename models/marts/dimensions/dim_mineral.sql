with

    minerals as (select * from {{ ref("stg_reference__minerals") }}),

    final as (select mineral, name_en, name_zh, symbol, level, parent_mineral, hs_codes, hs_year from minerals)

select *
from final
order by mineral
