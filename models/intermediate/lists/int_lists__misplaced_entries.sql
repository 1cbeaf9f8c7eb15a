{# Entries that a document prints of a list which a landed file repeats whole, and which that list does not have; or that it
   calls removed while the list has them. #}
with

    entries as (select * from {{ ref("int_lists__entries") }}),

    levels as (select * from {{ ref("int_minerals__levels") }} where level = 'element'),

    lists as (select * from {{ ref("stg_reference__mineral_lists") }}),

    whole as (select * from entries where is_whole_list),

    whole_documents as (

        select list_key, min(document) as document, min(locator) as locator from whole group by list_key

    ),

    contents as (

        select distinct whole.list_key, levels.target from whole inner join levels on whole.mineral = levels.mineral

    ),

    -- A group is on a list as soon as one of its elements is.
    checked as (

        select
            entries.document,
            entries.list_key,
            entries.mineral,
            entries.change,
            min(entries.printed) as printed,
            min(entries.locator) as locator,
            min(entries.text_line) as text_line,
            count(contents.target) as n_on_list
        from entries
        inner join levels on entries.mineral = levels.mineral
        left join contents on entries.list_key = contents.list_key and levels.target = contents.target
        where not entries.is_whole_list
        group by entries.document, entries.list_key, entries.mineral, entries.change

    ),

    final as (

        select
            checked.document,
            checked.list_key,
            lists.list_name,
            lists.jurisdiction,
            checked.mineral,
            checked.change,
            checked.printed,
            checked.locator,
            checked.text_line,
            whole_documents.document as whole_document,
            whole_documents.locator as whole_locator
        from checked
        inner join whole_documents on checked.list_key = whole_documents.list_key
        inner join lists on checked.list_key = lists.list_key
        where
            (checked.change = 'removed' and checked.n_on_list > 0)
            or (checked.change <> 'removed' and checked.n_on_list = 0)

    )

select *
from final
