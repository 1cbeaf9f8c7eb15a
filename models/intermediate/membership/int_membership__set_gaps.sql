{# What one paper's parties of a bloc lack of another's, where no official document lists them. A state of the EU is there
   where the EU is, and the EU where one of its states is. #}
with

    named as (select * from {{ ref("int_membership__named") }} where counts and document_kind = 'paper'),

    lists as (select distinct bloc from {{ ref("int_membership__official_lists") }}),

    eu_states as (select distinct party from {{ ref("stg_reference__eu_membership") }} where valid_to is null),

    members as (

        select
            named.bloc,
            named.document,
            named.party,
            named.party = 'EUU' as is_eu,
            eu_states.party is not null as is_eu_state,
            max(named.group_party) as group_party
        from named
        left join lists on named.bloc = lists.bloc
        left join eu_states on named.party = eu_states.party
        where lists.bloc is null
        group by named.bloc, named.document, named.party, eu_states.party

    ),

    documents as (select bloc, document, max(group_party) as group_party from members group by bloc, document),

    -- Each party of one paper against those of another.
    compared as (

        select
            members.bloc,
            members.document,
            documents.document as other_document,
            members.party,
            members.group_party,
            documents.group_party as other_group_party,
            max(case when other.party is null then 0 else 1 end) as is_covered,
            max(case when other.party = members.party then 1 else 0 end) as is_named
        from members
        inner join documents on members.bloc = documents.bloc and members.document <> documents.document
        left join
            members as other
            on members.bloc = other.bloc
            and documents.document = other.document
            and (
                members.party = other.party
                or (members.is_eu and other.is_eu_state)
                or (members.is_eu_state and other.is_eu)
            )
        group by
            members.bloc,
            members.document,
            documents.document,
            members.party,
            members.group_party,
            documents.group_party

    ),

    final as (

        select
            bloc,
            document,
            other_document,
            cast(count(*) as integer) as n_parties,
            nullif({{ joined_text("case when is_covered = 0 then party end") }}, '') as lacking,
            -- Of a group that this paper names as a whole and the other does not: what the other has of it, and lacks.
            cast(
                sum(case when group_party is not null and other_group_party is null then is_named else 0 end) as integer
            ) as n_of_group,
            nullif(
                {{
                    joined_text(
                        "case when group_party is not null and other_group_party is null and is_covered = 0 then party end"
                    )
                }},
                ''
            ) as lacking_of_group
        from compared
        group by bloc, document, other_document

    )

select *
from final
