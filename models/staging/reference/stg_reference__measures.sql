with measures as (select * from {{ ref("measures") }}), final as (select measure, name_en, name_zh from measures)

select *
from final
