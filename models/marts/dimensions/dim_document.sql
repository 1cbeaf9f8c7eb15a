with

    documents as (select * from {{ ref("stg_reference__documents") }}),

    final as (

        select
            document,
            title,
            title_zh,
            authors,
            publisher,
            published_on,
            date_precision,
            kind,
            url,
            doi,
            licence,
            article_file,
            note
        from documents

    )

select *
from final
order by document
