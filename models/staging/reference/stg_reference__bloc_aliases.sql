with

    bloc_aliases as (select * from {{ ref("bloc_aliases") }}), final as (select bloc, alias, language from bloc_aliases)

select *
from final
