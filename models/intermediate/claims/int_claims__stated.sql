{# Single figures of official statements, in base units, with what their digits leave open. #}
with

    figures as (select * from {{ ref("stg_statements__official_figures") }} where list_key is null),

    units as (select * from {{ ref("stg_reference__units") }}),

    sized as (

        select figures.*, units.base_unit, units.to_base, {{ rounding_half_unit("abs(figures.value)") }} as half_unit
        from figures
        inner join units on figures.unit = units.unit

    ),

    final as (

        select
            document,
            locator,
            measure,
            mineral,
            party,
            year,
            base_unit,
            value * to_base as value,
            case when qualifier in ('under', 'upper_bound') then null else (value - half_unit) * to_base end as low,
            case when qualifier in ('over', 'lower_bound') then null else (value + half_unit) * to_base end as high
        from sized

    )

select *
from final
