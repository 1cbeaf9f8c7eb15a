-- Per file: observations and what the ledger leaves out add up to the cells that were read.
with

    files as (select * from {{ ref("stg_landed__files") }}),

    observations as (select file, count(*) as n from {{ ref("stg_landed__observations") }} group by file),

    ledger as (select file, count(*) as n from {{ ref("stg_landed__ledger") }} group by file),

    final as (

        select
            files.file, files.cells, coalesce(observations.n, 0) as n_observations, coalesce(ledger.n, 0) as n_left_out
        from files
        left join observations on files.file = observations.file
        left join ledger on files.file = ledger.file
        where files.cells <> coalesce(observations.n, 0) + coalesce(ledger.n, 0)

    )

select *
from final
