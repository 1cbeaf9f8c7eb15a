with

    units as (select * from {{ ref("units") }}),

    final as (

        select
            unit,
            name_en,
            name_zh,
            dimension,
            base_unit,
            {{ as_number("to_base") }} as to_base,
            {{ as_number("to_tonnes") }} as to_tonnes
        from units

    )

select *
from final
