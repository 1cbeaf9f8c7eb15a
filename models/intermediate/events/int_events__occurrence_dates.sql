{# When the linked occurrences happened, by each paper that reports them and by official statements, each with what
   supports it. #}
with

    links as (select * from {{ ref("stg_decisions__same_events") }}),

    events as (select * from {{ ref("stg_articles__events") }}),

    official_dates as (select * from {{ ref("stg_statements__official_dates") }}),

    documents as (select * from {{ ref("stg_reference__documents") }}),

    stacked as (

        select
            links.occurrence,
            links.role,
            events.document,
            events.locator,
            events.text_line,
            events.printed,
            events.title_en as told,
            events.event_date,
            events.date_precision
        from links
        inner join events on links.event_id = events.event_id
        union all
        select
            occurrence,
            role,
            document,
            locator,
            cast(null as integer) as text_line,
            {{ period_text("event_date", "date_precision") }} as printed,
            note as told,
            event_date,
            date_precision
        from official_dates

    ),

    dated as (

        select
            stacked.occurrence
            || '|'
            || stacked.role
            || '|'
            || {{ place_of("stacked.document", "stacked.text_line") }}
            || '|'
            || {{ period_text("stacked.event_date", "stacked.date_precision") }} as claim,
            stacked.*,
            {{ known_by("stacked.event_date", "stacked.date_precision") }} as event_last,
            documents.kind = 'official_statement' as is_official,
            case documents.kind when 'official_statement' then documents.publisher else stacked.document end as told_by,
            documents.published_on
        from stacked
        inner join documents on stacked.document = documents.document

    ),

    agreeing as (

        select
            dated.claim,
            max(case when other.is_official then 1 else 0 end) = 1 as agrees_with_official,
            count(distinct other.document) as n_documents
        from dated
        inner join
            dated as other
            on dated.occurrence = other.occurrence
            and dated.role = other.role
            and {{ periods_meet("dated.event_date", "dated.event_last", "other.event_date", "other.event_last") }}
        group by dated.claim

    ),

    final as (

        select
            dated.*,
            agreeing.agrees_with_official,
            max(case when dated.is_official then 1 else 0 end) over (partition by dated.occurrence, dated.role)
            = 1 as has_official,
            -- The best supported date stands first; of equals the later one.
            row_number() over (
                partition by dated.occurrence, dated.role
                order by
                    case when dated.is_official then 1 else 2 end,
                    agreeing.n_documents desc,
                    {{ precision_rank("dated.date_precision") }},
                    dated.published_on desc,
                    dated.claim desc
            ) as standing,
            row_number() over (
                partition by dated.occurrence, dated.role, dated.document
                order by
                    case when agreeing.agrees_with_official then 1 else 2 end,
                    agreeing.n_documents desc,
                    {{ precision_rank("dated.date_precision") }},
                    dated.text_line desc,
                    dated.claim
            ) as standing_in_document
        from dated
        inner join agreeing on dated.claim = agreeing.claim

    )

select *
from final
