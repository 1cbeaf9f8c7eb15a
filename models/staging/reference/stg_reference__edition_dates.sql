with

    edition_dates as (select * from {{ ref("edition_dates") }}),

    final as (

        select source, edition, {{ as_date("published_on") }} as published_on, published_precision, evidence
        from edition_dates

    )

select *
from final
