{% import "_checks.sql" as checks %}
{% import "_known.sql" as knowledge with context %}
with

    given as (
        select
            bloc as of_bloc,
            mineral as of_mineral,
            measure as of_measure,
            {{ checks.a_day("known_date") }} as of_day
    ),

    asked as (
        select
            {{ checks.known_bloc("given.of_bloc") }} as of_bloc,
            {{ checks.known_mineral("given.of_mineral") }} as of_mineral,
            {{ checks.known_measure("given.of_measure") }} as of_measure,
            given.of_day as of_day
        from given
    ),

    {{ knowledge.known_memberships() }},

    {{ path("int_membership__spells", given=["int_membership__claims", "stg_decisions__membership_resolutions", "stg_reference__eu_membership"]) | replace("int_membership__spells as (", "all_known_spells as (") }},

    int_shares__scopes as (
        select scopes.* from intermediate.int_shares__scopes as scopes, asked where scopes.bloc = asked.of_bloc
    ),

    -- What was only to come is no membership of that day, and no end of one.
    int_membership__spells as (
        select
            spells.* replace (case when spells.valid_to <= asked.of_day then spells.valid_to end as valid_to)
        from all_known_spells as spells, asked
        where
            spells.effective_from <= asked.of_day
            and spells.bloc in (select scopes.counted_bloc from int_shares__scopes as scopes)
    ),

    published as (
        select editions.source, editions.edition
        from marts.dim_edition as editions, asked
        where editions.known_by <= asked.of_day
    ),

    int_shares__series as (
        select series.*
        from intermediate.int_shares__series as series, asked
        inner join published on series.source = published.source and series.edition = published.edition
        where series.mineral = asked.of_mineral and series.measure = asked.of_measure
    ),

    int_observations__by_party as (
        select observations.*
        from intermediate.int_observations__by_party as observations, asked
        inner join published on observations.source = published.source and observations.edition = published.edition
        where observations.mineral = asked.of_mineral and observations.measure = asked.of_measure
    ),

    {{ path("int_shares__blocs", given=["int_membership__spells", "int_shares__scopes", "int_shares__series", "int_observations__by_party"]) }}

select
    shares.year,
    shares.party_scope,
    shares.basis,
    shares.stage,
    shares.source,
    shares.edition,
    shares.membership_rule,
    shares.membership_as_of,
    shares.eu_treatment,
    shares.bloc_value,
    shares.world_published,
    shares.unit,
    shares.share,
    shares.share_low,
    shares.share_high,
    shares.n_members,
    shares.n_members_reporting,
    shares.member_parties
from int_shares__blocs as shares, asked
-- How a year ends is not known before it has ended.
where shares.membership_as_of <= asked.of_day
order by
    shares.year,
    shares.party_scope,
    shares.basis,
    shares.stage,
    shares.source,
    shares.edition,
    shares.membership_rule,
    shares.eu_treatment
