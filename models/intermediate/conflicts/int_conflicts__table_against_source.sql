{# Printed tables against the official series that they name, against the parties they say they count, and against the
   holders they leave unnamed. #}
with

    cells as (select * from {{ ref("int_statistics__table_cells") }}),

    gaps as (select * from {{ ref("int_statistics__table_gaps") }}),

    counting as (select * from {{ ref("int_statistics__table_counting") }}),

    unnamed as (select * from {{ ref("int_statistics__unnamed_holders") }}),

    editions as (select * from {{ ref("int_editions__described") }}),

    parties as (select * from {{ ref("stg_reference__parties") }}),

    differing as (

        select
            *,
            replace(mineral, '_', ' ') as mineral_name,
            cell || ' ' || printed || ' against ' || {{ number_text("recomputed_paper_reading", 2) }} as comparison,
            abs(difference) / nullif(abs(recomputed_paper_reading), 0) as relative,
            -- The members' total stands for the share that follows from it.
            row_number() over (
                partition by document, table_no, mineral
                order by case cell when 'members' then 1 when 'world' then 2 else 3 end
            ) as standing
        from cells
        where recomputed_paper_reading is not null and abs(difference) > tolerance

    ),

    -- One row per table and mineral: a total and the share that is made of it deviate together.
    columns as (

        select
            document,
            table_no,
            mineral,
            max(mineral_name) as mineral_name,
            max(bloc) as bloc,
            max(case when standing = 1 then cell end) as cell,
            max(case when standing = 1 then printed end) as printed,
            max(case when standing = 1 then locator end) as locator,
            max(case when standing = 1 then text_line end) as text_line,
            max(case when standing = 1 then recomputed_paper_reading end) as recomputed,
            max(source) as source,
            max(edition) as edition,
            max(basis) as basis,
            max(stage) as stage,
            max(measure) as measure,
            max(year) as year,
            {{ joined_text("comparison") }} as comparisons,
            max(case when cell = 'share' then abs(difference) else 0 end) as share_points,
            max(case when cell <> 'share' then relative else 0 end) as relative
        from differing
        group by document, table_no, mineral

    ),

    of_cells as (

        select
            columns.document
            || '|Table '
            || cast(columns.table_no as {{ dbt.type_string() }})
            || '|'
            || columns.mineral as found_key,
            case columns.cell when 'share' then 'share' else 'quantity' end as topic,
            'against_reality' as kind,
            columns.document
            || ', Table '
            || cast(columns.table_no as {{ dbt.type_string() }})
            || ': '
            || columns.mineral_name
            || case
                columns.cell
                when 'share'
                then ', share of the world'
                when 'world'
                then ', world total'
                else ', total of the members'
            end as subject,
            'The table prints ' || columns.printed || case columns.cell when 'share' then ' %.' else '.' end as claim_a,
            columns.printed as printed_a,
            columns.document as document_a,
            columns.locator as locator_a,
            columns.text_line as text_line_a,
            'The series that the table follows gives '
            || {{ number_text("columns.recomputed", 2) }}
            || case columns.cell when 'share' then ' %' else ' in the same unit' end
            || ' for the parties that the table counts.' as claim_b,
            {{ number_text("columns.recomputed", 2) }} as printed_b,
            editions.document as document_b,
            columns.source
            || ' '
            || columns.edition
            || ', '
            || columns.mineral
            || ', '
            || columns.basis
            || ', '
            || columns.stage
            || ', '
            || columns.measure
            || ', '
            || cast(columns.year as {{ dbt.type_string() }}) as locator_b,
            columns.bloc,
            columns.mineral,
            gaps.party,
            -- By the share that a user would take, and by the amount.
            case
                when columns.share_points >= 3 or columns.relative >= 0.1
                then 'high'
                when columns.share_points >= 1 or columns.relative >= 0.05
                then 'medium'
                else 'low'
            end as severity,
            'Printed against recomputed: '
            || columns.comparisons
            || '; rounding explains none of it.'
            || coalesce(
                ' What is missing is the figure of '
                || parties.name_en
                || case
                    when gaps.is_counted then ', which the table does not count.' else ', which the table counts.'
                end,
                ''
            ) as explanation
        from columns
        inner join editions on columns.source = editions.source and columns.edition = editions.edition
        left join
            gaps
            on columns.document = gaps.document
            and columns.table_no = gaps.table_no
            and columns.mineral = gaps.mineral
        left join parties on gaps.party = parties.party

    ),

    placed as (

        select
            *,
            row_number() over (
                partition by document, table_no, bloc, mineral, action, other_table_no order by party
            ) as standing
        from counting

    ),

    -- One row per table and way of counting; the first of its parties shows where.
    counted as (

        select
            document,
            table_no,
            bloc,
            mineral,
            action,
            other_table_no,
            max(case when standing = 1 then locator end) as locator,
            max(case when standing = 1 then text_line end) as text_line,
            max(case when standing = 1 then printed end) as printed,
            max(case when standing = 1 then other_locator end) as other_locator,
            max(case when standing = 1 then other_line end) as other_line,
            max(case when standing = 1 then other_printed end) as other_printed,
            count(*) as n_parties,
            min(party) as party,
            {{ joined_text("name_en") }} as names
        from placed
        group by document, table_no, bloc, mineral, action, other_table_no

    ),

    of_counting as (

        select
            document
            || '|Table '
            || cast(table_no as {{ dbt.type_string() }})
            || '|'
            || action
            || '|'
            || mineral
            || coalesce('|Table ' || cast(other_table_no as {{ dbt.type_string() }}), '') as found_key,
            'count' as topic,
            'internal' as kind,
            document
            || ', Table '
            || cast(table_no as {{ dbt.type_string() }})
            || ': '
            || names
            || case action when 'add' then ' counted among the members' else ' left out of the members' end as subject,
            case
                action
                when 'add'
                then 'The total of the members holds the figure of ' || names || '.'
                else 'The totals of the members are met only without ' || names || '.'
            end as claim_a,
            printed as printed_a,
            document as document_a,
            locator as locator_a,
            text_line as text_line_a,
            case
                action
                when 'add'
                then
                    'Table '
                    || cast(other_table_no as {{ dbt.type_string() }})
                    || ' of the same document does not count '
                    || names
                    || ' for the same mineral.'
                else 'The same document lists ' || names || ' among the members.'
            end as claim_b,
            other_printed as printed_b,
            document as document_b,
            other_locator as locator_b,
            other_line as text_line_b,
            bloc,
            case when mineral <> '*' then mineral end as mineral,
            case when n_parties = 1 then party end as party,
            'medium' as severity,
            'Whom the figures count is not whom the document counts elsewhere, so that its totals and shares are of another '
            || 'group than the label says.' as explanation
        from counted

    ),

    largest_unnamed as (

        select
            *,
            row_number() over (
                partition by document, table_no, mineral, scope order by value_tonnes desc, party
            ) as standing
        from unnamed

    ),

    of_names as (

        select
            largest_unnamed.document
            || '|Table '
            || cast(largest_unnamed.table_no as {{ dbt.type_string() }})
            || '|'
            || largest_unnamed.mineral
            || '|unnamed|'
            || largest_unnamed.scope as found_key,
            'ranking' as topic,
            'against_reality' as kind,
            largest_unnamed.document
            || ', Table '
            || cast(largest_unnamed.table_no as {{ dbt.type_string() }})
            || ': '
            || replace(largest_unnamed.mineral, '_', ' ')
            || ' of '
            || larger.name_en
            || ' not named' as subject,
            'The row of the '
            || largest_unnamed.scope
            || ' names '
            || smaller.name_en
            || ' and not '
            || larger.name_en
            || '.' as claim_a,
            largest_unnamed.named_printed as printed_a,
            largest_unnamed.document as document_a,
            largest_unnamed.locator as locator_a,
            largest_unnamed.text_line as text_line_a,
            'The source of the table gives '
            || larger.name_en
            || ' '
            || {{ number_text("largest_unnamed.value_tonnes", 0) }}
            || ' t, '
            || smaller.name_en
            || ' '
            || {{ number_text("largest_unnamed.named_tonnes", 0) }}
            || ' t.' as claim_b,
            {{ number_text("largest_unnamed.value_tonnes", 0) }}
            || ' t, '
            || {{ number_text("largest_unnamed.named_tonnes", 0) }}
            || ' t' as printed_b,
            editions.document as document_b,
            largest_unnamed.source
            || ' '
            || largest_unnamed.edition
            || ', '
            || largest_unnamed.mineral
            || ', '
            || largest_unnamed.party
            || ' and '
            || largest_unnamed.named_party
            || ', '
            || cast(largest_unnamed.year as {{ dbt.type_string() }}) as locator_b,
            largest_unnamed.bloc,
            largest_unnamed.mineral,
            largest_unnamed.party,
            'low' as severity,
            'A row of those who hold or yield the mineral that names a smaller one leaves out one '
            || {{ number_text("largest_unnamed.value_tonnes / largest_unnamed.named_tonnes", 1) }}
            || ' times as large.' as explanation
        from largest_unnamed
        inner join parties as larger on largest_unnamed.party = larger.party
        inner join parties as smaller on largest_unnamed.named_party = smaller.party
        inner join editions on largest_unnamed.source = editions.source and largest_unnamed.edition = editions.edition
        where largest_unnamed.standing = 1

    ),

    stacked as (

        select
            found_key,
            topic,
            kind,
            subject,
            claim_a,
            printed_a,
            document_a,
            locator_a,
            text_line_a,
            claim_b,
            printed_b,
            document_b,
            locator_b,
            cast(null as integer) as text_line_b,
            bloc,
            mineral,
            party,
            severity,
            explanation
        from of_cells
        union all
        select *
        from of_counting
        union all
        select
            found_key,
            topic,
            kind,
            subject,
            claim_a,
            printed_a,
            document_a,
            locator_a,
            text_line_a,
            claim_b,
            printed_b,
            document_b,
            locator_b,
            cast(null as integer) as text_line_b,
            bloc,
            mineral,
            party,
            severity,
            explanation
        from of_names

    ),

    final as (select 'table_against_source' as rule, stacked.* from stacked)

select *
from final
