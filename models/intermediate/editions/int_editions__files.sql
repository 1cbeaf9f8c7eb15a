{# A landed file that bears a name on record but holds other bytes was damaged on its way, edited, or replaced by its
   publisher. What it says may well be right: nothing is left out for it, but whoever reads the edition is told. #}
with

    files as (select * from {{ ref("stg_landed__files") }}),

    on_record as (select * from {{ ref("stg_reference__publisher_files") }}),

    final as (

        select
            files.source,
            files.edition,
            files.file,
            files.sha256,
            on_record.sha256 is not null and files.sha256 = on_record.sha256 as is_on_record,
            on_record.sha256 is not null and files.sha256 <> on_record.sha256 as is_other_than_on_record
        from files
        left join
            on_record
            on files.source = on_record.source
            and files.edition = on_record.edition
            and right(files.file, length(on_record.file) + 1) = '/' || on_record.file

    )

select *
from final
