{# An event's minerals, each with each party that acts or is aimed at. #}
with

    events as (select * from {{ ref("stg_articles__events") }}),

    by_mineral as (

        select event_id, event_date, actors, targets, {{ split_rows("minerals") }} as mineral
        from events
        where minerals is not null and event_date is not null

    ),

    by_party as (

        select event_id, event_date, mineral, {{ split_rows("actors") }} as party, 'actor' as party_role
        from by_mineral
        where actors is not null
        union all
        select event_id, event_date, mineral, {{ split_rows("targets") }} as party, 'target' as party_role
        from by_mineral
        where targets is not null

    ),

    -- Who both acts and is aimed at (a pact between two states) counts once, as an actor.
    final as (

        select event_id, event_date, trim(mineral) as mineral, trim(party) as party, min(party_role) as party_role
        from by_party
        group by event_id, event_date, trim(mineral), trim(party)

    )

select *
from final
