with

    events as (select * from {{ ref("stg_articles__events") }}),

    final as (

        select
            event_id,
            event_date,
            date_precision,
            actor,
            actors,
            category,
            title_en,
            title_zh,
            minerals,
            targets,
            event_stage,
            document,
            locator,
            text_line,
            bloc,
            printed,
            note
        from events

    )

select *
from final
order by event_date, event_id
