with

    entries as (select * from {{ ref("stg_articles__list_entries") }}),

    lists as (select * from {{ ref("stg_reference__mineral_lists") }}),

    final as (

        select
            entries.list_key,
            lists.jurisdiction,
            lists.list_name,
            lists.version_year,
            lists.version_date,
            entries.mineral,
            entries.printed as mineral_zh,
            entries.change,
            lists.is_complete_list,
            entries.document,
            entries.locator,
            entries.text_line,
            lists.n_stated,
            entries.note
        from entries
        inner join lists on entries.list_key = lists.list_key

    )

select *
from final
order by list_key, mineral, document, text_line, change
