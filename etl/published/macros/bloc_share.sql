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
    )

select
    shares.year,
    shares.party_scope,
    shares.basis,
    shares.stage,
    shares.source,
    shares.edition,
    shares.bloc_value,
    shares.world_published,
    shares.unit,
    shares.share,
    shares.share_low,
    shares.share_high,
    shares.n_members,
    shares.n_members_reporting,
    shares.member_parties
from marts.mineral_bloc_share as shares, asked
where
    shares.bloc = asked.of_bloc
    and shares.mineral = asked.of_mineral
    and shares.measure = asked.of_measure
    and shares.membership_rule = asked.of_rule
    and shares.eu_treatment = asked.of_treatment
order by shares.year, shares.party_scope, shares.basis, shares.stage, shares.source, shares.edition
