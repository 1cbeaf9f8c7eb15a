{# Pairs of years of one source in which a bloc's share is known, with the tables that they are read from. #}
with

    rules as (select * from {{ ref("int_shares__change_rules") }}),

    series as (select * from {{ ref("int_shares__series") }} where coalesce(world_published, world_all_rows) > 0),

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
    final as (

        select
            row_number() over (order by first_share.bloc) as pair_id,
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

    )

select *
from final
