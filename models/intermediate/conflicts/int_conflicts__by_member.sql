{# Which conflicts touch a party's membership of a bloc: those about the pair, and those about the bloc's dates or members
   as a whole. #}
with

    conflicts as (select * from {{ ref("int_conflicts__found") }}),

    memberships as (select distinct bloc, party from {{ ref("int_membership__resolved") }}),

    about_blocs as (
        select * from conflicts where bloc is not null and topic in ('date', 'membership', 'count', 'actor')
    ),

    final as (

        select memberships.bloc, memberships.party, {{ joined_text("about_blocs.conflict_id") }} as conflict_ids
        from memberships
        inner join
            about_blocs
            on memberships.bloc = about_blocs.bloc
            and (about_blocs.party is null or memberships.party = about_blocs.party)
        group by memberships.bloc, memberships.party

    )

select *
from final
