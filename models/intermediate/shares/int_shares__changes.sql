{# A bloc's share is the sum over parties of weight times the party's share of the world. Its change between two years
   splits exactly: what weights did at the old shares (membership), what shares did at the old weights (output), and what
   both did together (interaction). #}
with

    pairs as (select * from {{ ref("int_shares__change_pairs") }}),

    moves as (select * from {{ ref("int_shares__moves") }}),

    holdings as (select * from {{ ref("int_shares__holdings") }}),

    movers as (

        select
            moves.bloc,
            moves.party_scope,
            moves.eu_treatment,
            moves.membership_rule,
            moves.year_from,
            moves.year_to,
            {{ joined_text("case when weight_to > weight_from then party end") }} as joiners,
            {{ joined_text("case when weight_to < weight_from then party end") }} as leavers
        from moves
        group by
            moves.bloc, moves.party_scope, moves.eu_treatment, moves.membership_rule, moves.year_from, moves.year_to

    ),

    -- Only who has a value in one of the two tables moves anything.
    held as (

        select
            pairs.pair_id, moves.party, moves.weight_from, moves.weight_to, holdings.part as part_from, null as part_to
        from pairs
        inner join
            moves
            on pairs.bloc = moves.bloc
            and pairs.party_scope = moves.party_scope
            and pairs.eu_treatment = moves.eu_treatment
            and pairs.membership_rule = moves.membership_rule
            and pairs.year_from = moves.year_from
            and pairs.year_to = moves.year_to
        inner join
            holdings
            on pairs.source = holdings.source
            and pairs.edition_from = holdings.edition
            and pairs.mineral = holdings.mineral
            and pairs.basis = holdings.basis
            and pairs.stage = holdings.stage
            and pairs.measure = holdings.measure
            and pairs.year_from = holdings.year
            and moves.party = holdings.party
        union all
        select
            pairs.pair_id, moves.party, moves.weight_from, moves.weight_to, null as part_from, holdings.part as part_to
        from pairs
        inner join
            moves
            on pairs.bloc = moves.bloc
            and pairs.party_scope = moves.party_scope
            and pairs.eu_treatment = moves.eu_treatment
            and pairs.membership_rule = moves.membership_rule
            and pairs.year_from = moves.year_from
            and pairs.year_to = moves.year_to
        inner join
            holdings
            on pairs.source = holdings.source
            and pairs.edition_to = holdings.edition
            and pairs.mineral = holdings.mineral
            and pairs.basis = holdings.basis
            and pairs.stage = holdings.stage
            and pairs.measure = holdings.measure
            and pairs.year_to = holdings.year
            and moves.party = holdings.party

    ),

    contributions as (

        select
            pair_id,
            party,
            weight_from,
            weight_to,
            coalesce(max(part_from), 0) as part_from,
            coalesce(max(part_to), 0) as part_to,
            count(*) = 1 as is_reported_once
        from held
        group by pair_id, party, weight_from, weight_to

    ),

    summed as (

        select
            pair_id,
            {{ total("(weight_to - weight_from) * part_from") }} as change_membership,
            {{ total("weight_from * (part_to - part_from)") }} as change_output,
            {{ total("(weight_to - weight_from) * (part_to - part_from)") }} as change_interaction,
            {{ total("greatest(weight_to - weight_from, 0) * part_from") }} as change_joiners,
            {{ total("least(weight_to - weight_from, 0) * part_from") }} as change_leavers,
            cast(count(case when is_reported_once then 1 end) as integer) as n_reported_once
        from contributions
        group by pair_id

    ),

    final as (

        select
            pairs.bloc,
            pairs.party_scope,
            pairs.mineral,
            pairs.basis,
            pairs.stage,
            pairs.measure,
            pairs.source,
            pairs.year_from,
            pairs.year_to,
            pairs.share_from,
            pairs.share_to,
            pairs.share_to - pairs.share_from as change,
            summed.change_membership,
            summed.change_output,
            summed.change_interaction,
            summed.change_joiners,
            summed.change_leavers,
            movers.joiners,
            movers.leavers,
            summed.n_reported_once,
            pairs.edition_from,
            pairs.edition_to,
            pairs.membership_rule,
            pairs.eu_treatment
        from pairs
        inner join summed on pairs.pair_id = summed.pair_id
        inner join
            movers
            on pairs.bloc = movers.bloc
            and pairs.party_scope = movers.party_scope
            and pairs.eu_treatment = movers.eu_treatment
            and pairs.membership_rule = movers.membership_rule
            and pairs.year_from = movers.year_from
            and pairs.year_to = movers.year_to

    )

select *
from final
