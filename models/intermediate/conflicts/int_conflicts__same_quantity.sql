{# One quantity printed twice, by two documents or in two places of one, with figures that cannot both be. #}
with

    claims as (

        -- The number of entries of a list has a rule of its own.
        select *
        from {{ ref("int_claims__quantities") }}
        where quantity not in (select list_key from {{ ref("stg_reference__mineral_lists") }})

    ),

    -- Far from every official figure, or in a unit that cannot be.
    refuted as (

        select claim_id
        from {{ ref("int_claims__official_gaps") }}
        group by claim_id
        having min(case when is_far then 1 else 0 end) = 1
        union
        select claim_id
        from {{ ref("int_claims__scales") }}
        where fault = 'scale'

    ),

    pairs as (

        select
            here.claim_id,
            there.claim_id as other_id,
            here.quantity,
            here.document,
            there.document as other_document,
            {{ disjoint("here.low", "here.high", "there.low", "there.high") }}
            -- Figures without a year move on between two documents: only those that lie well apart and were printed
            -- within
            -- a year or two of each other cannot both be right.
            and (
                here.document = there.document
                or here.is_linked
                or coalesce(here.as_of, cast(here.year as {{ dbt.type_string() }})) is not null
                or (
                    abs(here.published_year - there.published_year) <= 1
                    and abs(here.value - there.value) > 0.15 * greatest(abs(here.value), abs(there.value))
                )
            ) as is_contradiction
        from claims as here
        inner join
            claims as there
            on here.quantity = there.quantity
            and here.claim_id <> there.claim_id
            and here.is_linked = there.is_linked
            -- Text against a table of the same document has a rule of its own.
            and (
                here.document <> there.document
                or here.place = there.place
                or (here.is_linked and lower(here.subject) <> lower(there.subject))
            )

    ),

    -- The figure that no official one refutes, then that most other documents bear out, then the one printed later.
    supported as (

        select
            claims.quantity,
            claims.claim_id,
            row_number() over (
                partition by claims.quantity
                order by
                    case when claims.claim_id in (select claim_id from refuted) then 1 else 0 end,
                    count(distinct case when not pairs.is_contradiction then pairs.other_document end) desc,
                    claims.published_on desc,
                    claims.document desc,
                    claims.text_line
            ) as standing
        from claims
        inner join pairs on claims.claim_id = pairs.claim_id
        group by claims.quantity, claims.claim_id, claims.published_on, claims.document, claims.text_line

    ),

    deviating as (

        select
            pairs.claim_id,
            pairs.other_id,
            -- One row per deviating document.
            row_number() over (
                partition by pairs.quantity, pairs.document order by here.text_line, here.printed
            ) as standing
        from pairs
        inner join supported on pairs.other_id = supported.claim_id and supported.standing = 1
        inner join claims as here on pairs.claim_id = here.claim_id
        where pairs.is_contradiction

    ),

    final as (

        select
            'same_quantity' as rule,
            a.quantity
            || '|'
            || least({{ place_of("a.document", "a.text_line") }}, {{ place_of("b.document", "b.text_line") }})
            || '|'
            || greatest(
                {{ place_of("a.document", "a.text_line") }}, {{ place_of("b.document", "b.text_line") }}
            ) as found_key,
            case
                when a.measure like '%rank' then 'ranking' when a.base_unit = 'percent' then 'share' else 'quantity'
            end as topic,
            case when a.document = b.document then 'internal' else 'cross_document' end as kind,
            a.subject as subject,
            a.statement as claim_a,
            a.printed as printed_a,
            a.document as document_a,
            a.locator as locator_a,
            a.text_line as text_line_a,
            b.statement as claim_b,
            b.printed as printed_b,
            b.document as document_b,
            b.locator as locator_b,
            b.text_line as text_line_b,
            coalesce(a.bloc, b.bloc) as bloc,
            coalesce(a.mineral, b.mineral) as mineral,
            coalesce(a.party, b.party) as party,
            -- By how far the two lie apart, as a part of the larger.
            case
                when abs(a.value - b.value) >= 0.25 * greatest(abs(a.value), abs(b.value))
                then 'high'
                when abs(a.value - b.value) >= 0.05 * greatest(abs(a.value), abs(b.value))
                then 'medium'
                else 'low'
            end as severity,
            'Both are of one quantity: '
            || a.figure
            || ' in '
            || a.document
            || ', '
            || b.figure
            || ' in '
            || b.document
            || '; their bounds and rounding do not meet.' as explanation
        from deviating
        inner join claims as a on deviating.claim_id = a.claim_id
        inner join claims as b on deviating.other_id = b.claim_id
        where deviating.standing = 1

    )

select *
from final
