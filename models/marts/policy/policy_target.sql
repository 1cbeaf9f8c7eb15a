with

    policy_targets as (select * from {{ ref("stg_articles__policy_targets") }}),

    unlinked as (

        select
            jurisdiction,
            instrument,
            instrument_stage,
            target,
            value,
            comparison,
            target_year,
            document,
            locator,
            unit,
            text_line,
            printed,
            note
        from policy_targets

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
order by document, text_line, instrument, target
