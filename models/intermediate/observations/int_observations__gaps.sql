{# Official figures that cannot both be right as they stand: a wrong unit shows as a jump of about 10^3 or 10^6 between two
   editions, two sources, or the rows and their total. #}
with

    observations as (select * from {{ ref("int_observations__by_party") }}),

    series as (select * from {{ ref("int_shares__series") }}),

    acknowledged as (select * from {{ ref("stg_decisions__acknowledged_gaps") }}),

    -- The same quantity, party and year in several editions of one source; reserves, from edition to edition.
    between_editions as (

        select
            'between_editions' as checked,
            source,
            mineral,
            basis,
            stage,
            measure,
            party,
            case when measure = 'reserves' then null else year end as year,
            min(value_tonnes) as smallest,
            max(value_tonnes) as largest
        from observations
        where value_tonnes > 0
        group by source, mineral, basis, stage, measure, party, case when measure = 'reserves' then null else year end

    ),

    -- The world of one year as different sources give it, on the same basis: each against the middle of all.
    worlds as (

        select source, mineral, basis, stage, measure, year, avg(coalesce(world_published, world_all_rows)) as world
        from series
        where measure = 'production' and coalesce(world_published, world_all_rows) > 0
        group by source, mineral, basis, stage, measure, year

    ),

    between_sources as (

        select
            'between_sources' as checked,
            here.source,
            here.mineral,
            here.basis,
            here.stage,
            here.measure,
            'WORLD' as party,
            here.year,
            least(here.world, there.world) as smallest,
            greatest(here.world, there.world) as largest
        from worlds as here
        inner join
            worlds as there
            on here.mineral = there.mineral
            and here.basis = there.basis
            and here.stage = there.stage
            and here.measure = there.measure
            and here.year = there.year
            and here.source < there.source

    ),

    sum_of_rows as (

        select
            'sum_of_rows' as checked,
            source,
            mineral,
            basis,
            stage,
            measure,
            'WORLD' as party,
            year,
            least(world_all_rows, world_published) as smallest,
            greatest(world_all_rows, world_published) as largest
        from series
        where world_published > 0 and world_all_rows > 0 and n_withheld = 0 and not is_world_lower_bound

    ),

    suspects as (

        select *
        from between_editions
        where largest >= 100 * smallest
        union all
        select *
        from between_sources
        where largest >= 10 * smallest
        union all
        select *
        from sum_of_rows
        where largest >= 1.25 * smallest

    ),

    final as (

        select suspects.*, suspects.largest / suspects.smallest as ratio, acknowledged.reason
        from suspects
        left join
            acknowledged
            on suspects.checked = acknowledged.checked
            and suspects.source = acknowledged.source
            and suspects.mineral = acknowledged.mineral
            and suspects.basis = acknowledged.basis
            and suspects.stage = acknowledged.stage
            and suspects.measure = acknowledged.measure
            and acknowledged.party in (suspects.party, '*')

    )

select *
from final
