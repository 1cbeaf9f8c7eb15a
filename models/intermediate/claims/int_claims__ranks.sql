{# Printed ranks by production beside the places that official series give, of the year said or, where none is said, of the
   years that a document of its date could mean. #}
with

    claims as (select * from {{ ref("int_claims__intervals") }} where measure = 'production_rank'),

    places as (select * from {{ ref("int_statistics__concentration") }} where measure = 'production'),

    editions as (select * from {{ ref("int_editions__described") }}),

    mined as (select mineral, max(case when stage = 'mine' then 1 else 0 end) as has_mine from places group by mineral),

    final as (

        select
            claims.claim_id,
            claims.value as printed_place,
            editions.document,
            places.source
            || ' '
            || places.edition
            || ', '
            || places.mineral
            || ', '
            || places.stage
            || ' production, '
            || places.basis
            || ', '
            || cast(places.year as {{ dbt.type_string() }}) as locator,
            places.year,
            places.place,
            places.share
        from claims
        inner join places on claims.mineral = places.mineral and claims.party = places.party
        inner join mined on places.mineral = mined.mineral
        inner join editions on places.source = editions.source and places.edition = editions.edition
        where
            claims.bloc is null
            and (mined.has_mine = 0 or places.stage = 'mine')
            and places.year >= coalesce(claims.year, claims.published_year - 2)
            and places.year <= coalesce(claims.year, claims.published_year)

    )

select *
from final
