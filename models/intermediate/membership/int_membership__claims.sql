with

    memberships as (select * from {{ ref("stg_articles__memberships") }}),

    bloc_claims as (select * from {{ ref("stg_articles__bloc_claims") }}),

    documents as (select * from {{ ref("stg_reference__documents") }}),

    resolutions as (select * from {{ ref("stg_decisions__membership_resolutions") }}),

    -- A member named without a date of its own joined when the same document says that the bloc began. Where it
    -- dates the bloc more than once, the finest and then the earliest date is meant.
    bloc_dates as (

        select
            document,
            bloc,
            start_date,
            start_precision,
            row_number() over (
                partition by document, bloc order by {{ precision_rank("start_precision") }}, start_date, text_line
            ) as rank_in_document
        from bloc_claims
        where start_date is not null

    ),

    final as (

        select
            memberships.bloc,
            memberships.party,
            memberships.role,
            coalesce(memberships.joined, bloc_dates.start_date) as joined,
            coalesce(memberships.joined_precision, bloc_dates.start_precision) as joined_precision,
            memberships.joined is null and bloc_dates.start_date is not null as is_date_of_bloc,
            memberships.left_on,
            memberships.status,
            memberships.document,
            documents.kind as document_kind,
            documents.published_on,
            {{ known_by("documents.published_on", "documents.date_precision") }} as known_by,
            memberships.locator,
            memberships.text_line,
            memberships.printed_zh,
            memberships.note,
            resolutions.action is not null as is_rejected
        from memberships
        inner join documents on memberships.document = documents.document
        left join
            bloc_dates
            on memberships.document = bloc_dates.document
            and memberships.bloc = bloc_dates.bloc
            and bloc_dates.rank_in_document = 1
        left join
            resolutions
            on memberships.bloc = resolutions.bloc
            and memberships.party = resolutions.party
            and resolutions.action = 'reject'

    )

select *
from final
