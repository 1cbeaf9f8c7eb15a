with

    publisher_files as (select * from {{ ref("publisher_files") }}),

    final as (select source, edition, file, sha256, evidence from publisher_files)

select *
from final
