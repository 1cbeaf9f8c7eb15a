with

    gaps as (select * from {{ ref("acknowledged_gaps") }}),

    final as (select "check" as checked, source, mineral, basis, stage, measure, party, reason from gaps)

select *
from final
