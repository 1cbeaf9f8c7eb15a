with

    policy_stages as (select * from {{ ref("stg_articles__policy_stages") }}),

    unlinked as (

        select stage_no, name_en, name_zh, year_from, year_to, drivers_en, document, locator, text_line, printed
        from policy_stages

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
order by document, stage_no
