with

    events as (select * from {{ ref("stg_articles__events") }}),

    unlinked as (

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

    ),

    final as (

        select unlinked.*, conflicts.conflict_ids
        from unlinked
        left join
            {{ ref("int_conflicts__by_line") }} as conflicts
            on unlinked.document = conflicts.document
            and unlinked.text_line = conflicts.text_line

    )

select *
from final
order by event_date, event_id
