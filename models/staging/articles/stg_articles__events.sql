with

    printed as (
        {{
            stack_seeds(
                "events",
                [
                    "document",
                    "locator",
                    "text_line",
                    "printed",
                    "event_id",
                    "event_date",
                    "date_precision",
                    "actor",
                    "actors",
                    "category",
                    "title_en",
                    "title_zh",
                    "minerals",
                    "targets",
                    "event_stage",
                    "bloc",
                    "note",
                ],
            )
        }}
    ),

    final as (

        select
            document,
            locator,
            {{ as_integer("text_line") }} as text_line,
            printed,
            event_id,
            {{ as_date("event_date") }} as event_date,
            date_precision,
            actor,
            actors,
            category,
            title_en,
            title_zh,
            minerals,
            targets,
            event_stage,
            bloc,
            note
        from printed

    )

select *
from final
