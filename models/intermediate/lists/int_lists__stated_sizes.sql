{# How many entries a list is said to have, or is seen to have: by official statements, by landed files that repeat it whole,
   by a document that prints every entry, and by what documents say. #}
with

    claims as (select * from {{ ref("int_claims__intervals") }} where measure = 'list_count'),

    links as (select * from {{ ref("stg_decisions__same_quantities") }}),

    lists as (select * from {{ ref("stg_reference__mineral_lists") }}),

    entries as (select * from {{ ref("int_lists__entries") }}),

    levels as (select * from {{ ref("int_minerals__levels") }} where level = 'element'),

    official as (select * from {{ ref("stg_statements__official_figures") }} where measure = 'list_count'),

    -- Where a jurisdiction has one list of a year, party and year say which is meant.
    lone as (

        select jurisdiction, version_year, min(list_key) as list_key
        from lists
        group by jurisdiction, version_year
        having count(*) = 1

    ),

    said as (

        select
            coalesce(linked.list_key, lone.list_key) as list_key,
            'said' as how,
            claims.document,
            claims.locator,
            claims.text_line,
            claims.printed,
            claims.statement,
            claims.low,
            claims.high,
            claims.value
        from claims
        left join
            links
            on claims.document = links.document
            and claims.text_line = links.text_line
            and claims.printed = links.printed
        left join lists as linked on links.quantity = linked.list_key
        left join lone on claims.party = lone.jurisdiction and claims.year = lone.version_year
        where coalesce(linked.list_key, lone.list_key) is not null

    ),

    -- A file that repeats a list prints a name, a form or an element per row; its size lies between these counts.
    enumerated as (

        select
            entries.list_key,
            case when entries.is_whole_list then 'whole_file' else 'enumerated' end as how,
            entries.document,
            min(entries.locator) as locator,
            min(entries.text_line) as text_line,
            count(distinct entries.printed) as n_printed,
            count(distinct entries.mineral) as n_minerals,
            count(distinct levels.target) as n_elements
        from entries
        inner join lists on entries.list_key = lists.list_key
        inner join levels on entries.mineral = levels.mineral
        where entries.change <> 'removed' and (entries.is_whole_list or lists.is_complete_list)
        group by entries.list_key, entries.is_whole_list, entries.document

    ),

    stacked as (

        select list_key, how, document, locator, text_line, printed, statement, low, high, value
        from said
        union all
        select
            list_key,
            'official' as how,
            document,
            locator,
            cast(null as integer) as text_line,
            {{ number_text("value") }} as printed,
            'The list has ' || {{ number_text("value") }} || ' entries.' as statement,
            value as low,
            value as high,
            value
        from official
        union all
        select
            list_key,
            how,
            document,
            locator,
            text_line,
            cast(n_printed as {{ dbt.type_string() }}) as printed,
            cast(n_printed as {{ dbt.type_string() }}) || ' entries are printed.' as statement,
            -- What a document prints of a list it prints as on the list.
            cast(
                case when how = 'enumerated' then n_printed else least(n_printed, n_minerals, n_elements) end as double
            ) as low,
            cast(
                case
                    when how = 'enumerated' then n_printed else greatest(n_printed, n_minerals, n_elements)
                end as double
            ) as high,
            cast(n_printed as double) as value
        from enumerated

    ),

    final as (

        select
            stacked.*,
            lists.jurisdiction,
            lists.list_name,
            lists.version_year,
            -- What speaks for a size: an official statement, the whole list, and last what documents say.
            case
                stacked.how when 'official' then 1 when 'whole_file' then 2 when 'enumerated' then 3 else 4
            end as weight
        from stacked
        inner join lists on stacked.list_key = lists.list_key

    )

select *
from final
