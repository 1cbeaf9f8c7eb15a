{# Printed amounts, shares and ranks that lie far from every official figure of the year said, or, where no year is said, of
   the years that a document of its date could mean. #}
with

    claims as (select * from {{ ref("int_claims__intervals") }}),

    gaps as (select * from {{ ref("int_claims__official_gaps") }}),

    ranks as (select * from {{ ref("int_claims__ranks") }}),

    far as (

        select claim_id, min(found) as lowest, max(found) as highest, min(year) as first_year, max(year) as last_year
        from gaps
        group by claim_id
        -- Far from all, one of them known when the document was written.
        having min(case when is_far then 1 else 0 end) = 1 and min(case when is_later then 1 else 0 end) = 0

    ),

    of_figures as (

        select
            gaps.claim_id,
            case when gaps.is_share then 'share' else 'magnitude' end as topic,
            {{ number_text("gaps.found", 1) }} || case when gaps.is_share then ' %' else ' t' end as printed_b,
            gaps.document as document_b,
            gaps.locator as locator_b,
            case
                when gaps.relation = 'part_of'
                then 'The whole country has '
                else 'Of the official figures the nearest is '
            end
            || {{ number_text("gaps.found", 1) }}
            || case when gaps.is_share then ' %' else ' t' end
            || ' ('
            || cast(gaps.year as {{ dbt.type_string() }})
            || ').' as claim_b,
            case
                when gaps.relation = 'part_of'
                then 'medium'
                when gaps.gap >= 0.3 * gaps.found or (gaps.is_share and gaps.gap >= 10)
                then 'high'
                else 'medium'
            end as severity,
            'Every official figure at hand, of '
            || cast(far.first_year as {{ dbt.type_string() }})
            || case
                when far.last_year > far.first_year
                then ' to ' || cast(far.last_year as {{ dbt.type_string() }})
                else ''
            end
            || ', is '
            || {{ number_text("far.lowest", 1) }}
            || case when far.highest > 1.001 * far.lowest then ' to ' || {{ number_text("far.highest", 1) }} else '' end
            || case when gaps.is_share then ' %' else ' t' end
            || case when gaps.relation = 'part_of' then ' for the country that this is a part of' else '' end
            || '; the document has '
            || claims.figure
            || case when claims.year is null then ' without a year' else '' end
            || '.' as explanation
        from gaps
        inner join far on gaps.claim_id = far.claim_id
        inner join claims on gaps.claim_id = claims.claim_id
        where gaps.standing = 1

    ),

    ranked as (

        select
            *,
            min(abs(place - printed_place)) over (partition by claim_id) as nearest,
            row_number() over (
                partition by claim_id order by abs(place - printed_place), year desc, document, locator
            ) as standing
        from ranks

    ),

    of_ranks as (

        select
            claim_id,
            'ranking' as topic,
            'place ' || {{ number_text("place") }} as printed_b,
            document as document_b,
            locator as locator_b,
            'The nearest place in any official series is ' || {{ number_text("place") }} || '.' as claim_b,
            'medium' as severity,
            'No official series of the time puts the party on place '
            || {{ number_text("printed_place") }}
            || '.' as explanation
        from ranked
        where standing = 1 and nearest > 0

    ),

    stacked as (

        select *
        from of_figures
        union all
        select *
        from of_ranks

    ),

    final as (

        select
            'magnitude' as rule,
            claims.document
            || '|'
            || cast(claims.text_line as {{ dbt.type_string() }})
            || '|'
            || claims.measure
            || coalesce('|' || claims.mineral, '')
            || coalesce('|' || claims.party, '')
            || coalesce('|' || claims.bloc, '') as found_key,
            stacked.topic,
            'against_reality' as kind,
            claims.subject,
            claims.statement as claim_a,
            claims.printed as printed_a,
            claims.document as document_a,
            claims.locator as locator_a,
            claims.text_line as text_line_a,
            stacked.claim_b,
            stacked.printed_b,
            stacked.document_b,
            stacked.locator_b,
            cast(null as integer) as text_line_b,
            claims.bloc,
            claims.mineral,
            claims.party,
            stacked.severity,
            stacked.explanation
        from stacked
        inner join claims on stacked.claim_id = claims.claim_id

    )

select *
from final
