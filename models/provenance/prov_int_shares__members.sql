{# Why a party counts in a composition: the spells that make it a member under the rule, and on whose word they rest. #}
with

    members as (select * from {{ within_file(ref("int_shares__members")) }}),

    scopes as (select * from {{ within_file(ref("int_shares__scopes")) }}),

    years as (select * from {{ within_file(ref("int_membership__years")) }} where role <> 'institution'),

    spells as (select * from {{ within_file(ref("int_membership__spells")) }} where role <> 'institution'),

    cells as (select * from {{ within_file(ref("prov_int_membership__spells")) }}),

    as_of as (

        select members.*, scopes.counted_bloc, years.via, years.valid_from
        from members
        inner join scopes on members.bloc = scopes.bloc and members.party_scope = scopes.party_scope
        inner join
            years
            on scopes.counted_bloc = years.bloc
            and members.year = years.year
            and members.party = years.party
            and (years.via = 'direct' or members.eu_treatment = 'expanded')
        where
            (members.membership_rule = 'year_end' and years.member_year_end)
            or (members.membership_rule = 'year_start' and years.member_year_start)
            or members.membership_rule in ('any_day', 'day_weighted')

    ),

    -- The latest composition: those who have not left, or, of a bloc that has ended, those who stayed to the end.
    bloc_ends as (

        select bloc, case when count(*) = count(valid_to) then max(valid_to) end as ended_on
        from spells
        where via = 'direct'
        group by bloc

    ),

    fixed as (

        select members.*, scopes.counted_bloc, spells.via, spells.valid_from
        from members
        inner join scopes on members.bloc = scopes.bloc and members.party_scope = scopes.party_scope
        inner join
            spells
            on scopes.counted_bloc = spells.bloc
            and members.party = spells.party
            and (spells.via = 'direct' or members.eu_treatment = 'expanded')
        inner join bloc_ends on spells.bloc = bloc_ends.bloc
        where members.membership_rule = 'fixed' and (spells.valid_to is null or spells.valid_to = bloc_ends.ended_on)

    ),

    counted as (

        select *
        from as_of
        union all
        select *
        from fixed

    ),

    final as (

        select
            counted.bloc,
            counted.party_scope,
            counted.eu_treatment,
            counted.membership_rule,
            counted.year,
            counted.party,
            cells.cell_role,
            {{ cell_columns("cells") }}
        from counted
        inner join
            cells
            on counted.counted_bloc = cells.bloc
            and counted.party = cells.party
            and counted.via = cells.via
            and counted.valid_from = cells.valid_from

    )

select *
from final
