{# Which official series a printed amount or share of the world can be held against: the same mineral and measure, of the
   year said, or, where none is said, of the years that a document of its date could mean. #}
with

    claims as (select * from {{ ref("int_claims__intervals") }}),

    parties as (select distinct claim_id from {{ ref("int_claims__parties") }}),

    series as (select * from {{ ref("int_shares__series") }}),

    stoichiometry as (select * from {{ ref("stg_reference__stoichiometry") }}),

    -- Production means what mines yield, unless a mineral has no mine of its own (gallium, indium).
    mined as (

        select mineral, measure, max(case when stage = 'mine' then 1 else 0 end) as has_mine
        from series
        group by mineral, measure

    ),

    asked as (

        select
            claims.claim_id,
            claims.mineral,
            claims.bloc,
            claims.basis,
            claims.year,
            claims.published_year,
            claims.base_unit = 'percent' as is_share,
            replace(claims.measure, '_share', '') as series_measure,
            case
                when claims.bloc is not null
                then 'bloc'
                when parties.claim_id is not null
                then 'parties'
                when claims.base_unit = 't'
                then 'world'
            end as whose
        from claims
        left join parties on claims.claim_id = parties.claim_id
        where
            (claims.measure in ('production', 'reserves', 'resources') and claims.base_unit = 't')
            or (
                claims.measure in ('production_share', 'reserves_share', 'resources_share')
                and claims.base_unit = 'percent'
            )

    ),

    -- Both directions of the conversions between bases of one element.
    factors as (

        select element, basis_from, basis_to, factor
        from stoichiometry
        union all
        select element, basis_to as basis_from, basis_from as basis_to, 1.0 / factor as factor
        from stoichiometry

    ),

    final as (

        select
            asked.claim_id,
            asked.whose,
            asked.bloc,
            asked.is_share,
            asked.basis as basis_printed,
            series.source,
            series.edition,
            series.mineral,
            series.basis,
            series.stage,
            series.measure,
            series.year,
            coalesce(series.world_published, series.world_all_rows) as world,
            coalesce(series.world_low, series.world_published, series.world_all_rows) as world_low,
            -- A world total given only as a bound has no upper end.
            case
                when not series.is_world_lower_bound
                then coalesce(series.world_high, series.world_published, series.world_all_rows)
            end as world_high,
            -- A share is the same on any basis of one element; an amount is brought to the basis printed, or, where
            -- that would need a grade, to none.
            case
                when asked.is_share or coalesce(asked.basis, series.basis) = series.basis then 1.0 else factors.factor
            end as factor
        from asked
        inner join series on asked.mineral = series.mineral and asked.series_measure = series.measure
        inner join mined on series.mineral = mined.mineral and series.measure = mined.measure
        left join
            factors
            on series.mineral = factors.element
            and series.basis = factors.basis_from
            and asked.basis = factors.basis_to
        where
            asked.whose is not null
            and (mined.has_mine = 0 or series.stage = 'mine')
            and coalesce(series.world_published, series.world_all_rows) > 0
            and series.year >= coalesce(asked.year, asked.published_year - 2)
            -- Reserves carry the year of their edition, which is the year after the end that they describe.
            and series.year
            <= coalesce(asked.year, asked.published_year) + case when series.measure = 'production' then 0 else 1 end

    )

select *
from final
