{# Printed amounts and shares of the world beside what an official series gives for the same parties: their sum, or a bloc's
   under each rule of counting. #}
with

    matched as (select * from {{ ref("int_claims__official_series") }}),

    parties as (select * from {{ ref("int_claims__parties") }}),

    observations as (select * from {{ ref("int_observations__by_party") }}),

    blocs as (select * from {{ ref("int_shares__blocs") }}),

    counted as (select claim_id, max(relation) as relation, count(*) as n_parties from parties group by claim_id),

    sums as (

        select
            matched.claim_id,
            matched.source,
            matched.edition,
            matched.mineral,
            matched.basis,
            matched.stage,
            matched.measure,
            matched.year,
            {{ total("observations.value_tonnes") }} as amount,
            {{ total("coalesce(observations.low_tonnes, observations.value_tonnes)") }} as amount_low,
            {{ total("coalesce(observations.high_tonnes, observations.value_tonnes)") }} as amount_high,
            count(observations.value_tonnes) as n_found
        from matched
        inner join parties on matched.claim_id = parties.claim_id
        inner join
            observations
            on matched.source = observations.source
            and matched.edition = observations.edition
            and matched.mineral = observations.mineral
            and matched.basis = observations.basis
            and matched.stage = observations.stage
            and matched.measure = observations.measure
            and matched.year = observations.year
            and parties.party = observations.party
        group by
            matched.claim_id,
            matched.source,
            matched.edition,
            matched.mineral,
            matched.basis,
            matched.stage,
            matched.measure,
            matched.year

    ),

    found as (

        select
            matched.*,
            matched.world as amount,
            matched.world_low as amount_low,
            matched.world_high as amount_high,
            'sum' as relation,
            '' as counting
        from matched
        where whose = 'world'
        union all
        -- A sum that misses one of its parties says nothing.
        select matched.*, sums.amount, sums.amount_low, sums.amount_high, counted.relation, '' as counting
        from matched
        inner join
            sums
            on matched.claim_id = sums.claim_id
            and matched.source = sums.source
            and matched.edition = sums.edition
            and matched.mineral = sums.mineral
            and matched.basis = sums.basis
            and matched.stage = sums.stage
            and matched.measure = sums.measure
            and matched.year = sums.year
        inner join counted on sums.claim_id = counted.claim_id and sums.n_found = counted.n_parties
        union all
        select
            matched.*,
            blocs.bloc_value as amount,
            blocs.bloc_value as amount_low,
            blocs.bloc_value as amount_high,
            'sum' as relation,
            blocs.party_scope || ', ' || blocs.membership_rule || ', ' || blocs.eu_treatment as counting
        from matched
        inner join
            blocs
            on matched.bloc = blocs.bloc
            and matched.source = blocs.source
            and matched.edition = blocs.edition
            and matched.mineral = blocs.mineral
            and matched.basis = blocs.basis
            and matched.stage = blocs.stage
            and matched.measure = blocs.measure
            and matched.year = blocs.year
        where matched.whose = 'bloc' and blocs.bloc_value is not null

    ),

    final as (

        select
            claim_id,
            whose,
            relation,
            counting,
            is_share,
            source,
            edition,
            mineral,
            basis,
            basis_printed,
            stage,
            measure,
            year,
            amount as amount_as_published,
            amount * factor as amount,
            amount_low * factor as amount_low,
            amount_high * factor as amount_high,
            world * factor as world,
            100.0 * amount / world as share,
            100.0 * amount_low / world_high as share_low,
            100.0 * amount_high / world_low as share_high
        from found

    )

select *
from final
