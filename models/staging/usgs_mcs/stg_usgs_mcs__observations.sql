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
            -- A bound that repeats the value is none: only ranges and limits have ends of their own.
            {{ as_number("nullif(value_low, value)") }} as value_low,
            {{ as_number("nullif(value_high, value)") }} as value_high,
            value_flag,
            note,
            file,
            locator
        from panel

    )

select *
from final
