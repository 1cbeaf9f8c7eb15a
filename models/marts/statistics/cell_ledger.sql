with

    files as (select * from {{ ref("stg_landed__files") }}),

    ledger as (select * from {{ ref("stg_landed__ledger") }}),

    observed as (

        select source, edition, file, 'observation' as outcome, cast(observations as integer) as n_cells
        from files
        where observations > 0

    ),

    left_out as (

        select source, edition, file, reason as outcome, cast(count(*) as integer) as n_cells
        from ledger
        group by source, edition, file, reason

    ),

    final as (

        select source, edition, file, outcome, n_cells
        from observed
        union all
        select source, edition, file, outcome, n_cells
        from left_out

    )

select *
from final
order by source, edition, file, outcome
