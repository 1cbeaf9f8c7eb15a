with

    named as (select * from {{ ref("stg_articles__named_producers") }}),

    final as (select document, table_no, mineral, measure, scope, party, printed, locator, text_line from named)

select *
from final
order by document, table_no, mineral, scope, party
