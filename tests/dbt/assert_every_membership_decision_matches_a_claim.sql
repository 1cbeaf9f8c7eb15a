-- A decision about a membership that no document claims has lost its object: mend or remove the row in
-- seeds/decisions/membership_resolutions.csv.
with

    resolutions as (select * from {{ ref("stg_decisions__membership_resolutions") }}),

    claims as (select distinct bloc, party from {{ ref("int_membership__claims") }}),

    final as (

        select resolutions.bloc, resolutions.party, resolutions.action, resolutions.reason
        from resolutions
        left join claims on resolutions.bloc = claims.bloc and resolutions.party = claims.party
        where claims.bloc is null

    )

select *
from final
