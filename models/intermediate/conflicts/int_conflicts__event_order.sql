with

    claims as (select * from {{ ref("int_events__occurrence_dates") }}),

    events as (select * from {{ ref("stg_articles__events") }}),

    bloc_claims as (select * from {{ ref("stg_articles__bloc_claims") }} where start_date is not null),

    memberships as (

        select *
        from {{ ref("stg_articles__memberships") }}
        where joined is not null and status in ('in_force', 'ended')

    ),

    starts as (select * from {{ ref("int_blocs__starts") }}),

    blocs as (select * from {{ ref("stg_reference__blocs") }}),

    papers as (select * from {{ ref("stg_reference__documents") }} where kind = 'paper'),

    -- A date that an official one refutes is reported as such, and proves nothing here.
    stages as (

        select
            *,
            case
                when role in ('proposed', 'announced')
                then 1
                when role in ('adopted', 'signed')
                then 2
                when role in ('in_force', 'held')
                then 3
            end as stage
        from claims
        where not has_official or agrees_with_official

    ),

    -- What comes later in the life of one act, dated before what comes earlier: a is the paper's, or the later stage.
    out_of_order as (

        select
            a.claim || '|' || b.claim as found_key,
            a.told || ': order' as subject,
            a.told_by
            || ': '
            || a.told
            || ' ('
            || {{ period_text("a.event_date", "a.date_precision") }}
            || ').' as claim_a,
            a.printed as printed_a,
            a.document as document_a,
            a.locator as locator_a,
            a.text_line as text_line_a,
            b.told_by
            || ': '
            || b.told
            || ' ('
            || {{ period_text("b.event_date", "b.date_precision") }}
            || ').' as claim_b,
            b.printed as printed_b,
            b.document as document_b,
            b.locator as locator_b,
            b.text_line as text_line_b,
            cast(null as {{ dbt.type_string() }}) as bloc,
            {{ period_severity("a.event_date", "a.event_last", "b.event_date", "b.event_last") }} as severity,
            'Nothing is '
            || replace(case when a.stage > b.stage then a.role else b.role end, '_', ' ')
            || ' before it is '
            || case when a.stage > b.stage then b.role else a.role end
            || '.' as explanation,
            row_number() over (
                partition by a.claim order by case when b.is_official then 1 else 2 end, b.standing, b.claim
            ) as standing
        from stages as a
        inner join
            stages as b
            on a.occurrence = b.occurrence
            and (
                (b.stage < a.stage and a.event_last < b.event_date)
                or (a.stage < b.stage and b.event_last < a.event_date and b.is_official)
            )
        where not a.is_official

    ),

    done as (

        select
            document,
            locator,
            text_line,
            printed,
            bloc,
            title_en as told,
            event_date as day,
            date_precision,
            1 as preference
        from events
        -- What is to be in force later, or only proposed, may lie ahead of a paper.
        where event_stage not in ('proposed', 'in_force')
        union all
        select
            bloc_claims.document,
            bloc_claims.locator,
            bloc_claims.text_line,
            bloc_claims.printed,
            bloc_claims.bloc,
            'the ' || blocs.name_en || ' began' as told,
            bloc_claims.start_date as day,
            bloc_claims.start_precision as date_precision,
            2 as preference
        from bloc_claims
        inner join blocs on bloc_claims.bloc = blocs.bloc
        where blocs.status in ('in_force', 'ended')
        union all
        select
            document,
            locator,
            text_line,
            printed_zh as printed,
            bloc,
            party || ' joined' as told,
            joined as day,
            joined_precision as date_precision,
            3 as preference
        from memberships

    ),

    after_publication as (

        select
            done.document
            || coalesce(':' || cast(done.text_line as {{ dbt.type_string() }}), '')
            || '|'
            || {{ period_text("done.day", "done.date_precision") }}
            || '|published' as found_key,
            done.told || ': date' as subject,
            done.document
            || ': '
            || done.told
            || ' ('
            || {{ period_text("done.day", "done.date_precision") }}
            || ').' as claim_a,
            done.printed as printed_a,
            done.document as document_a,
            done.locator as locator_a,
            done.text_line as text_line_a,
            papers.document
            || ' was published '
            || {{ in_period("papers.published_on", "papers.date_precision") }}
            || '.' as claim_b,
            {{ period_text("papers.published_on", "papers.date_precision") }} as printed_b,
            papers.document as document_b,
            'publication' as locator_b,
            cast(null as integer) as text_line_b,
            done.bloc,
            {{ period_severity("done.day", "done.day", "papers.published_on", "papers.published_on") }} as severity,
            'A paper cannot report as done what is dated after it.' as explanation,
            row_number() over (
                partition by done.document, done.text_line, done.day, done.date_precision
                order by done.preference, done.told
            ) as standing
        from done
        inner join papers on done.document = papers.document
        where done.day > {{ known_by("papers.published_on", "papers.date_precision") }}

    ),

    -- A body meets, publishes or pays only once there is one. Agreements are negotiated and signed before they begin.
    before_the_bloc as (

        select
            events.event_id || '|' || starts.document as found_key,
            events.title_en || ': date' as subject,
            events.document
            || ': '
            || events.title_en
            || ' ('
            || {{ period_text("events.event_date", "events.date_precision") }}
            || ').' as claim_a,
            events.printed as printed_a,
            events.document as document_a,
            events.locator as locator_a,
            events.text_line as text_line_a,
            starts.document
            || ': the '
            || blocs.name_en
            || ' began '
            || {{ in_period("starts.start_date", "starts.start_precision") }}
            || '.' as claim_b,
            {{ period_text("starts.start_date", "starts.start_precision") }} as printed_b,
            starts.document as document_b,
            starts.locator as locator_b,
            cast(null as integer) as text_line_b,
            events.bloc,
            {{ period_severity("events.event_date", "events.event_date", "starts.start_date", "starts.start_date") }}
            as severity,
            'A bloc does nothing before it begins.' as explanation,
            1 as standing
        from events
        inner join starts on events.bloc = starts.bloc
        inner join blocs on events.bloc = blocs.bloc
        where
            events.category in ('diplomacy', 'project', 'funding')
            and events.event_stage not in ('proposed', 'announced')
            and {{ known_by("events.event_date", "events.date_precision") }} < starts.start_date

    ),

    stacked as (

        select *
        from out_of_order
        where standing = 1
        union all
        select *
        from after_publication
        where standing = 1
        union all
        select *
        from before_the_bloc

    ),

    final as (

        select
            'event_order' as rule,
            found_key,
            'date' as topic,
            case when document_a = document_b then 'internal' else 'cross_document' end as kind,
            subject,
            claim_a,
            printed_a,
            document_a,
            locator_a,
            text_line_a,
            claim_b,
            printed_b,
            document_b,
            locator_b,
            text_line_b,
            bloc,
            cast(null as {{ dbt.type_string() }}) as mineral,
            cast(null as {{ dbt.type_string() }}) as party,
            severity,
            explanation
        from stacked

    )

select *
from final
