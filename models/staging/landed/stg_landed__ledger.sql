with

    ledger as (select * from {{ source("landed", "ledger") }}),

    final as (select source, edition, file, locator, original_value, reason from ledger)

select *
from final
