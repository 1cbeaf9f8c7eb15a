{# Whom each document names as a party of a bloc, a group (the G7) being all its states. The EU stays one party. #}
with

    memberships as (select * from {{ ref("stg_articles__memberships") }} where role <> 'observer'),

    events as (select * from {{ ref("stg_articles__events") }} where bloc is not null and event_stage = 'signed'),

    blocs as (select * from {{ ref("stg_reference__blocs") }}),

    parties as (select * from {{ ref("stg_reference__parties") }}),

    groups as (select * from {{ ref("int_membership__groups") }} where group_party <> 'EUU'),

    documents as (select * from {{ ref("stg_reference__documents") }}),

    signing as (select document, bloc, {{ split_rows("actors") }} as party from events),

    signatories as (select distinct document, bloc, trim(party) as party from signing),

    final as (

        select
            memberships.document,
            documents.kind as document_kind,
            documents.published_on,
            {{ known_by("documents.published_on", "documents.date_precision") }} as known_by,
            case
                documents.kind when 'official_statement' then documents.publisher else documents.document
            end as told_by,
            memberships.bloc,
            blocs.name_en as bloc_name,
            blocs.level,
            memberships.locator,
            memberships.text_line,
            memberships.printed_zh as printed,
            memberships.role,
            memberships.joined,
            memberships.joined_precision,
            memberships.joined_printed,
            {{ is_latest_possible("memberships.note") }} as is_latest_possible,
            -- What is only proposed counts where the whole bloc is.
            memberships.status = 'in_force' or memberships.status = blocs.status as counts,
            -- Who signs the act that begins a bloc is a founder, whatever the paper calls it.
            memberships.role in ('initiator', 'founding') or signatories.party is not null as is_founder,
            coalesce(groups.party, memberships.party) as party,
            groups.group_party,
            coalesce(parties.name_en, memberships.party) as named_as
        from memberships
        inner join documents on memberships.document = documents.document
        inner join blocs on memberships.bloc = blocs.bloc
        left join groups on memberships.party = groups.group_party
        left join parties on memberships.party = parties.party
        left join
            signatories
            on memberships.document = signatories.document
            and memberships.bloc = signatories.bloc
            and memberships.party = signatories.party
        where groups.group_party is not null or coalesce(parties.party_type, '') <> 'institution'

    )

select *
from final
