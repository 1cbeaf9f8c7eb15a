with

    panel as (select * from {{ ref("usgs_mcs_2024__observations") }}),

    final as (

        select
            source,
            edition,
            mineral,
            basis,
            stage,
            measure,
            party_printed,
            party,
            {{ as_integer("year") }} as year,
            original_value,
            original_unit,
            {{ as_number("value") }} as value,
            {{ as_number("value_low") }} as value_low,
            {{ as_number("value_high") }} as value_high,
            value_flag,
            note,
            file,
            locator
        from panel

    )

select *
from final
