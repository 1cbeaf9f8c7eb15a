with

    eu_membership as (select * from {{ ref("eu_membership") }}),

    final as (

        select party, {{ as_date("valid_from") }} as valid_from, {{ as_date("valid_to") }} as valid_to, source
        from eu_membership

    )

select *
from final
