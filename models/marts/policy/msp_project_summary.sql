with

    msp_projects as (select * from {{ ref("stg_articles__msp_projects") }}),

    final as (

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

    )

select *
from final
order by document, text_line, dimension, category
