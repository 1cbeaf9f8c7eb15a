with

    documents as (select * from {{ ref("stg_reference__documents") }}),

    editions as (select * from {{ ref("int_editions__described") }}),

    -- An edition that was landed is a document, whether or not somebody has described it by hand.
    landed as (

        select
            editions.document,
            editions.title,
            cast(null as {{ dbt.type_string() }}) as title_zh,
            editions.publisher as authors,
            editions.publisher,
            editions.published_on,
            editions.published_precision as date_precision,
            'statistics_edition' as kind,
            editions.url,
            cast(null as {{ dbt.type_string() }}) as doi,
            editions.licence,
            cast(null as {{ dbt.type_string() }}) as article_file,
            cast(null as {{ dbt.type_string() }}) as note
        from editions
        left join documents on editions.document = documents.document
        where documents.document is null

    ),

    stacked as (

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
        union all
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
        from landed

    ),

    final as (select *, {{ known_by("published_on", "date_precision") }} as known_by from stacked)

select *
from final
order by document
