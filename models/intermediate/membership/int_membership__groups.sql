{# Who is meant where a document names a whole group (the G7) as a party: the members of the bloc of that name. #}
with

    parties as (select * from {{ ref("stg_reference__parties") }} where party_type in ('institution', 'supranational')),

    blocs as (select * from {{ ref("stg_reference__blocs") }}),

    resolved as (select * from {{ ref("int_membership__resolved") }} where valid_to is null),

    final as (

        select distinct parties.party as group_party, resolved.party
        from parties
        inner join blocs on parties.name_en = blocs.name_en
        inner join resolved on blocs.bloc = resolved.bloc

    )

select *
from final
