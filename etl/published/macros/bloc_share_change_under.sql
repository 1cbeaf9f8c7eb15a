{% import "_checks.sql" as checks %}
with

    given as (
        select
            bloc as of_bloc,
            mineral as of_mineral,
            measure as of_measure,
            membership_rule as of_rule,
            eu_treatment as of_treatment
    ),

    asked as (
        select
            {{ checks.known_bloc("given.of_bloc") }} as of_bloc,
            {{ checks.known_mineral("given.of_mineral") }} as of_mineral,
            {{ checks.known_measure("given.of_measure") }} as of_measure,
            {{ checks.one_of("given.of_rule", checks.rules, "membership rule") }} as of_rule,
            {{ checks.one_of("given.of_treatment", checks.treatments, "treatment of the EU") }} as of_treatment
        from given
    ),

    int_shares__change_rules as (
        select asked.of_rule as membership_rule, asked.of_treatment as eu_treatment from asked
    ),

    {{ checks.asked_tables() }},

    int_shares__members as (
        select members.*
        from intermediate.int_shares__members as members, asked
        where members.bloc = asked.of_bloc
    ),

    int_shares__blocs as (
        select shares.*
        from intermediate.int_shares__blocs as shares, asked
        where
            shares.bloc = asked.of_bloc
            and shares.mineral = asked.of_mineral
            and shares.measure = asked.of_measure
    ),

    {{ path("int_shares__changes", given=["int_shares__change_rules", "int_shares__series", "int_observations__by_party", "int_shares__members", "int_shares__blocs"]) }}

select changes.* exclude (bloc, mineral, measure, membership_rule, eu_treatment)
from int_shares__changes as changes
order by
    changes.party_scope, changes.basis, changes.stage, changes.source, changes.year_from, changes.year_to
