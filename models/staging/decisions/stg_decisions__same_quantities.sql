with

    links as (select * from {{ ref("same_quantities") }}),

    final as (select document, {{ as_integer("text_line") }} as text_line, printed, quantity, reason from links)

select *
from final
