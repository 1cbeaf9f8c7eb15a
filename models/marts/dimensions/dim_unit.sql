with

    units as (select * from {{ ref("stg_reference__units") }}),

    final as (select unit, dimension, to_tonnes, name_en, name_zh, base_unit, to_base from units)

select *
from final
order by unit
