with

    files as (select * from {{ source("landed", "files") }}),

    final as (select source, edition, file, sha256, cells, observations, left_out from files)

select *
from final
