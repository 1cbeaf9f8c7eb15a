with

    claims as (select * from {{ ref("int_membership__own_dates") }}),

    named as (select * from {{ ref("int_membership__named") }} where group_party is null and counts),

    dated_claims as (select * from {{ ref("int_blocs__dated_claims") }}),

    starts as (select * from {{ ref("int_blocs__starts") }}),

    listed as (

        select
            bloc,
            party,
            document,
            locator,
            text_line,
            coalesce(joined_printed, printed) as printed,
            joined,
            joined_precision,
            {{ known_by("joined", "joined_precision") }} as joined_last,
            document_kind as kind,
            known_by,
            told_by as named,
            is_latest_possible
        from named
        where role <> 'institution'

    ),

    official as (

        select
            *,
            row_number() over (
                partition by bloc, party order by {{ precision_rank("joined_precision") }}, joined, document, locator
            ) as standing
        from listed
        where kind = 'official_statement' and joined is not null

    ),

    -- What speaks against a claim, the weightiest first.
    against as (

        select
            claims.*,
            cast(null as {{ dbt.type_string() }}) as claim_other,
            1 as weight,
            official.document as document_b,
            official.locator as locator_b,
            official.text_line as text_line_b,
            official.printed as printed_b,
            official.named
            || ': '
            || claims.party_name
            || case
                when official.is_latest_possible = 1
                then ' was a member by ' || {{ period_text("official.joined", "official.joined_precision") }}
                else ' joined ' || {{ in_period("official.joined", "official.joined_precision") }}
            end as says_b,
            official.joined as date_b,
            official.joined_last as last_b,
            case
                when official.is_latest_possible = 1
                then 'It was a member before it is said to have joined.'
                else 'The two dates of joining cannot be of one day.'
            end as because
        from claims
        inner join official on claims.bloc = official.bloc and claims.party = official.party and official.standing = 1
        where
            not ({{ periods_meet("claims.joined", "claims.joined_last", "official.joined", "official.joined_last") }})
            and (official.is_latest_possible = 0 or official.joined_last < claims.joined)
        union all
        select
            claims.*,
            cast(null as {{ dbt.type_string() }}) as claim_other,
            case listed.kind when 'official_statement' then 2 else 3 end as weight,
            listed.document as document_b,
            listed.locator as locator_b,
            listed.text_line as text_line_b,
            listed.printed as printed_b,
            listed.named
            || ': '
            || claims.party_name
            || ' is a member, in a document of '
            || {{ period_text("listed.known_by", "'day'") }} as says_b,
            listed.known_by as date_b,
            listed.known_by as last_b,
            'It is named as a member before it is said to have joined.' as because
        from claims
        inner join listed on claims.bloc = listed.bloc and claims.party = listed.party
        where listed.known_by < claims.joined
        union all
        select
            claims.*,
            cast(null as {{ dbt.type_string() }}) as claim_other,
            4 as weight,
            dated_claims.document as document_b,
            dated_claims.locator as locator_b,
            dated_claims.text_line as text_line_b,
            dated_claims.printed as printed_b,
            dated_claims.document
            || ': the bloc began '
            || {{ in_period("dated_claims.start_date", "dated_claims.start_precision") }} as says_b,
            dated_claims.start_date as date_b,
            dated_claims.start_last as last_b,
            'A founder is one from the beginning.' as because
        from claims
        inner join dated_claims on claims.bloc = dated_claims.bloc and claims.document = dated_claims.document
        where
            claims.role in ('initiator', 'founding')
            and not (
                {{
                    periods_meet(
                        "claims.joined", "claims.joined_last", "dated_claims.start_date", "dated_claims.start_last"
                    )
                }}
            )
        union all
        select
            claims.*,
            cast(null as {{ dbt.type_string() }}) as claim_other,
            5 as weight,
            starts.document as document_b,
            starts.locator as locator_b,
            cast(null as integer) as text_line_b,
            {{ period_text("starts.start_date", "starts.start_precision") }} as printed_b,
            starts.document
            || ': the bloc began '
            || {{ in_period("starts.start_date", "starts.start_precision") }} as says_b,
            starts.start_date as date_b,
            starts.start_date as last_b,
            'Nobody is a member before there is a bloc.' as because
        from claims
        inner join starts on claims.bloc = starts.bloc and claims.joined_last < starts.start_date
        union all
        select
            claims.*,
            other.claim as claim_other,
            6 as weight,
            other.document as document_b,
            other.locator as locator_b,
            other.text_line as text_line_b,
            other.printed as printed_b,
            other.document
            || ': '
            || claims.party_name
            || ' joined '
            || {{ in_period("other.joined", "other.joined_precision") }} as says_b,
            other.joined as date_b,
            other.joined_last as last_b,
            'The two dates of joining cannot be of one day.' as because
        from claims
        inner join
            claims as other
            on claims.bloc = other.bloc
            and claims.party = other.party
            and (
                claims.published_on < other.published_on
                or (claims.published_on = other.published_on and claims.claim < other.claim)
            )
        where not ({{ periods_meet("claims.joined", "claims.joined_last", "other.joined", "other.joined_last") }})

    ),

    -- A date against which something better speaks is no evidence against another paper's.
    refuted as (select distinct claim from against where claim_other is null),

    ranked as (

        select
            against.*,
            row_number() over (
                partition by against.claim
                order by against.weight, against.date_b, against.document_b, against.locator_b
            ) as standing
        from against
        left join refuted on against.claim_other = refuted.claim
        where refuted.claim is null

    ),

    final as (

        select
            'member_dates' as rule,
            claim || '|' || {{ place_of("document_b", "text_line_b") }} as found_key,
            'date' as topic,
            case when document = document_b then 'internal' else 'cross_document' end as kind,
            bloc_name || ': when ' || party_name || ' joined' as subject,
            document
            || ': '
            || party_name
            || ' joined the '
            || bloc_name
            || ' '
            || {{ in_period("joined", "joined_precision") }}
            || '.' as claim_a,
            printed as printed_a,
            document as document_a,
            locator as locator_a,
            text_line as text_line_a,
            says_b || '.' as claim_b,
            printed_b,
            document_b,
            locator_b,
            text_line_b,
            bloc,
            cast(null as {{ dbt.type_string() }}) as mineral,
            party,
            {{ period_severity("joined", "joined_last", "date_b", "last_b") }} as severity,
            because as explanation
        from ranked
        where standing = 1

    )

select *
from final
