with

    counts as (select * from {{ ref("table_counts") }}),

    final as (select document, {{ as_integer("table_no") }} as table_no, mineral, party, action, reason from counts)

select *
from final
