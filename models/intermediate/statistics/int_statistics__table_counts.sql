{# What a table's own way of counting adds to, or takes from, the members' total. #}
with

    counts as (select * from {{ ref("stg_decisions__table_counts") }}),

    reproductions as (select * from {{ ref("stg_decisions__table_reproductions") }}),

    observations as (select * from {{ ref("int_observations__by_party") }}),

    parties as (select * from {{ ref("stg_reference__parties") }}),

    counted as (

        select
            reproductions.document,
            reproductions.table_no,
            reproductions.mineral,
            counts.action,
            parties.name_en,
            case counts.action when 'add' then 1 else -1 end * observations.value_tonnes as signed_tonnes
        from reproductions
        inner join
            counts
            on reproductions.document = counts.document
            and reproductions.table_no = counts.table_no
            and counts.mineral in (reproductions.mineral, '*')
        inner join parties on counts.party = parties.party
        inner join
            observations
            on reproductions.source = observations.source
            and reproductions.edition = observations.edition
            and reproductions.mineral = observations.mineral
            and reproductions.basis = observations.basis
            and reproductions.stage = observations.stage
            and reproductions.measure = observations.measure
            and reproductions.year = observations.year
            and counts.party = observations.party
        where observations.value_tonnes > 0

    ),

    final as (

        select
            document,
            table_no,
            mineral,
            {{ total("signed_tonnes") }} as signed_tonnes,
            {{ joined_text("case when action = 'add' then name_en end") }} as added,
            {{ joined_text("case when action = 'leave_out' then name_en end") }} as left_out
        from counted
        group by document, table_no, mineral

    )

select *
from final
