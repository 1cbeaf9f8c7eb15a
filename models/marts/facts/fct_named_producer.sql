with

    named as (select * from {{ ref("stg_articles__named_producers") }}),

    unlinked as (select document, table_no, mineral, measure, scope, party, printed, locator, text_line from named),

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
order by document, table_no, mineral, scope, party
