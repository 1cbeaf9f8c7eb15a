with

    claims as (select * from {{ ref("int_events__occurrence_dates") }}),

    best as (select * from claims where standing = 1),

    -- A paper one of whose dates fits the best supported one contradicts, with its others, only itself, unless that one
    -- is official.
    fitting as (

        select distinct claims.occurrence, claims.role, claims.document
        from claims
        inner join best on claims.occurrence = best.occurrence and claims.role = best.role
        where
            not best.is_official
            and {{ periods_meet("claims.event_date", "claims.event_last", "best.event_date", "best.event_last") }}

    ),

    pairs as (

        select claims.claim as claim_a, other.claim as claim_b
        from claims
        inner join
            claims as other
            on claims.occurrence = other.occurrence
            and claims.role = other.role
            and claims.document = other.document
            and claims.standing_in_document = 2
            and other.standing_in_document = 1
        where
            not claims.is_official
            and not (
                {{ periods_meet("claims.event_date", "claims.event_last", "other.event_date", "other.event_last") }}
            )
        union all
        select claims.claim as claim_a, best.claim as claim_b
        from claims
        inner join best on claims.occurrence = best.occurrence and claims.role = best.role
        left join
            fitting
            on claims.occurrence = fitting.occurrence
            and claims.role = fitting.role
            and claims.document = fitting.document
        where
            not claims.is_official
            and claims.document <> best.document
            and fitting.document is null
            and (best.is_official or claims.standing_in_document = 1)
            and not ({{ periods_meet("claims.event_date", "claims.event_last", "best.event_date", "best.event_last") }})

    ),

    final as (

        select
            'event_dates' as rule,
            a.claim || '|' || {{ place_of("b.document", "b.text_line") }} as found_key,
            'date' as topic,
            case when a.document = b.document then 'internal' else 'cross_document' end as kind,
            a.told || ': when' as subject,
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
            cast(null as {{ dbt.type_string() }}) as mineral,
            cast(null as {{ dbt.type_string() }}) as party,
            {{ period_severity("a.event_date", "a.event_last", "b.event_date", "b.event_last") }} as severity,
            'It was '
            || case a.role when 'in_force' then 'put in force' else a.role end
            || ' once, not both '
            || {{ in_period("a.event_date", "a.date_precision") }}
            || ' and '
            || {{ in_period("b.event_date", "b.date_precision") }}
            || '.' as explanation
        from pairs
        inner join claims as a on pairs.claim_a = a.claim
        inner join claims as b on pairs.claim_b = b.claim

    )

select *
from final
