with

    list_entries as (select * from {{ source("landed", "list_entries") }}),

    final as (select source, edition, file, "row" as file_row, list_key, printed, mineral from list_entries)

select *
from final
