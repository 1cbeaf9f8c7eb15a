with

    msp_projects as (select * from {{ ref("stg_articles__msp_projects") }}),

    unlinked as (

        select
            dimension,
            category,
            n_projects,
            document,
            locator,
            mineral,
            party,
            name_en,
            text_line,
            printed,
            claim_flag,
            note
        from msp_projects

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
order by document, text_line, dimension, category
