with

    alliance_layers as (select * from {{ ref("stg_articles__alliance_layers") }}),

    final as (select layer, party, document, locator, text_line, printed from alliance_layers)

select *
from final
order by document, layer, party
