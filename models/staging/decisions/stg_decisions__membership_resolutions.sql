with

    resolutions as (select * from {{ ref("membership_resolutions") }}),

    final as (

        select
            bloc,
            party,
            action,
            {{ as_date("valid_from") }} as valid_from,
            valid_from_precision,
            {{ as_date("valid_to") }} as valid_to,
            status,
            document,
            reason
        from resolutions

    )

select *
from final
