{# One value per party: sub-series of one quantity (petalite and lepidolite, for instance) are summed. The bounds hold
   what is printed as a range or a limit, and the rounding of what is printed as a figure. #}
with

    observations as (select * from {{ ref("int_observations__typed") }}),

    units as (select * from {{ ref("stg_reference__units") }}),

    rounded as (

        select *, {{ rounding_half_unit("value") }} * value_tonnes / nullif(value, 0) as half_unit_tonnes
        from observations

    ),

    bounded as (

        select
            *,
            coalesce(value_low_tonnes, value_tonnes - coalesce(half_unit_tonnes, 0)) as low_tonnes,
            coalesce(value_high_tonnes, value_tonnes + coalesce(half_unit_tonnes, 0)) as high_tonnes
        from rounded

    ),

    final as (

        select
            observations.source,
            observations.edition,
            observations.mineral,
            observations.basis,
            observations.stage,
            observations.measure,
            observations.year,
            observations.party,
            {{ total("observations.value_tonnes") }} as value_tonnes,
            {{ total("observations.low_tonnes") }} as low_tonnes,
            {{ total("observations.high_tonnes") }} as high_tonnes,
            count(*) as n_rows,
            count(case when observations.value_flag = 'withheld' then 1 end) as n_withheld,
            -- "Excludes U.S. production": what is withheld is then not in the world total either.
            count(case when lower(observations.note) like '%excludes %' then 1 end) as n_excluding
        from bounded as observations
        inner join units on observations.unit = units.unit
        where
            units.dimension = 'mass'
            and observations.measure in ('production', 'reserves', 'resources', 'capacity')
            -- Tables of the world by country; a national table (salient statistics) or a long series of totals is none.
            and observations.table_kind in ('world', 'parts', 'production', 'shares')
        group by
            observations.source,
            observations.edition,
            observations.mineral,
            observations.basis,
            observations.stage,
            observations.measure,
            observations.year,
            observations.party

    )

select *
from final
