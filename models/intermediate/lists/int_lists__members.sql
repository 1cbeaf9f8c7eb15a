with

    entries as (select * from {{ ref("stg_articles__list_entries") }}),

    levels as (select * from {{ ref("int_minerals__levels") }}),

    lists as (select * from {{ ref("stg_reference__mineral_lists") }}),

    final as (

        select distinct entries.list_key, levels.level, levels.target as mineral, lists.is_complete_list
        from entries
        inner join levels on entries.mineral = levels.mineral
        inner join lists on entries.list_key = lists.list_key
        where entries.change <> 'removed'

    )

select *
from final
