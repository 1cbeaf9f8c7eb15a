{# What papers print of official lists, and what landed files repeat of them whole. #}
with

    printed as (select * from {{ ref("stg_articles__list_entries") }}),

    landed as (select * from {{ ref("stg_landed__list_entries") }}),

    editions as (select * from {{ ref("int_editions__described") }}),

    final as (

        select list_key, mineral, printed, change, document, locator, text_line, note, false as is_whole_list
        from printed
        union all
        select
            landed.list_key,
            landed.mineral,
            landed.printed,
            'member' as change,
            editions.document,
            landed.file || ', row ' || landed.file_row as locator,
            cast(null as integer) as text_line,
            cast(null as {{ dbt.type_string() }}) as note,
            true as is_whole_list
        from landed
        inner join editions on landed.source = editions.source and landed.edition = editions.edition

    )

select *
from final
