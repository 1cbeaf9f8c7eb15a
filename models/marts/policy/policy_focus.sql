with

    policy_focus as (select * from {{ ref("stg_articles__policy_focus") }}),

    unlinked as (select theme, side, focus_en, document, locator, focus_zh, text_line, printed from policy_focus),

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
order by document, text_line, theme, side, focus_en
