with

    claims as (select * from {{ ref("int_membership__claims") }}),

    resolutions as (select * from {{ ref("stg_decisions__membership_resolutions") }}),

    eu_membership as (select * from {{ ref("stg_reference__eu_membership") }}),

    blocs as (select * from {{ ref("stg_reference__blocs") }}),

    candidates as (

        select
            *,
            min({{ status_rank("status") }}) over (partition by claims.bloc, claims.party) as strongest_status,
            count(*) over (partition by claims.bloc, claims.party) as n_claims,
            count(distinct document) over (partition by claims.bloc, claims.party) as n_documents,
            count(*) over (partition by claims.bloc, claims.party, joined, joined_precision) as n_same_date,
            min(known_by) over (partition by claims.bloc, claims.party) as known_from,
            max(left_on) over (partition by claims.bloc, claims.party) as last_left_on,
            min({{ role_rank("role") }}) over (partition by claims.bloc, claims.party) as strongest_role
        from claims
        where not is_rejected

    ),

    -- One interval per bloc and party. An official statement outranks a paper, a finer date a coarser one, a date
    -- of the party's own that of the bloc, the date that more claims share the others, the earlier the later.
    ranked as (

        select
            *,
            row_number() over (
                partition by candidates.bloc, candidates.party
                order by
                    case when joined is null then 2 else 1 end,
                    case document_kind when 'official_statement' then 1 else 2 end,
                    {{ precision_rank("joined_precision") }},
                    case when is_date_of_bloc then 2 else 1 end,
                    n_same_date desc,
                    joined,
                    published_on,
                    document,
                    text_line
            ) as standing
        from candidates

    ),

    decided as (

        select candidates.bloc, candidates.party, candidates.document, min(candidates.locator) as locator
        from candidates
        group by candidates.bloc, candidates.party, candidates.document

    ),

    chosen as (

        select
            ranked.bloc,
            ranked.party,
            {{ role_of_rank("ranked.strongest_role") }} as role,
            coalesce(resolutions.valid_from, ranked.joined) as valid_from,
            coalesce(resolutions.valid_from_precision, ranked.joined_precision) as valid_from_precision,
            coalesce(resolutions.valid_to, ranked.left_on, ranked.last_left_on) as valid_to,
            coalesce(resolutions.status, {{ status_of_rank("ranked.strongest_status") }}) as status,
            ranked.n_claims,
            ranked.known_from,
            case
                when resolutions.action is not null
                then 'decision: ' || resolutions.reason
                when ranked.n_claims = 1
                then 'the only claim'
                when ranked.document_kind = 'official_statement'
                then 'official statement over ' || (ranked.n_claims - 1) || ' other claim(s)'
                else
                    'finest date among '
                    || ranked.n_claims
                    || ' claims of '
                    || ranked.n_documents
                    || ' document(s); '
                    || ranked.n_same_date
                    || ' agree'
            end as resolution,
            coalesce(resolutions.document, ranked.document) as document,
            -- A decision may rest on another claim than the one that stands first.
            coalesce(decided.locator, ranked.locator) as locator
        from ranked
        left join
            resolutions
            on ranked.bloc = resolutions.bloc
            and ranked.party = resolutions.party
            and resolutions.action = 'set'
        left join
            decided
            on resolutions.bloc = decided.bloc
            and resolutions.party = decided.party
            and resolutions.document = decided.document
        -- Without any date there is no interval; a decision can supply one.
        where ranked.standing = 1 and (ranked.joined is not null or resolutions.valid_from is not null)

    ),

    accessions as (

        select
            'eu' as bloc,
            party,
            'member' as role,
            valid_from,
            'day' as valid_from_precision,
            valid_to,
            case when valid_to is null then 'in_force' else 'ended' end as status,
            1 as n_claims,
            valid_from as known_from,
            'dated accession or withdrawal' as resolution,
            'eu_membership_history' as document,
            'accession date' as locator
        from eu_membership

    ),

    stacked as (

        select *
        from chosen
        where chosen.bloc <> 'eu'
        union all
        select *
        from accessions

    ),

    final as (

        select
            stacked.bloc,
            stacked.party,
            stacked.role,
            case
                when blocs.instrument = 'forum' and blocs.parent_bloc is not null then 'forum' else 'partner'
            end as party_scope,
            stacked.valid_from,
            stacked.valid_from_precision,
            {{ effective_from("stacked.valid_from", "stacked.valid_from_precision") }} as effective_from,
            stacked.valid_to,
            stacked.status,
            cast(stacked.n_claims as integer) as n_claims,
            stacked.known_from,
            stacked.resolution,
            stacked.document,
            stacked.locator
        from stacked
        inner join blocs on stacked.bloc = blocs.bloc

    )

select *
from final
