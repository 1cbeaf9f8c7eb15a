with

    resolved as (select * from {{ ref("int_membership__resolved") }}),

    final as (

        select
            bloc,
            party,
            role,
            party_scope,
            valid_from,
            valid_from_precision,
            valid_to,
            status,
            n_claims,
            resolution,
            document,
            locator,
            known_from
        from resolved

    )

select *
from final
order by bloc, party, valid_from
