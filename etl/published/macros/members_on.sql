{% import "_checks.sql" as checks %}
with

    given as (select bloc as of_bloc, {{ checks.a_day("on_date") }} as of_day),

    asked as (select {{ checks.known_bloc("given.of_bloc") }} as of_bloc, given.of_day from given),

    -- The spells that the years are counted by: no observers, nothing that is only announced, a year from 1 July.
    spells as (
        select spells.*
        from intermediate.int_membership__spells as spells, asked
        where
            spells.via = 'direct'
            and spells.bloc = asked.of_bloc
            and spells.effective_from <= asked.of_day
            and (spells.valid_to is null or spells.valid_to > asked.of_day)
    )

select
    spells.party,
    spells.role,
    spells.party_scope,
    spells.valid_from,
    spells.valid_from_precision,
    spells.valid_to,
    spells.status,
    memberships.document
from spells
inner join
    marts.fct_bloc_membership as memberships
    on spells.bloc = memberships.bloc
    and spells.party = memberships.party
    and spells.valid_from = memberships.valid_from
order by spells.party
