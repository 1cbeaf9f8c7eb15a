{# What one party holds of the world in one table. #}
with

    series as (select * from {{ ref("int_shares__series") }} where coalesce(world_published, world_all_rows) > 0),

    observations as (select * from {{ ref("int_observations__by_party") }} where value_tonnes is not null),

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
            observations.value_tonnes / coalesce(series.world_published, series.world_all_rows) as part
        from observations
        inner join
            series
            on observations.source = series.source
            and observations.edition = series.edition
            and observations.mineral = series.mineral
            and observations.basis = series.basis
            and observations.stage = series.stage
            and observations.measure = series.measure
            and observations.year = series.year

    )

select *
from final
