with

    entries as (select * from {{ ref("int_lists__entries") }}),

    levels as (select * from {{ ref("int_minerals__levels") }}),

    lists as (select * from {{ ref("stg_reference__mineral_lists") }}),

    whole as (

        select list_key, max(case when is_whole_list then 1 else 0 end) as is_whole_list from entries group by list_key

    ),

    final as (

        select distinct
            entries.list_key,
            levels.level,
            levels.target as mineral,
            lists.is_complete_list or whole.is_whole_list = 1 as is_complete_list
        from entries
        inner join levels on entries.mineral = levels.mineral
        inner join lists on entries.list_key = lists.list_key
        inner join whole on entries.list_key = whole.list_key
        where entries.change <> 'removed'

    )

select *
from final
