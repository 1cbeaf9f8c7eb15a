with

    minerals as (select * from {{ ref("minerals") }}),

    final as (

        select
            mineral, name_en, name_zh, symbol, level, parent_mineral, hs_codes, {{ as_integer("hs_year") }} as hs_year
        from minerals

    )

select *
from final
