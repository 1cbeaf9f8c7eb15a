{# Parties that a table cell of the main holders or producers leaves out although they hold more, by the source of the table,
   than one that it names. #}
with

    named as (select * from {{ ref("stg_articles__named_producers") }}),

    cells as (select * from {{ ref("int_statistics__table_cells") }} where cell = 'share' and source is not null),

    observations as (select * from {{ ref("int_observations__by_party") }}),

    members as (select * from {{ ref("int_shares__members") }}),

    named_cells as (

        select document, table_no, mineral, scope, min(locator) as locator, min(text_line) as text_line
        from named
        group by document, table_no, mineral, scope

    ),

    -- Who may stand in which row: the partners, or those of the bloc with its forum who are no partners.
    scopes as (

        select
            bloc,
            party,
            case
                when max(case when party_scope = 'partners' then 1 else 0 end) = 1 then 'partners' else 'forum'
            end as scope
        from members
        where membership_rule = 'fixed' and eu_treatment = 'as_signed'
        group by bloc, party

    ),

    blocs as (select document, table_no, max(bloc) as bloc from cells group by document, table_no),

    holders as (

        select
            named_cells.document,
            named_cells.table_no,
            named_cells.mineral,
            named_cells.scope,
            named_cells.locator,
            named_cells.text_line,
            cells.source,
            cells.edition,
            cells.year,
            cells.unit_scale,
            blocs.bloc,
            observations.party,
            observations.value_tonnes
        from named_cells
        inner join
            cells
            on named_cells.document = cells.document
            and named_cells.table_no = cells.table_no
            and named_cells.mineral = cells.mineral
        inner join blocs on named_cells.document = blocs.document and named_cells.table_no = blocs.table_no
        inner join scopes on blocs.bloc = scopes.bloc and named_cells.scope = scopes.scope
        inner join
            observations
            on cells.source = observations.source
            and cells.edition = observations.edition
            and cells.mineral = observations.mineral
            and cells.basis = observations.basis
            and cells.stage = observations.stage
            and cells.measure = observations.measure
            and cells.year = observations.year
            and scopes.party = observations.party
        where observations.value_tonnes > 0

    ),

    marked as (

        select holders.*, named.party is not null as is_named, named.printed
        from holders
        left join
            named
            on holders.document = named.document
            and holders.table_no = named.table_no
            and holders.mineral = named.mineral
            and holders.scope = named.scope
            and holders.party = named.party

    ),

    smallest_named as (

        select
            *,
            row_number() over (partition by document, table_no, mineral, scope order by value_tonnes, party) as standing
        from marked
        where is_named

    ),

    final as (

        select
            marked.document,
            marked.table_no,
            marked.mineral,
            marked.scope,
            marked.locator,
            marked.text_line,
            marked.source,
            marked.edition,
            marked.year,
            marked.bloc,
            marked.party,
            marked.value_tonnes,
            smallest_named.party as named_party,
            smallest_named.printed as named_printed,
            smallest_named.value_tonnes as named_tonnes
        from marked
        inner join
            smallest_named
            on marked.document = smallest_named.document
            and marked.table_no = smallest_named.table_no
            and marked.mineral = smallest_named.mineral
            and marked.scope = smallest_named.scope
            and smallest_named.standing = 1
        -- By a quarter at least: figures of one size may stand in any order.
        where not marked.is_named and marked.value_tonnes >= 1.25 * smallest_named.value_tonnes

    )

select *
from final
