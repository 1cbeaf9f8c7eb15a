{# Dated statements beside the publication that a document cites for them: the first day on which what is stated could be known,
   and the last on which the publication can have appeared. #}
with

    citations as (select * from {{ ref("stg_decisions__cited_sources") }}),

    claims as (select * from {{ ref("int_claims__intervals") }}),

    outlooks as (select * from {{ ref("stg_articles__demand_outlook") }}),

    events as (select * from {{ ref("stg_articles__events") }}),

    documents as (select * from {{ ref("stg_reference__documents") }}),

    statements as (

        select
            document,
            locator,
            text_line,
            printed,
            statement,
            case
                when as_of like '____-__-__'
                then {{ as_date("as_of") }}
                when as_of like '____-__'
                then {{ as_date("as_of || '-01'") }}
                when year is not null
                then {{ make_day("year", 1, 1) }}
            end as known_from,
            'It is of that time.' as why
        from claims
        -- An outlook is dated by its base.
        where measure <> 'demand_multiple'
        union all
        select
            document,
            locator,
            text_line,
            printed,
            'Demand of '
            || cast(target_year as {{ dbt.type_string() }})
            || ' is set against that of '
            || cast(base_year as {{ dbt.type_string() }})
            || '.' as statement,
            -- The demand of a year is known when the year is over.
            {{ make_day("base_year", 12, 31) }} as known_from,
            'The demand of a year is known when it is over.' as why
        from outlooks
        union all
        select
            document,
            locator,
            text_line,
            printed,
            title_en || '.' as statement,
            event_date as known_from,
            'It is of that time.' as why
        from events

    ),

    final as (

        select
            citations.document,
            citations.text_line,
            citations.printed,
            citations.cited_line,
            citations.cited_printed,
            citations.cited_title,
            citations.cited_on,
            citations.cited_precision,
            {{ known_by("citations.cited_on", "citations.cited_precision") }} as cited_last,
            statements.locator,
            statements.statement,
            dating.title as dated_by_title,
            coalesce(dating.published_on, statements.known_from) as known_from,
            case
                when dating.published_on is not null then 'It is dated by: ' || dating.title || '.' else statements.why
            end as why
        from citations
        inner join
            statements
            on citations.document = statements.document
            and citations.text_line = statements.text_line
            and citations.printed = statements.printed
        left join documents as dating on citations.dated_by = dating.document

    )

select *
from final
