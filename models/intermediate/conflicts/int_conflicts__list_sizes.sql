{# Official lists of minerals: their number of entries, the year they are dated to, and entries that they do not have. #}
with

    sizes as (select * from {{ ref("int_lists__stated_sizes") }}),

    misplaced as (select * from {{ ref("int_lists__misplaced_entries") }}),

    minerals as (select mineral, name_en from {{ ref("stg_reference__minerals") }}),

    -- How many other documents bear a size out.
    agreement as (

        select here.list_key, here.document, here.text_line, here.printed, count(distinct there.document) as n_agreeing
        from sizes as here
        left join
            sizes as there
            on here.list_key = there.list_key
            and here.document <> there.document
            and here.value = there.value
        group by here.list_key, here.document, here.text_line, here.printed

    ),

    ranked as (

        select
            sizes.*,
            row_number() over (
                partition by sizes.list_key
                order by sizes.weight, agreement.n_agreeing desc, sizes.document desc, sizes.text_line
            ) as standing,
            row_number() over (
                partition by sizes.list_key, sizes.document, sizes.how, sizes.value
                order by sizes.text_line, sizes.printed
            ) as place_standing
        from sizes
        inner join
            agreement
            on sizes.list_key = agreement.list_key
            and sizes.document = agreement.document
            and coalesce(sizes.text_line, 0) = coalesce(agreement.text_line, 0)
            and sizes.printed = agreement.printed

    ),

    of_sizes as (

        select
            a.list_key || '|' || a.document || ':' || cast(a.text_line as {{ dbt.type_string() }}) as found_key,
            'list' as topic,
            case
                when a.document = b.document
                then 'internal'
                when b.how = 'said' or b.how = 'enumerated'
                then 'cross_document'
                else 'against_reality'
            end as kind,
            a.list_name || ': number of entries' as subject,
            a.statement as claim_a,
            a.printed as printed_a,
            a.document as document_a,
            a.locator as locator_a,
            a.text_line as text_line_a,
            b.statement as claim_b,
            b.printed as printed_b,
            b.document as document_b,
            b.locator as locator_b,
            b.text_line as text_line_b,
            cast(null as {{ dbt.type_string() }}) as bloc,
            cast(null as {{ dbt.type_string() }}) as mineral,
            a.jurisdiction as party,
            'medium' as severity,
            'One list has one number of entries; '
            || {{ number_text("a.value") }}
            || ' and '
            || {{ number_text("b.value") }}
            || ' cannot both be it.' as explanation
        from ranked as a
        inner join ranked as b on a.list_key = b.list_key and b.standing = 1
        where a.how = 'said' and a.place_standing = 1 and {{ disjoint("a.low", "a.high", "b.low", "b.high") }}

    ),

    official as (select * from sizes where how = 'official'),

    -- A list of a year in which no official one is known, with the number of entries of one of another year.
    of_years as (

        select
            a.list_key
            || '|'
            || a.document
            || ':'
            || cast(a.text_line as {{ dbt.type_string() }})
            || '|'
            || b.list_key as found_key,
            'date' as topic,
            'against_reality' as kind,
            a.list_name || ': year' as subject,
            a.statement as claim_a,
            a.printed as printed_a,
            a.document as document_a,
            a.locator as locator_a,
            a.text_line as text_line_a,
            'The official list with '
            || {{ number_text("b.value") }}
            || ' entries is of '
            || cast(b.version_year as {{ dbt.type_string() }})
            || '.' as claim_b,
            cast(b.version_year as {{ dbt.type_string() }}) as printed_b,
            b.document as document_b,
            b.locator as locator_b,
            b.text_line as text_line_b,
            cast(null as {{ dbt.type_string() }}) as bloc,
            cast(null as {{ dbt.type_string() }}) as mineral,
            a.jurisdiction as party,
            'high' as severity,
            'The document dates the list to '
            || cast(a.version_year as {{ dbt.type_string() }})
            || ', for which no official list is known; the one with this number of entries is of '
            || cast(b.version_year as {{ dbt.type_string() }})
            || '.' as explanation
        from ranked as a
        inner join
            official as b on a.jurisdiction = b.jurisdiction and a.version_year <> b.version_year and a.value = b.value
        where
            a.how = 'said'
            and a.place_standing = 1
            and a.list_key not in (select list_key from official)
            and not exists (
                select 1
                from official as same_year
                where same_year.jurisdiction = a.jurisdiction and same_year.version_year = a.version_year
            )

    ),

    -- One row per document, list and kind of entry.
    placed as (

        select
            misplaced.*,
            minerals.name_en,
            case when misplaced.change = 'removed' then 'removed' else 'member' end as said,
            row_number() over (
                partition by
                    misplaced.document,
                    misplaced.list_key,
                    case when misplaced.change = 'removed' then 'removed' else 'member' end
                order by misplaced.text_line, misplaced.mineral
            ) as standing
        from misplaced
        inner join minerals on misplaced.mineral = minerals.mineral

    ),

    of_entries as (

        select
            list_key || '|' || document || '|' || said as found_key,
            'list' as topic,
            'against_reality' as kind,
            max(list_name) || ': ' || {{ joined_text("name_en") }} as subject,
            case said when 'removed' then 'Taken off the list: ' else 'On the list: ' end
            || {{ joined_text("name_en") }}
            || '.' as claim_a,
            max(case when standing = 1 then printed end) as printed_a,
            document as document_a,
            max(case when standing = 1 then locator end) as locator_a,
            max(case when standing = 1 then text_line end) as text_line_a,
            case said when 'removed' then 'The whole list has: ' else 'The whole list does not have: ' end
            || {{ joined_text("name_en") }}
            || '.' as claim_b,
            cast(null as {{ dbt.type_string() }}) as printed_b,
            max(whole_document) as document_b,
            max(whole_locator) as locator_b,
            cast(null as integer) as text_line_b,
            cast(null as {{ dbt.type_string() }}) as bloc,
            case when count(*) = 1 then max(mineral) end as mineral,
            max(jurisdiction) as party,
            'medium' as severity,
            'The document prints entries that the list of this version does not bear out; another version may be meant.'
            as explanation
        from placed
        group by list_key, document, said

    ),

    stacked as (

        select *
        from of_sizes
        union all
        select *
        from of_years
        union all
        select *
        from of_entries

    ),

    final as (select 'list_sizes' as rule, stacked.* from stacked)

select *
from final
