with links as (select * from {{ ref("same_events") }}), final as (select event_id, occurrence, role, reason from links)

select *
from final
