with

    blocs as (select * from {{ ref("int_blocs__described") }}),

    final as (

        select
            bloc,
            name_en,
            name_zh,
            aliases,
            level,
            bloc_type,
            instrument,
            start_date,
            start_precision,
            status,
            n_members_stated,
            parent_bloc,
            document,
            locator,
            aim_en
        from blocs

    )

select *
from final
order by bloc
