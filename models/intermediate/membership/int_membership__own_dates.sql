{# The dates at which papers say that a party joined a bloc of several, where it is not the date of the bloc itself. #}
with

    memberships as (select * from {{ ref("stg_articles__memberships") }} where joined is not null),

    bloc_claims as (select * from {{ ref("stg_articles__bloc_claims") }} where start_date is not null),

    dated_claims as (select * from {{ ref("int_blocs__dated_claims") }}),

    papers as (select * from {{ ref("stg_reference__documents") }} where kind = 'paper'),

    blocs as (select * from {{ ref("stg_reference__blocs") }} where level <> 'bilateral'),

    parties as (select * from {{ ref("stg_reference__parties") }}),

    of_the_bloc as (

        select document, bloc, start_date, start_precision
        from bloc_claims
        union
        select document, bloc, start_date, start_precision
        from dated_claims

    ),

    ranked as (

        select
            memberships.*,
            papers.published_on,
            blocs.name_en as bloc_name,
            parties.name_en as party_name,
            row_number() over (
                partition by
                    memberships.document,
                    memberships.bloc,
                    memberships.party,
                    memberships.joined,
                    memberships.joined_precision
                order by memberships.text_line, memberships.role
            ) as standing
        from memberships
        inner join papers on memberships.document = papers.document
        inner join blocs on memberships.bloc = blocs.bloc
        inner join parties on memberships.party = parties.party
        left join
            of_the_bloc
            on memberships.document = of_the_bloc.document
            and memberships.bloc = of_the_bloc.bloc
            and memberships.joined = of_the_bloc.start_date
            and memberships.joined_precision = of_the_bloc.start_precision
        where of_the_bloc.document is null and memberships.role not in ('observer', 'institution')

    ),

    final as (

        select
            bloc
            || '|'
            || party
            || '|'
            || {{ place_of("document", "text_line") }}
            || '|'
            || {{ period_text("joined", "joined_precision") }} as claim,
            bloc,
            bloc_name,
            party,
            party_name,
            role,
            document,
            locator,
            text_line,
            coalesce(joined_printed, printed_zh) as printed,
            joined,
            joined_precision,
            {{ known_by("joined", "joined_precision") }} as joined_last,
            published_on
        from ranked
        where standing = 1

    )

select *
from final
