with

    mineral_lists as (select * from {{ ref("mineral_lists") }}),

    final as (

        select
            list_key,
            jurisdiction,
            list_name,
            list_name_zh,
            {{ as_integer("version_year") }} as version_year,
            {{ as_date("version_date") }} as version_date,
            {{ as_flag("is_complete_list") }} as is_complete_list,
            {{ as_integer("n_stated") }} as n_stated
        from mineral_lists

    )

select *
from final
