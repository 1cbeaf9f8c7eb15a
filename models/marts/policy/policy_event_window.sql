with

    events as (select * from {{ ref("int_events__minerals_and_parties") }}),

    observations as (select * from {{ ref("int_observations__by_party") }}),

    series as (select * from {{ ref("int_shares__series") }}),

    final as (

        select
            events.event_id,
            events.mineral,
            events.party,
            observations.year,
            observations.year - {{ year_of("events.event_date") }} as years_from_event,
            observations.value_tonnes / coalesce(series.world_published, series.world_all_rows) as production_share,
            coalesce(series.world_published, series.world_all_rows) as world_value,
            observations.source,
            observations.edition,
            observations.basis,
            observations.stage,
            observations.value_tonnes as party_value,
            events.party_role
        from events
        inner join
            observations
            on events.mineral = observations.mineral
            and events.party = observations.party
            and observations.year
            between {{ year_of("events.event_date") }} - 3 and {{ year_of("events.event_date") }} + 3
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
            observations.measure = 'production'
            and observations.value_tonnes is not null
            and coalesce(series.world_published, series.world_all_rows) > 0

    )

select *
from final
order by event_id, mineral, party, source, edition, basis, stage, year
