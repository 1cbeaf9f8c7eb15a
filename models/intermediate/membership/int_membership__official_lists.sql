{# Official documents that list the parties of a bloc: three at least, so that who is left out is left out. #}
with

    memberships as (select * from {{ ref("stg_articles__memberships") }} where status in ('in_force', 'ended')),

    statements as (select * from {{ ref("stg_reference__documents") }} where kind = 'official_statement'),

    parties as (select * from {{ ref("stg_reference__parties") }} where party_type <> 'institution'),

    eu_states as (select distinct party from {{ ref("stg_reference__eu_membership") }}),

    listed as (

        select distinct
            memberships.bloc,
            memberships.document,
            memberships.party,
            case when memberships.role in ('initiator', 'founding') then 1 else 0 end as is_founder,
            case when eu_states.party is not null then 1 else 0 end as is_eu_state,
            memberships.locator,
            statements.publisher,
            {{ known_by("statements.published_on", "statements.date_precision") }} as known_by
        from memberships
        inner join statements on memberships.document = statements.document
        inner join parties on memberships.party = parties.party
        left join eu_states on memberships.party = eu_states.party
        where memberships.role not in ('observer', 'institution')

    ),

    final as (

        select
            bloc,
            document,
            min(locator) as locator,
            min(publisher) as publisher,
            min(known_by) as known_by,
            cast(count(distinct party) as integer) as n_parties,
            {{ joined_text("party") }} as parties,
            -- A list of founders says nothing of who came later.
            min(is_founder) = 1 as is_of_founders,
            -- One that names states of the EU beside it does not let the EU stand for the others.
            max(is_eu_state) = 1 or max(case when party = 'EUU' then 1 else 0 end) = 0 as names_eu_states
        from listed
        group by bloc, document
        having count(distinct party) >= 3

    )

select *
from final
