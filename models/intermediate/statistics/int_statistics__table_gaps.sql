{# For a members' total that differs: the one country whose own figure is the gap. A share is printed in whole points,
   too coarse to name a country. #}
with

    cells as (select * from {{ ref("int_statistics__table_cells") }}),

    observations as (select * from {{ ref("int_observations__by_party") }}),

    members as (select * from {{ ref("int_shares__members") }}),

    -- Who could be meant: the members, whom we count, and those near them (states of the EU, the Forum), whom we do
    -- not.
    near as (

        select
            party,
            max(case when party_scope = 'partners' and eu_treatment = 'as_signed' then 1 else 0 end) as is_counted
        from members
        where bloc = 'msp' and membership_rule = 'fixed'
        group by party

    ),

    candidates as (

        select
            cells.document,
            cells.table_no,
            cells.mineral,
            cells.cell,
            observations.party,
            observations.value_tonnes / cells.unit_scale as own_figure,
            cells.difference,
            cells.tolerance,
            near.is_counted = 1 as is_counted
        from cells
        inner join
            observations
            on cells.source = observations.source
            and cells.edition = observations.edition
            and cells.mineral = observations.mineral
            and cells.basis = observations.basis
            and cells.stage = observations.stage
            and cells.measure = observations.measure
            and cells.year = observations.year
        inner join near on observations.party = near.party
        where
            abs(cells.difference) > cells.tolerance
            and cells.cell = 'members'
            and observations.party not in ('WORLD', 'OTHER')
            and observations.value_tonnes > 0

    ),

    -- Counted here and too much, or not counted here and too little.
    fitting as (

        select *, abs(own_figure - abs(difference)) as miss from candidates where is_counted = (difference > 0)

    ),

    ranked as (

        select *, row_number() over (partition by document, table_no, mineral, cell order by miss, party) as standing
        from fitting
        where miss <= tolerance

    ),

    final as (select document, table_no, mineral, cell, party, own_figure, is_counted from ranked where standing = 1)

select *
from final
