{# A paper dates the beginning of a bloc in a claim about the bloc, in an event, or by the dates of its founders. #}
with

    blocs as (select * from {{ ref("stg_reference__blocs") }}),

    bloc_claims as (select * from {{ ref("stg_articles__bloc_claims") }}),

    memberships as (select * from {{ ref("stg_articles__memberships") }}),

    events as (select * from {{ ref("int_blocs__dated_events") }}),

    papers as (select * from {{ ref("stg_reference__documents") }} where kind = 'paper'),

    -- Where a document dates the bloc itself, a founder's other date is that founder's own.
    of_the_bloc as (

        select document, bloc
        from bloc_claims
        where start_date is not null
        union
        select document, bloc
        from events
        where is_beginning

    ),

    stacked as (

        select
            document,
            locator,
            text_line,
            coalesce(date_printed, printed) as printed,
            bloc,
            start_date,
            start_precision,
            2 as stage,
            -- The place where the date itself stands comes before the one that only names the bloc.
            case when date_printed is not null then 1 else 3 end as preference
        from bloc_claims
        where start_date is not null
        union all
        select
            document,
            locator,
            text_line,
            printed,
            bloc,
            event_date as start_date,
            date_precision as start_precision,
            stage,
            2 as preference
        from events
        where is_beginning
        union all
        select
            memberships.document,
            memberships.locator,
            memberships.text_line,
            coalesce(memberships.joined_printed, memberships.printed_zh) as printed,
            memberships.bloc,
            memberships.joined as start_date,
            memberships.joined_precision as start_precision,
            case when memberships.status = 'proposed' then 1 else 2 end as stage,
            4 as preference
        from memberships
        inner join blocs on memberships.bloc = blocs.bloc
        left join of_the_bloc on memberships.document = of_the_bloc.document and memberships.bloc = of_the_bloc.bloc
        where
            memberships.joined is not null
            and (
                blocs.level = 'bilateral'
                or (memberships.role in ('initiator', 'founding') and of_the_bloc.document is null)
            )

    ),

    -- What events say of the same date: whether the bloc was only proposed then, or came into force, or whether a
    -- reviewed link gives the date to something else, a dialogue within the bloc or a summit.
    stages as (

        select
            document,
            bloc,
            event_date,
            date_precision,
            max(stage) as stage,
            max(case when is_another_occurrence then 1 else 0 end) as is_another_occurrence,
            max(case when is_beginning then 1 else 0 end) as is_beginning
        from events
        group by document, bloc, event_date, date_precision

    ),

    ranked as (

        select
            stacked.document,
            stacked.locator,
            stacked.text_line,
            stacked.printed,
            stacked.bloc,
            stacked.start_date,
            stacked.start_precision,
            coalesce(stages.stage, stacked.stage) as stage,
            papers.published_on,
            row_number() over (
                partition by stacked.document, stacked.bloc, stacked.start_date, stacked.start_precision
                order by stacked.preference, stacked.text_line, stacked.printed
            ) as standing
        from stacked
        inner join papers on stacked.document = papers.document
        left join
            stages
            on stacked.document = stages.document
            and stacked.bloc = stages.bloc
            and stacked.start_date = stages.event_date
            and stacked.start_precision = stages.date_precision
        where coalesce(stages.is_another_occurrence, 0) = 0 or stages.is_beginning = 1

    ),

    final as (

        select
            ranked.bloc
            || '|'
            || {{ place_of("ranked.document", "ranked.text_line") }}
            || '|'
            || {{ period_text("ranked.start_date", "ranked.start_precision") }} as claim,
            ranked.bloc,
            ranked.document,
            ranked.locator,
            ranked.text_line,
            ranked.printed,
            ranked.start_date,
            ranked.start_precision,
            {{ known_by("ranked.start_date", "ranked.start_precision") }} as start_last,
            ranked.stage,
            ranked.published_on
        from ranked
        inner join blocs on ranked.bloc = blocs.bloc
        -- A standing bloc's members propose many things; only of one that never came to be is the proposal its date.
        where ranked.standing = 1 and (ranked.stage > 1 or blocs.status = 'proposed')

    )

select *
from final
