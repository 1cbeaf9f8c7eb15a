with

    citations as (select * from {{ ref("cited_sources") }}),

    final as (

        select
            document,
            {{ as_integer("text_line") }} as text_line,
            printed,
            {{ as_integer("cited_line") }} as cited_line,
            cited_printed,
            cited_title,
            {{ as_date("cited_on") }} as cited_on,
            cited_precision,
            dated_by,
            reason
        from citations

    )

select *
from final
