with

    cells as (select * from {{ ref("int_statistics__table_cells") }}),

    gaps as (select * from {{ ref("int_statistics__table_gaps") }}),

    parties as (select * from {{ ref("stg_reference__parties") }}),

    final as (

        select
            cells.document,
            cells.table_no,
            cells.mineral,
            cells.cell,
            cells.printed,
            cells.printed_value,
            cells.recomputed_paper_reading,
            cells.recomputed_year_end,
            cells.unit,
            cells.difference,
            case
                when cells.source is null
                then 'not_reproducible'
                when cells.recomputed_paper_reading is null
                then 'source_missing'
                when abs(cells.difference) <= cells.tolerance
                then 'reproduced'
                else 'differs'
            end as verdict,
            case
                when cells.source is null
                then 'No official series at hand covers this mineral of the table.'
                when cells.recomputed_paper_reading is null
                then 'The series is ' || cells.source || ' ' || cells.edition || ', which has not been landed.'
                when
                    abs(cells.difference) <= cells.tolerance
                    and cells.cell <> 'world'
                    and (cells.added is not null or cells.left_out is not null)
                then
                    'Met as the paper counts:'
                    || coalesce(' with ' || cells.added, '')
                    || coalesce(' without ' || cells.left_out, '')
                    || '.'
                when abs(cells.difference) <= cells.tolerance and cells.claim_flag = 'unit_suspect'
                then 'Met with the unit that is meant: ' || cells.unit_note || '.'
                when abs(cells.difference) <= cells.half_digit + 1e-9
                then 'Met within rounding.'
                when abs(cells.difference) <= cells.tolerance
                then 'Met within half a percent, but not within rounding.'
                when gaps.party is not null and gaps.is_counted
                then 'The gap is ' || parties.name_en || ': counted here, not in the paper.'
                when gaps.party is not null
                then 'The gap is ' || parties.name_en || ': counted in the paper, not here.'
                when cells.cell = 'world'
                then 'The paper prints another world total than the source.'
                when cells.cell = 'share'
                then 'Rounding of the printed share does not explain it.'
                else 'No single country explains the gap.'
            end as reason,
            cells.source,
            cells.edition,
            cells.locator
        from cells
        left join
            gaps
            on cells.document = gaps.document
            and cells.table_no = gaps.table_no
            and cells.mineral = gaps.mineral
            and cells.cell = gaps.cell
        left join parties on gaps.party = parties.party

    )

select *
from final
order by document, table_no, mineral, cell
