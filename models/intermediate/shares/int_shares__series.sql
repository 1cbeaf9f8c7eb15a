with

    observations as (select * from {{ ref("int_observations__by_party") }}),

    parted as (

        select
            *,
            case when party not in ('WORLD', 'OTHER') then value_tonnes end as named_tonnes,
            case when party = 'OTHER' then coalesce(value_tonnes, low_tonnes) end as residual_tonnes
        from observations

    ),

    summed as (

        select
            source,
            edition,
            mineral,
            basis,
            stage,
            measure,
            year,
            max(case when party = 'WORLD' then coalesce(value_tonnes, low_tonnes) end) as world_printed,
            max(case when party = 'WORLD' and value_tonnes is null and low_tonnes is not null then 1 else 0 end)
            = 1 as is_world_lower_bound,
            max(case when party = 'WORLD' and value_tonnes is not null then low_tonnes end) as world_low,
            max(case when party = 'WORLD' and value_tonnes is not null then high_tonnes end) as world_high,
            coalesce({{ total("named_tonnes") }}, 0) as world_named_rows,
            coalesce(max(residual_tonnes), 0) as residual,
            coalesce({{ total("coalesce(named_tonnes, residual_tonnes)") }}, 0) as world_all_rows,
            coalesce(sum(case when party not in ('WORLD', 'OTHER') then n_withheld end), 0) as n_withheld,
            max(case when party = 'WORLD' and n_excluding > 0 then 1 else 0 end) = 1 as is_world_without_withheld
        from parted
        group by source, edition, mineral, basis, stage, measure, year

    ),

    final as (

        select
            source,
            edition,
            mineral,
            basis,
            stage,
            measure,
            year,
            -- A total given only as ">x" is at least x; shares over it are at most what they seem. Where its rows
            -- exceed x
            -- by more than rounding, it is at least their sum.
            case
                when is_world_lower_bound and world_all_rows > 1.01 * world_printed
                then world_all_rows
                else world_printed
            end as world_published,
            is_world_lower_bound,
            -- The published total, down and up by its rounding.
            world_low,
            world_high,
            world_named_rows,
            residual,
            world_all_rows,
            n_withheld,
            is_world_without_withheld
        from summed

    )

select *
from final
