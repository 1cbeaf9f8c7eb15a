{# The dates that papers give for the beginning of a bloc, each with what supports it. #}
with

    claims as (select * from {{ ref("int_blocs__dated_claims") }}),

    starts as (select * from {{ ref("int_blocs__starts") }}),

    memberships as (select * from {{ ref("stg_articles__memberships") }}),

    statements as (select * from {{ ref("stg_reference__documents") }} where kind = 'official_statement'),

    -- One party that an official document lets in later dates nothing; an initiator, a founder, or two at once do. A
    -- date
    -- "by" which they were members is the latest possible.
    beginnings as (

        select
            memberships.bloc,
            memberships.joined,
            max({{ is_latest_possible("memberships.note") }}) as is_latest_possible
        from memberships
        inner join statements on memberships.document = statements.document
        where memberships.joined is not null
        group by memberships.bloc, memberships.joined
        having
            count(distinct memberships.party) > 1
            or max(case when memberships.role in ('initiator', 'founding') then 1 else 0 end) = 1

    ),

    official as (

        select
            starts.bloc,
            starts.document,
            starts.locator,
            starts.start_date,
            starts.start_precision,
            {{ known_by("starts.start_date", "starts.start_precision") }} as start_last,
            2 as stage,
            statements.publisher,
            beginnings.is_latest_possible
        from starts
        inner join statements on starts.document = statements.document
        inner join beginnings on starts.bloc = beginnings.bloc and starts.start_date = beginnings.joined

    ),

    agreeing as (

        select claims.claim, count(distinct other.document) as n_documents
        from claims
        inner join claims as other on claims.bloc = other.bloc and {{ starts_agree("claims", "other") }}
        group by claims.claim

    ),

    rated as (

        select
            claims.*,
            cast(agreeing.n_documents as integer) as n_documents,
            official.document as official_document,
            official.locator as official_locator,
            official.start_date as official_date,
            official.start_precision as official_precision,
            official.start_last as official_last,
            official.publisher as official_publisher,
            coalesce(official.is_latest_possible, 0) as is_latest_possible,
            coalesce(
                {{ starts_agree("claims", "official") }}
                or (official.is_latest_possible = 1 and claims.start_last < official.start_date),
                false
            ) as agrees_with_official
        from claims
        inner join agreeing on claims.claim = agreeing.claim
        left join official on claims.bloc = official.bloc

    ),

    -- The best supported date stands first; of equals the later one, so that the earlier comes first in a
    -- contradiction.
    final as (

        select
            *,
            row_number() over (
                partition by bloc
                order by
                    n_documents desc,
                    {{ precision_rank("start_precision") }},
                    published_on desc,
                    document desc,
                    text_line desc,
                    claim
            ) as standing,
            row_number() over (
                partition by bloc, document
                order by
                    case when agrees_with_official then 1 else 2 end,
                    n_documents desc,
                    {{ precision_rank("start_precision") }},
                    text_line desc,
                    claim
            ) as standing_in_document
        from rated

    )

select *
from final
