with

    entries as (select * from {{ ref("int_lists__entries") }}),

    lists as (select * from {{ ref("stg_reference__mineral_lists") }}),

    minerals as (select * from {{ ref("stg_reference__minerals") }}),

    unlinked as (

        select
            entries.list_key,
            lists.jurisdiction,
            lists.list_name,
            lists.version_year,
            lists.version_date,
            entries.mineral,
            -- The papers print Chinese names; a landed list is in English.
            case when entries.is_whole_list then minerals.name_zh else entries.printed end as mineral_zh,
            entries.change,
            lists.is_complete_list or entries.is_whole_list as is_complete_list,
            entries.document,
            entries.locator,
            entries.text_line,
            lists.n_stated,
            entries.note,
            entries.printed as mineral_printed
        from entries
        inner join lists on entries.list_key = lists.list_key
        inner join minerals on entries.mineral = minerals.mineral

    ),

    final as (

        select unlinked.*, conflicts.conflict_ids
        from unlinked
        left join
            {{ ref("int_conflicts__by_line") }} as conflicts
            on unlinked.document = conflicts.document
            and unlinked.text_line = conflicts.text_line

    )

select *
from final
order by list_key, mineral, document, text_line, locator, change, mineral_printed
