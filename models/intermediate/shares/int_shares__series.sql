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
            max(case when party = 'WORLD' then value_tonnes end) as world_published,
            coalesce(sum(case when party not in ('WORLD', 'OTHER') then value_tonnes end), 0) as world_named_rows,
            coalesce(max(case when party = 'OTHER' then value_tonnes end), 0) as residual,
            coalesce(sum(case when party <> 'WORLD' then value_tonnes end), 0) as world_all_rows,
            count(case when party not in ('WORLD', 'OTHER') and value_flag = 'withheld' then 1 end) as n_withheld
        from observations
        where measure in ('production', 'reserves', 'resources', 'capacity')
        group by source, edition, mineral, basis, stage, measure, year

    )

select *
from final
