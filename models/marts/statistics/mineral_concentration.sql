with

    shares as (select * from {{ ref("int_statistics__concentration") }}),

    summed as (

        select
            source,
            edition,
            mineral,
            basis,
            stage,
            measure,
            year,
            {{ total("share * share") }} as named_squares,
            {{ total("share") }} as named_share,
            min(share) as smallest_named,
            {{ total("case when place <= 1 then share end") }} as cr1,
            {{ total("case when place <= 3 then share end") }} as cr3,
            {{ total("case when place <= 5 then share end") }} as cr5,
            count(*) as n_parties,
            max(case when place = 1 then party end) as leader
        from shares
        group by source, edition, mineral, basis, stage, measure, year

    ),

    with_residual as (select *, greatest(1 - named_share, 0) as residual_share from summed),

    -- What no row names adds least if it is many small producers (nothing), most if it is one country; between them,
    -- each
    -- hidden producer is taken to be no larger than the smallest named one.
    final as (

        select
            mineral,
            basis,
            stage,
            measure,
            year,
            source,
            edition,
            named_squares + residual_share * least(residual_share, smallest_named) as hhi,
            named_squares as hhi_low,
            named_squares + residual_share * residual_share as hhi_high,
            10000 * (named_squares + residual_share * least(residual_share, smallest_named)) as hhi_points,
            cr1,
            cr3,
            cr5,
            cast(n_parties as integer) as n_parties,
            leader,
            cr1 as leader_share,
            residual_share
        from with_residual

    )

select *
from final
order by mineral, basis, stage, measure, year, source, edition
