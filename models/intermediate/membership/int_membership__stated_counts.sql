{# The numbers of parties that papers state for a bloc, each with the period it speaks of: its own date, or, without one,
   the time of writing. A paper is not older than the newest thing that it reports as done. #}
with

    bloc_claims as (select * from {{ ref("stg_articles__bloc_claims") }} where n_members_stated is not null),

    claims as (

        select *
        from {{ ref("stg_articles__claims") }}
        where measure in ('member_count', 'party_count') and bloc is not null and qualifier = 'exact'

    ),

    papers as (select * from {{ ref("stg_reference__documents") }} where kind = 'paper'),

    blocs as (select * from {{ ref("stg_reference__blocs") }}),

    events as (select * from {{ ref("stg_articles__events") }} where event_stage not in ('proposed', 'announced')),

    named as (select * from {{ ref("int_membership__named") }}),

    stacked as (

        select
            document,
            locator,
            text_line,
            members_printed as printed,
            bloc,
            n_members_stated as n_stated,
            -- A date that stands elsewhere is the bloc's, not the number's.
            case when date_printed is not null then start_date end as as_of,
            case when date_printed is not null then start_precision end as as_of_precision
        from bloc_claims
        union all
        select
            document,
            locator,
            text_line,
            printed,
            bloc,
            cast(value as integer) as n_stated,
            case when year is not null then {{ make_day("year", 1, 1) }} end as as_of,
            case when year is not null then 'year' end as as_of_precision
        from claims

    ),

    newest as (

        select events.document, max(events.event_date) as event_date
        from events
        inner join papers on events.document = papers.document
        where events.event_date <= {{ known_by("papers.published_on", "papers.date_precision") }}
        group by events.document

    ),

    initiators as (

        select bloc, document, count(distinct party) as n_initiators
        from named
        where role = 'initiator' and group_party is null
        group by bloc, document

    ),

    final as (

        select
            stacked.bloc
            || '|'
            || {{ place_of("stacked.document", "stacked.text_line") }}
            || '|'
            || cast(stacked.n_stated as {{ dbt.type_string() }}) as claim,
            stacked.bloc,
            blocs.name_en as bloc_name,
            stacked.document,
            stacked.locator,
            stacked.text_line,
            stacked.printed,
            stacked.n_stated,
            stacked.as_of is not null as is_dated,
            coalesce(
                stacked.as_of, greatest(papers.published_on, coalesce(newest.event_date, papers.published_on))
            ) as first_day,
            case
                when stacked.as_of is not null
                then {{ known_by("stacked.as_of", "stacked.as_of_precision") }}
                else {{ known_by("papers.published_on", "papers.date_precision") }}
            end as last_day,
            -- At the beginning those are often counted whom the initiator brings in; later a number is of all.
            case
                when stacked.as_of is not null then cast(coalesce(initiators.n_initiators, 0) as integer) else 0
            end as n_initiators,
            -- Countries can be counted without the EU, members cannot.
            case
                when
                    stacked.printed like '%国%'
                    or lower(stacked.printed) like '%countr%'
                    or lower(stacked.printed) like '%state%'
                    or lower(stacked.printed) like '%nation%'
                then 1
                else 0
            end as n_eu,
            papers.published_on
        from stacked
        inner join papers on stacked.document = papers.document
        inner join blocs on stacked.bloc = blocs.bloc
        left join newest on stacked.document = newest.document
        left join initiators on stacked.bloc = initiators.bloc and stacked.document = initiators.document
        -- A network of banks counts institutions, not parties.
        where stacked.printed not like '%机构%' and lower(stacked.printed) not like '%institution%'

    )

select *
from final
