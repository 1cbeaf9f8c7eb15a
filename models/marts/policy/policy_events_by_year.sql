with

    events as (select * from {{ ref("stg_articles__events") }}),

    led as (select actor, category, {{ year_of("event_date") }} as year, event_id, 1 as is_lead from events),

    taken_part as (

        select
            {{ split_rows("actors") }} as actor, category, {{ year_of("event_date") }} as year, event_id, 0 as is_lead
        from events

    ),

    stacked as (

        select actor, category, year, event_id, is_lead
        from led
        union all
        select actor, category, year, event_id, is_lead
        from taken_part

    ),

    final as (

        select
            actor,
            category,
            year,
            cast(sum(is_lead) as integer) as n_events,
            cast(count(distinct event_id) as integer) as n_events_taken_part
        from stacked
        group by actor, category, year

    )

select *
from final
order by actor, year, category
