{# Shares of a set made of two blocs, on the same path: both are counted as one bloc to get their union, which knows on
   how many days a party belonged to either. Intersection and difference follow from it, party by party and rule by rule:
   both = a + b - either; a alone = either - b. #}
{% import "_checks.sql" as checks %}
{% macro two_blocs(set) -%}
with

    given as (
        select
            bloc_a as of_a,
            bloc_b as of_b,
            mineral as of_mineral,
            measure as of_measure
    ),

    asked as (
        select
            {{ checks.known_bloc("given.of_a") }} as of_a,
            {{ checks.known_bloc("given.of_b") }} as of_b,
            {{ checks.known_mineral("given.of_mineral") }} as of_mineral,
            {{ checks.known_measure("given.of_measure") }} as of_measure
        from given
    ),

    own_scopes as (
        select scopes.*
        from intermediate.int_shares__scopes as scopes, asked
        where scopes.bloc in (asked.of_a, asked.of_b)
    ),

    -- A bloc without a forum enters the wider scope by itself.
    widened as (
        select own_scopes.* from own_scopes
        union all
        select alone.bloc, 'partners_and_forum' as party_scope, alone.counted_bloc
        from own_scopes as alone
        where
            exists (select 1 from own_scopes as wide where wide.party_scope = 'partners_and_forum')
            and not exists (
                select 1 from own_scopes as wide where wide.party_scope = 'partners_and_forum' and wide.bloc = alone.bloc
            )
    ),

    int_shares__scopes as (
        select distinct 'either' as bloc, widened.party_scope, widened.counted_bloc from widened
        union all
        select 'a' as bloc, widened.party_scope, widened.counted_bloc
        from widened, asked
        where widened.bloc = asked.of_a
        union all
        select 'b' as bloc, widened.party_scope, widened.counted_bloc
        from widened, asked
        where widened.bloc = asked.of_b
    ),

    {{ checks.asked_tables() }},

    {{ path("int_shares__members", given=["int_shares__scopes", "int_shares__series"]) | replace("int_shares__members as (", "each_alone as (") }},

    -- Weights of both blocs beside that of their union. In a year for which a rule is laid out for one of them alone, the
    -- other has no weight, and neither does it have any in the union.
    beside as (
        select
            each_alone.party_scope,
            each_alone.eu_treatment,
            each_alone.membership_rule,
            max(each_alone.membership_as_of) as membership_as_of,
            each_alone.year,
            each_alone.party,
            coalesce(max(case when each_alone.bloc = 'a' then each_alone.weight end), 0) as in_a,
            coalesce(max(case when each_alone.bloc = 'b' then each_alone.weight end), 0) as in_b,
            least(
                coalesce(max(case when each_alone.bloc = 'either' then each_alone.weight end), 0), in_a + in_b
            ) as in_either
        from each_alone
        group by
            each_alone.party_scope,
            each_alone.eu_treatment,
            each_alone.membership_rule,
            each_alone.year,
            each_alone.party
    ),

    weighted as (
        select
            'set' as bloc,
            beside.party_scope,
            beside.eu_treatment,
            beside.membership_rule,
            max(beside.membership_as_of) over (
                partition by beside.party_scope, beside.eu_treatment, beside.membership_rule, beside.year
            ) as membership_as_of,
            beside.year,
            beside.party,
            {% if set == "union" %}beside.in_either
            {%- elif set == "intersection" %}beside.in_a + beside.in_b - beside.in_either
            {%- else %}beside.in_either - beside.in_b
            {%- endif %} as weight
        from beside
    ),

    int_shares__members as (select weighted.* from weighted where weighted.weight > 1e-9),

    {{ path("int_shares__blocs", given=["int_shares__members", "int_shares__series", "int_observations__by_party"]) }}

select
    shares.year,
    shares.party_scope,
    shares.basis,
    shares.stage,
    shares.source,
    shares.edition,
    shares.membership_rule,
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
from int_shares__blocs as shares
order by
    shares.year,
    shares.party_scope,
    shares.basis,
    shares.stage,
    shares.source,
    shares.edition,
    shares.membership_rule,
    shares.eu_treatment
{%- endmacro %}
