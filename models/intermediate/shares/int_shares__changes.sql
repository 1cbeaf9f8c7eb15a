{# A bloc's share is the sum over parties of weight times the party's share of the world. Its change between two years
   splits exactly: what weights did at the old shares (membership), what shares did at the old weights (output), and what
   both did together (interaction). #}
with

    rules as (select * from {{ ref("int_shares__change_rules") }}),

    members as (select * from {{ ref("int_shares__members") }}),

    series as (select * from {{ ref("int_shares__series") }} where coalesce(world_published, world_all_rows) > 0),

    observations as (select * from {{ ref("int_observations__by_party") }} where value_tonnes is not null),

    shares as (select * from {{ ref("int_shares__blocs") }} where share is not null),

    -- One pair of tables per pair of years: the latest edition that holds both, else the latest of each.
    ranked_pairs as (

        select
            earlier.source,
            earlier.mineral,
            earlier.basis,
            earlier.stage,
            earlier.measure,
            earlier.year as year_from,
            later.year as year_to,
            earlier.edition as edition_from,
            later.edition as edition_to,
            row_number() over (
                partition by
                    earlier.source,
                    earlier.mineral,
                    earlier.basis,
                    earlier.stage,
                    earlier.measure,
                    earlier.year,
                    later.year
                order by
                    case when earlier.edition = later.edition then 1 else 2 end,
                    later.edition desc,
                    earlier.edition desc
            ) as standing
        from series as earlier
        inner join
            series as later
            on earlier.source = later.source
            and earlier.mineral = later.mineral
            and earlier.basis = later.basis
            and earlier.stage = later.stage
            and earlier.measure = later.measure
            and earlier.year < later.year

    ),

    -- Both shares must be known: where no member reports there is nothing to split.
    pairs as (

        select
            first_share.bloc,
            first_share.party_scope,
            first_share.eu_treatment,
            first_share.membership_rule,
            ranked_pairs.source,
            ranked_pairs.mineral,
            ranked_pairs.basis,
            ranked_pairs.stage,
            ranked_pairs.measure,
            ranked_pairs.year_from,
            ranked_pairs.year_to,
            ranked_pairs.edition_from,
            ranked_pairs.edition_to,
            first_share.share as share_from,
            last_share.share as share_to
        from ranked_pairs
        inner join
            shares as first_share
            on ranked_pairs.source = first_share.source
            and ranked_pairs.edition_from = first_share.edition
            and ranked_pairs.mineral = first_share.mineral
            and ranked_pairs.basis = first_share.basis
            and ranked_pairs.stage = first_share.stage
            and ranked_pairs.measure = first_share.measure
            and ranked_pairs.year_from = first_share.year
        inner join
            shares as last_share
            on ranked_pairs.source = last_share.source
            and ranked_pairs.edition_to = last_share.edition
            and ranked_pairs.mineral = last_share.mineral
            and ranked_pairs.basis = last_share.basis
            and ranked_pairs.stage = last_share.stage
            and ranked_pairs.measure = last_share.measure
            and ranked_pairs.year_to = last_share.year
            and first_share.bloc = last_share.bloc
            and first_share.party_scope = last_share.party_scope
            and first_share.eu_treatment = last_share.eu_treatment
            and first_share.membership_rule = last_share.membership_rule
        inner join
            rules
            on first_share.membership_rule = rules.membership_rule
            and first_share.eu_treatment = rules.eu_treatment
        where ranked_pairs.standing = 1

    ),

    -- What one party holds of the world in one table.
    holdings as (

        select
            observations.source,
            observations.edition,
            observations.mineral,
            observations.basis,
            observations.stage,
            observations.measure,
            observations.year,
            observations.party,
            observations.value_tonnes / coalesce(series.world_published, series.world_all_rows) as part
        from observations
        inner join
            series
            on observations.source = series.source
            and observations.edition = series.edition
            and observations.mineral = series.mineral
            and observations.basis = series.basis
            and observations.stage = series.stage
            and observations.measure = series.measure
            and observations.year = series.year

    ),

    -- Every party that belongs in either year: once as it was in the first, once as it was in the second.
    involved as (

        select
            pairs.*,
            members.party,
            max(case when members.year = pairs.year_from then members.weight else 0 end) as weight_from,
            max(case when members.year = pairs.year_to then members.weight else 0 end) as weight_to
        from pairs
        inner join
            members
            on pairs.bloc = members.bloc
            and pairs.party_scope = members.party_scope
            and pairs.eu_treatment = members.eu_treatment
            and pairs.membership_rule = members.membership_rule
            and (pairs.year_from = members.year or pairs.year_to = members.year)
        group by
            pairs.bloc,
            pairs.party_scope,
            pairs.eu_treatment,
            pairs.membership_rule,
            pairs.source,
            pairs.mineral,
            pairs.basis,
            pairs.stage,
            pairs.measure,
            pairs.year_from,
            pairs.year_to,
            pairs.edition_from,
            pairs.edition_to,
            pairs.share_from,
            pairs.share_to,
            members.party

    ),

    contributions as (

        select
            involved.*,
            coalesce(held_first.part, 0) as part_from,
            coalesce(held_last.part, 0) as part_to,
            (held_first.part is null) <> (held_last.part is null) as is_reported_once
        from involved
        left join
            holdings as held_first
            on involved.source = held_first.source
            and involved.edition_from = held_first.edition
            and involved.mineral = held_first.mineral
            and involved.basis = held_first.basis
            and involved.stage = held_first.stage
            and involved.measure = held_first.measure
            and involved.year_from = held_first.year
            and involved.party = held_first.party
        left join
            holdings as held_last
            on involved.source = held_last.source
            and involved.edition_to = held_last.edition
            and involved.mineral = held_last.mineral
            and involved.basis = held_last.basis
            and involved.stage = held_last.stage
            and involved.measure = held_last.measure
            and involved.year_to = held_last.year
            and involved.party = held_last.party

    ),

    final as (

        select
            contributions.bloc,
            contributions.party_scope,
            contributions.mineral,
            contributions.basis,
            contributions.stage,
            contributions.measure,
            contributions.source,
            contributions.year_from,
            contributions.year_to,
            contributions.share_from,
            contributions.share_to,
            contributions.share_to - contributions.share_from as change,
            sum((weight_to - weight_from) * part_from) as change_membership,
            sum(weight_from * (part_to - part_from)) as change_output,
            sum((weight_to - weight_from) * (part_to - part_from)) as change_interaction,
            sum(greatest(weight_to - weight_from, 0) * part_from) as change_joiners,
            sum(least(weight_to - weight_from, 0) * part_from) as change_leavers,
            {{ joined_text("case when weight_to > weight_from then party end") }} as joiners,
            {{ joined_text("case when weight_to < weight_from then party end") }} as leavers,
            cast(count(case when is_reported_once then 1 end) as integer) as n_reported_once,
            contributions.edition_from,
            contributions.edition_to,
            contributions.membership_rule,
            contributions.eu_treatment
        from contributions
        group by
            contributions.bloc,
            contributions.party_scope,
            contributions.mineral,
            contributions.basis,
            contributions.stage,
            contributions.measure,
            contributions.source,
            contributions.year_from,
            contributions.year_to,
            contributions.share_from,
            contributions.share_to,
            contributions.edition_from,
            contributions.edition_to,
            contributions.membership_rule,
            contributions.eu_treatment

    )

select *
from final
