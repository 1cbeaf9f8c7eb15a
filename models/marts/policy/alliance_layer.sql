with

    alliance_layers as (select * from {{ ref("stg_articles__alliance_layers") }}),

    unlinked as (select layer, party, document, locator, text_line, printed from alliance_layers),

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
order by document, layer, party
