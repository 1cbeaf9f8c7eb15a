{# Shares of the named producers of every series, ranked: the ground of all measures of concentration. #}
with

    observations as (select * from {{ ref("int_observations__by_party") }}),

    series as (select * from {{ ref("int_shares__series") }}),

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
            observations.value_tonnes / coalesce(series.world_published, series.world_all_rows) as share,
            -- Ties stand in the order of the codes, so that a rank is stable.
            row_number() over (
                partition by
                    observations.source,
                    observations.edition,
                    observations.mineral,
                    observations.basis,
                    observations.stage,
                    observations.measure,
                    observations.year
                order by observations.value_tonnes desc, observations.party
            ) as place
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
        where
            observations.party not in ('WORLD', 'OTHER')
            and observations.value_tonnes > 0
            and coalesce(series.world_published, series.world_all_rows) > 0

    )

select *
from final
