with

    observations as (select * from {{ ref("int_observations__typed") }}),

    final as (

        select
            source,
            edition,
            mineral,
            basis,
            stage,
            measure,
            year,
            -- A total given only as ">x" is at least x; shares over it are at most what they seem.
            max(case when party = 'WORLD' then coalesce(value_tonnes, value_low_tonnes) end) as world_published,
            max(case when party = 'WORLD' and value_tonnes is null and value_low_tonnes is not null then 1 else 0 end)
            = 1 as is_world_lower_bound,
            coalesce(sum(case when party not in ('WORLD', 'OTHER') then value_tonnes end), 0) as world_named_rows,
            coalesce(max(case when party = 'OTHER' then coalesce(value_tonnes, value_low_tonnes) end), 0) as residual,
            coalesce(
                sum(
                    case
                        when party = 'OTHER'
                        then coalesce(value_tonnes, value_low_tonnes)
                        when party <> 'WORLD'
                        then value_tonnes
                    end
                ),
                0
            ) as world_all_rows,
            count(case when party not in ('WORLD', 'OTHER') and value_flag = 'withheld' then 1 end) as n_withheld
        from observations
        where measure in ('production', 'reserves', 'resources', 'capacity')
        group by source, edition, mineral, basis, stage, measure, year

    )

select *
from final
