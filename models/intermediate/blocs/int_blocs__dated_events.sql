{# What an event that names a bloc says about the bloc's beginning. #}
with

    blocs as (select * from {{ ref("stg_reference__blocs") }}),

    events as (select * from {{ ref("stg_articles__events") }} where bloc is not null),

    links as (select * from {{ ref("stg_decisions__same_events") }}),

    resolved as (select * from {{ ref("int_membership__resolved") }}),

    actors as (select event_id, events.bloc, {{ split_rows("actors") }} as party from events),

    founders as (select distinct bloc, party from resolved where role in ('initiator', 'founding')),

    -- Who joins later is no founder.
    acting as (

        select actors.event_id, count(*) as n_actors, count(founders.party) as n_founders
        from actors
        left join founders on actors.bloc = founders.bloc and trim(actors.party) = founders.party
        group by actors.event_id

    ),

    final as (

        select
            events.event_id,
            events.document,
            events.locator,
            events.text_line,
            events.printed,
            events.bloc,
            events.event_date,
            events.date_precision,
            -- 1: only proposed; 2: begun; 3: in force, which an agreement may be later than it was signed.
            case
                when events.event_stage = 'proposed'
                then 1
                when events.event_stage = 'in_force' and events.category = 'agreement'
                then 3
                else 2
            end as stage,
            -- Between two parties every agreement is a beginning, and so is whatever is told of a bloc that never
            -- came to
            -- be; in another bloc one in which none but founders act.
            links.event_id is null
            and events.category in ('alliance', 'agreement')
            and events.event_stage in ('proposed', 'adopted', 'signed', 'in_force')
            and (
                blocs.level = 'bilateral' or blocs.status = 'proposed' or acting.n_actors = acting.n_founders
            ) as is_beginning,
            links.event_id is not null as is_another_occurrence
        from events
        inner join blocs on events.bloc = blocs.bloc
        inner join acting on events.event_id = acting.event_id
        left join links on events.event_id = links.event_id

    )

select *
from final
