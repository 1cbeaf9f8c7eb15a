{# Printed cells beside what the named official series gives under the paper's reading and under year-end membership. #}
with

    cells as (select * from {{ ref("int_claims__table_cells") }}),

    reproductions as (select * from {{ ref("stg_decisions__table_reproductions") }}),

    shares as (select * from {{ ref("int_shares__blocs") }}),

    counts as (select * from {{ ref("int_statistics__table_counts") }}),

    -- The paper counts the members and the Forum that it names, as they stood late in 2024; the EU adds nothing of
    -- its own.
    readings as (

        select
            source,
            edition,
            mineral,
            basis,
            stage,
            measure,
            year,
            max(case when party_scope = 'partners' and membership_rule = 'fixed' then bloc_value end) as members_paper,
            max(
                case when party_scope = 'partners' and membership_rule = 'year_end' then bloc_value end
            ) as members_year_end,
            max(
                case when party_scope = 'partners_and_forum' and membership_rule = 'fixed' then share end
            ) as share_paper,
            max(
                case when party_scope = 'partners_and_forum' and membership_rule = 'year_end' then share end
            ) as share_year_end,
            max(coalesce(world_published, world_all_rows)) as world
        from shares
        where bloc = 'msp' and eu_treatment = 'as_signed'
        group by source, edition, mineral, basis, stage, measure, year

    ),

    matched as (

        select
            cells.*,
            reproductions.source,
            reproductions.edition,
            reproductions.basis,
            reproductions.stage,
            reproductions.measure,
            reproductions.year,
            reproductions.unit_scale,
            reproductions.unit_note,
            readings.world,
            readings.members_year_end,
            readings.share_year_end,
            readings.members_paper + coalesce(counts.signed_tonnes, 0) as members_paper,
            readings.share_paper + coalesce(counts.signed_tonnes, 0) / readings.world as share_paper,
            counts.added,
            counts.left_out
        from cells
        left join
            reproductions
            on cells.document = reproductions.document
            and cells.table_no = reproductions.table_no
            and cells.mineral = reproductions.mineral
        left join
            readings
            on reproductions.source = readings.source
            and reproductions.edition = readings.edition
            and reproductions.mineral = readings.mineral
            and reproductions.basis = readings.basis
            and reproductions.stage = readings.stage
            and reproductions.measure = readings.measure
            and reproductions.year = readings.year
        left join
            counts
            on cells.document = counts.document
            and cells.table_no = counts.table_no
            and cells.mineral = counts.mineral

    ),

    recomputed as (

        select
            *,
            case
                cell
                when 'members'
                then members_paper / unit_scale
                when 'world'
                then world / unit_scale
                else 100 * share_paper
            end as recomputed_paper_reading,
            case
                cell
                when 'members'
                then members_year_end / unit_scale
                when 'world'
                then world / unit_scale
                else 100 * share_year_end
            end as recomputed_year_end
        from matched

    ),

    final as (

        select
            *,
            recomputed_paper_reading - printed_value as difference,
            -- A share within half a point and an amount within half a percent, or half the last digit, are the same
            -- figure.
            case when cell = 'share' then 0.5 else greatest(half_digit, 0.005 * abs(printed_value)) end as tolerance
        from recomputed

    )

select *
from final
