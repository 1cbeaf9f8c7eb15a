with

    counts as (select * from {{ within_file(ref("policy_events_by_year")) }}),

    events as (select * from {{ within_file(ref("fct_policy_event")) }}),

    taken_part as (select event_id, {{ split_rows("actors") }} as actor from events),

    involved as (

        select event_id, actor, 'led' as cell_role
        from events
        union all
        select event_id, actor, 'taken_part' as cell_role
        from taken_part

    ),

    final as (

        select
            counts.actor,
            counts.category,
            counts.year,
            involved.cell_role,
            {{
                cell_of_document(
                    "events.document", "events.locator", "events.text_line", "events.printed", "involved.actor"
                )
            }},
            events.event_id
        from counts
        inner join involved on counts.actor = involved.actor
        inner join
            events
            on involved.event_id = events.event_id
            and counts.category = events.category
            and counts.year = {{ year_of("events.event_date") }}

    )

select *
from final
