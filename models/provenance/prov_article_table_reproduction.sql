{# The printed cell; the cells of the official series under both readings; and the decisions that say which series and whom
   the table counts. #}
with

    reproduced as (select * from {{ within_file(ref("article_table_reproduction")) }}),

    claims as (select * from {{ within_file(ref("fct_article_claim")) }}),

    series as (select * from {{ within_file(ref("stg_decisions__table_reproductions")) }}),

    counts as (select * from {{ within_file(ref("stg_decisions__table_counts")) }}),

    cells as (

        select *
        from {{ within_file(ref("prov_mineral_bloc_share")) }}
        where bloc = 'msp' and eu_treatment = 'as_signed' and membership_rule in ('fixed', 'year_end')

    ),

    printed as (

        select
            reproduced.document,
            reproduced.table_no,
            reproduced.mineral,
            reproduced.cell,
            'printed' as cell_role,
            {{
                cell_of_document(
                    "claims.document",
                    "claims.locator",
                    "claims.text_line",
                    "claims.printed",
                    "claims.party",
                    "claims.value_tonnes",
                )
            }},
            cast(null as {{ dbt.type_string() }}) as membership_rule
        from reproduced
        inner join
            claims
            on reproduced.document = claims.document
            and reproduced.locator = claims.locator
            and reproduced.mineral = claims.mineral
            and reproduced.printed = claims.printed

    ),

    decided as (

        select
            reproduced.document,
            reproduced.table_no,
            reproduced.mineral,
            reproduced.cell,
            'decision' as cell_role,
            {{
                cell_of_document(
                    "series.document",
                    "'table ' || series.table_no || ', ' || series.mineral || ': ' || series.source || ' ' || series.edition",
                    file="'seeds/decisions/table_reproductions.csv'",
                )
            }},
            cast(null as {{ dbt.type_string() }}) as membership_rule
        from reproduced
        inner join
            series
            on reproduced.document = series.document
            and reproduced.table_no = series.table_no
            and reproduced.mineral = series.mineral

    ),

    -- The paper's own way of counting bears on its reading alone: the latest composition, with and without some.
    adjusted as (

        select
            reproduced.document,
            reproduced.table_no,
            reproduced.mineral,
            reproduced.cell,
            'decision' as cell_role,
            {{
                cell_of_document(
                    "counts.document",
                    "'table ' || counts.table_no || ', ' || counts.mineral || ', ' || counts.party || ': ' || counts.action",
                    party="counts.party",
                    file="'seeds/decisions/table_counts.csv'",
                )
            }},
            'fixed' as membership_rule
        from reproduced
        inner join
            counts
            on reproduced.document = counts.document
            and reproduced.table_no = counts.table_no
            and counts.mineral in (reproduced.mineral, '*')
        where reproduced.cell <> 'world' and reproduced.source is not null

    ),

    official as (

        select
            reproduced.document,
            reproduced.table_no,
            reproduced.mineral,
            reproduced.cell,
            case
                counts.action when 'add' then 'added' when 'leave_out' then 'left_out' else cells.cell_role
            end as cell_role,
            {{ cell_columns("cells") }},
            cells.membership_rule
        from reproduced
        inner join
            series
            on reproduced.document = series.document
            and reproduced.table_no = series.table_no
            and reproduced.mineral = series.mineral
        inner join
            cells
            on series.source = cells.source
            and series.edition = cells.edition
            and series.mineral = cells.mineral
            and series.basis = cells.basis
            and series.stage = cells.stage
            and series.measure = cells.measure
            and series.year = cells.year
        left join
            counts
            on reproduced.document = counts.document
            and reproduced.table_no = counts.table_no
            and counts.mineral in (reproduced.mineral, '*')
            and cells.cell_role in ('numerator', 'other_row')
            and cells.cell_party = counts.party
            and cells.membership_rule = 'fixed'
        where
            cells.party_scope = case reproduced.cell when 'share' then 'partners_and_forum' else 'partners' end
            and case
                reproduced.cell
                when 'members'
                then cells.member is not null or counts.action = 'add'
                -- The world is the same under every rule.
                when 'world'
                then cells.cell_role = 'denominator' and cells.membership_rule = 'fixed'
                else true
            end

    ),

    final as (

        select *
        from printed
        union all
        select *
        from decided
        union all
        select *
        from adjusted
        union all
        select *
        from official

    )

select *
from final
