with

    documents as (select * from {{ ref("documents") }}),

    final as (

        select
            document,
            title,
            title_zh,
            authors,
            publisher,
            {{ as_date("published_on") }} as published_on,
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
