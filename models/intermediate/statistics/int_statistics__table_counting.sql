{# Where a printed table counts other parties than its own document says: a member that the document lists is left out, or a
   party is counted that another table of the document, of the same mineral, does not count. #}
with

    counts as (select * from {{ ref("stg_decisions__table_counts") }}),

    reproductions as (select * from {{ ref("stg_decisions__table_reproductions") }}),

    cells as (select * from {{ ref("int_claims__table_cells") }} where cell = 'members'),

    memberships as (select * from {{ ref("stg_articles__memberships") }}),

    observations as (select * from {{ ref("int_observations__by_party") }}),

    parties as (select * from {{ ref("stg_reference__parties") }}),

    tables as (select document, table_no, bloc, mineral, text_line, locator, printed from cells),

    numbered as (select distinct document, table_no from reproductions),

    -- The list of members is any place of the document but its tables of figures.
    listed_places as (

        select
            *,
            row_number() over (partition by document, bloc, party order by text_line, locator, printed_zh) as standing
        from memberships
        where
            status in ('in_force', 'announced')
            and not exists (
                select 1
                from numbered
                where
                    memberships.document = numbered.document
                    and memberships.locator like 'Table ' || cast(numbered.table_no as {{ dbt.type_string() }}) || ',%'
            )

    ),

    listed as (

        select document, bloc, party, text_line, locator, printed_zh as printed from listed_places where standing = 1

    ),

    left_out as (

        select
            tables.document,
            tables.table_no,
            tables.bloc,
            counts.mineral,
            tables.mineral as cell_mineral,
            counts.party,
            'leave_out' as action,
            tables.locator,
            tables.text_line,
            tables.printed,
            cast(null as integer) as other_table_no,
            listed.locator as other_locator,
            listed.text_line as other_line,
            listed.printed as other_printed
        from counts
        inner join tables on counts.document = tables.document and counts.table_no = tables.table_no
        inner join
            listed on tables.document = listed.document and tables.bloc = listed.bloc and counts.party = listed.party
        where counts.action = 'leave_out' and counts.mineral in (tables.mineral, '*')

    ),

    added as (

        select
            tables.document,
            tables.table_no,
            tables.bloc,
            counts.mineral,
            tables.mineral as cell_mineral,
            counts.party,
            'add' as action,
            tables.locator,
            tables.text_line,
            tables.printed,
            others.table_no as other_table_no,
            others.locator as other_locator,
            others.text_line as other_line,
            others.printed as other_printed
        from counts
        inner join
            tables
            on counts.document = tables.document
            and counts.table_no = tables.table_no
            and counts.mineral = tables.mineral
        inner join
            tables as others
            on tables.document = others.document
            and tables.mineral = others.mineral
            and tables.table_no <> others.table_no
        where
            counts.action = 'add'
            -- Nothing is left out where the party has nothing.
            and exists (
                select 1
                from observations
                inner join
                    reproductions
                    on observations.mineral = reproductions.mineral
                    and observations.measure = reproductions.measure
                where
                    reproductions.document = others.document
                    and reproductions.table_no = others.table_no
                    and reproductions.mineral = others.mineral
                    and observations.party = counts.party
                    and observations.value_tonnes > 0
            )
            and not exists (
                select 1
                from counts as elsewhere
                where
                    elsewhere.document = others.document
                    and elsewhere.table_no = others.table_no
                    and elsewhere.party = counts.party
                    and elsewhere.action = 'add'
                    and elsewhere.mineral in (others.mineral, '*')
            )

    ),

    stacked as (

        select *
        from left_out
        union all
        select *
        from added

    ),

    -- A rule for all minerals of a table is shown by the first of them.
    ranked as (

        select
            *,
            row_number() over (
                partition by document, table_no, bloc, mineral, action, party, other_table_no
                order by text_line, cell_mineral, other_line
            ) as standing
        from stacked

    ),

    final as (

        select ranked.*, parties.name_en
        from ranked
        inner join parties on ranked.party = parties.party
        where ranked.standing = 1

    )

select *
from final
