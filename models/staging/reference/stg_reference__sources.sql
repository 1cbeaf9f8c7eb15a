with

    sources as (select * from {{ ref("sources") }}),

    final as (

        select source, publisher, title, citation, licence, {{ as_flag("may_redistribute") }} as may_redistribute, url
        from sources

    )

select *
from final
