with

    memberships as (select * from {{ within_file(ref("fct_bloc_membership")) }}),

    claims as (select * from {{ within_file(ref("fct_membership_claim")) }}),

    bloc_claims as (select * from {{ within_file(ref("stg_articles__bloc_claims")) }}),

    resolutions as (select * from {{ within_file(ref("stg_decisions__membership_resolutions")) }}),

    accessions as (select * from {{ within_file(ref("stg_reference__eu_membership")) }}),

    -- Every claim about the party and the bloc, by what it does for the interval.
    claimed as (

        select
            memberships.bloc,
            memberships.party,
            memberships.valid_from,
            case
                when claims.is_rejected
                then 'rejected'
                when memberships.document = claims.document and memberships.valid_from = claims.joined
                then 'membership'
                when memberships.valid_to = claims.left_on
                then 'leaving'
                when claims.joined is null
                then 'undated'
                when memberships.valid_from = claims.joined
                then 'same_date'
                else 'other_date'
            end as cell_role,
            {{
                cell_of_document(
                    "claims.document", "claims.locator", "claims.text_line", "claims.printed_zh", "claims.party"
                )
            }}
        from memberships
        inner join claims on memberships.bloc = claims.bloc and memberships.party = claims.party
        -- Who is a state of the EU is dated by its accession alone.
        where memberships.bloc <> 'eu'

    ),

    -- A member that the document names without a date of its own joined when the same document says the bloc began.
    dated_by_the_bloc as (

        select distinct
            memberships.bloc,
            memberships.party,
            memberships.valid_from,
            'date_of_bloc' as cell_role,
            {{
                cell_of_document(
                    "bloc_claims.document",
                    "bloc_claims.locator",
                    "bloc_claims.text_line",
                    "bloc_claims.printed",
                    "memberships.party",
                )
            }}
        from memberships
        inner join
            claims
            on memberships.bloc = claims.bloc
            and memberships.party = claims.party
            and memberships.document = claims.document
            and memberships.valid_from = claims.joined
        inner join
            bloc_claims
            on claims.bloc = bloc_claims.bloc
            and claims.document = bloc_claims.document
            and claims.joined = bloc_claims.start_date
            and claims.joined_precision = bloc_claims.start_precision
        where claims.is_date_of_bloc

    ),

    decided as (

        select
            memberships.bloc,
            memberships.party,
            memberships.valid_from,
            'decision' as cell_role,
            {{
                cell_of_document(
                    "resolutions.document",
                    "resolutions.bloc || ', ' || resolutions.party || ': ' || resolutions.action",
                    party="resolutions.party",
                    file="'seeds/decisions/membership_resolutions.csv'",
                )
            }}
        from memberships
        inner join resolutions on memberships.bloc = resolutions.bloc and memberships.party = resolutions.party

    ),

    acceded as (

        select
            memberships.bloc,
            memberships.party,
            memberships.valid_from,
            'accession' as cell_role,
            {{
                cell_of_document(
                    "memberships.document",
                    "accessions.source",
                    party="accessions.party",
                    file="'seeds/reference/eu_membership.csv'",
                )
            }}
        from memberships
        inner join accessions on memberships.party = accessions.party and memberships.valid_from = accessions.valid_from
        where memberships.bloc = 'eu'

    ),

    final as (

        select *
        from claimed
        union all
        select *
        from dated_by_the_bloc
        union all
        select *
        from decided
        union all
        select *
        from acceded

    )

select *
from final
