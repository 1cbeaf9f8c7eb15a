with

    observations as (select * from {{ ref("int_observations__by_party") }}),

    -- Reserves belong to the edition, so that the same reserves never stand in two: they change, they are not revised.
    ordered as (

        select
            source,
            mineral,
            basis,
            stage,
            measure,
            party,
            year,
            edition as edition_new,
            value_tonnes as value_new,
            lag(edition) over same_quantity as edition_old,
            lag(value_tonnes) over same_quantity as value_old
        from observations
        where value_tonnes is not null and measure in ('production', 'capacity')
        window same_quantity as (partition by source, mineral, basis, stage, measure, party, year order by edition)

    ),

    final as (

        select
            source,
            mineral,
            basis,
            stage,
            measure,
            party,
            year,
            edition_old,
            edition_new,
            value_old,
            value_new,
            value_new - value_old as change,
            100 * (value_new - value_old) / nullif(value_old, 0) as change_pct
        from ordered
        where edition_old is not null and value_new <> value_old

    )

select *
from final
order by source, mineral, basis, stage, measure, party, year, edition_new
