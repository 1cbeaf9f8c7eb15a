{# The path from the spells of membership on, with some parties' spells added and some parties left out of the members.
   Who is added counts from the first day of the bloc, as long as the bloc lasts; the EU brings its states, while they are
   states of it. Who is removed leaves the members alone, not the spells: when a bloc began and ended stays as it is. #}
{% import "_checks.sql" as checks %}
with

    given as (
        select
            bloc as of_bloc,
            mineral as of_mineral,
            measure as of_measure
    ),

    asked as (
        select
            {{ checks.known_bloc("given.of_bloc") }} as of_bloc,
            {{ checks.known_mineral("given.of_mineral") }} as of_mineral,
            {{ checks.known_measure("given.of_measure") }} as of_measure
        from given
    ),

    removed as (
        select {{ checks.known_party("listed.party") }} as party
        from (select unnest(cast(coalesce(remove_parties, []) as varchar[])) as party) as listed
    ),

    added as (
        select
            case
                when listed.party in (select removed.party from removed)
                then error('The party ''' || listed.party || ''' is both added and removed')
                else {{ checks.known_party("listed.party") }}
            end as party
        from (select distinct unnest(cast(coalesce(add_parties, []) as varchar[])) as party) as listed
    ),

    int_shares__scopes as (
        select scopes.* from intermediate.int_shares__scopes as scopes, asked where scopes.bloc = asked.of_bloc
    ),

    own_spells as (
        select spells.*
        from intermediate.int_membership__spells as spells
        where spells.bloc in (select scopes.counted_bloc from int_shares__scopes as scopes)
    ),

    lifetime as (
        select
            spells.bloc as of_bloc,
            min(spells.effective_from) as first_day,
            case when count(*) = count(spells.valid_to) then max(spells.valid_to) end as last_day
        from own_spells as spells, asked
        where spells.bloc = asked.of_bloc and spells.via = 'direct'
        group by spells.bloc
    ),

    newcomers as (
        select added.party, 'direct' as via, lifetime.first_day, lifetime.last_day
        from added, lifetime
        union all
        select
            states.party,
            'EUU' as via,
            greatest(states.valid_from, lifetime.first_day) as first_day,
            least(coalesce(states.valid_to, lifetime.last_day), coalesce(lifetime.last_day, states.valid_to)) as last_day
        from marts.fct_bloc_membership as states, lifetime
        where
            states.bloc = 'eu'
            and 'EUU' in (select added.party from added)
            and (states.valid_to is null or states.valid_to > lifetime.first_day)
            and (lifetime.last_day is null or states.valid_from < lifetime.last_day)
    ),

    int_membership__spells as (
        select spells.*
        from own_spells as spells
        where
            not (spells.via = 'EUU' and 'EUU' in (select removed.party from removed))
        union all by name
        select
            asked.of_bloc as bloc,
            newcomers.party,
            newcomers.via,
            case when parties.party_type = 'institution' then 'institution' else 'member' end as role,
            'partner' as party_scope,
            newcomers.first_day as valid_from,
            'day' as valid_from_precision,
            newcomers.first_day as effective_from,
            newcomers.last_day as valid_to,
            case when newcomers.last_day is null then 'in_force' else 'ended' end as status
        from newcomers, asked
        inner join marts.dim_party as parties on newcomers.party = parties.party
    ),

    {{ checks.asked_tables() }},

    {{ path("int_shares__members", given=["int_membership__spells", "int_shares__scopes", "int_shares__series"]) | replace("int_shares__members as (", "also_removed as (") }},

    int_shares__members as (
        select also_removed.*
        from also_removed
        where also_removed.party not in (select removed.party from removed)
    ),

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
    as_it_is.share as share_as_it_is,
    shares.share - as_it_is.share as difference,
    shares.n_members,
    shares.n_members_reporting,
    shares.member_parties
from int_shares__blocs as shares
left join
    marts.mineral_bloc_share as as_it_is
    on shares.bloc = as_it_is.bloc
    and shares.party_scope = as_it_is.party_scope
    and shares.mineral = as_it_is.mineral
    and shares.basis = as_it_is.basis
    and shares.stage = as_it_is.stage
    and shares.measure = as_it_is.measure
    and shares.year = as_it_is.year
    and shares.source = as_it_is.source
    and shares.edition = as_it_is.edition
    and shares.membership_rule = as_it_is.membership_rule
    and shares.eu_treatment = as_it_is.eu_treatment
order by
    shares.year,
    shares.party_scope,
    shares.basis,
    shares.stage,
    shares.source,
    shares.edition,
    shares.membership_rule,
    shares.eu_treatment
