{# Which quantity a printed figure is of: by measure, mineral, party, bloc, year and unit where these say it, else by a
   reviewed link. Figures of one quantity can be held against each other. #}
with

    claims as (select * from {{ ref("int_claims__intervals") }}),

    parties as (select * from {{ ref("int_claims__parties") }}),

    links as (select * from {{ ref("stg_decisions__same_quantities") }}),

    owners as (

        select claim_id, {{ joined_text("party") }} as owner from parties where relation = 'sum' group by claim_id

    ),

    final as (

        select
            claims.*,
            links.quantity is not null as is_linked,
            coalesce(
                links.quantity,
                claims.measure
                || '|'
                || coalesce(claims.mineral, '')
                || '|'
                || coalesce(owners.owner, '')
                || '|'
                || coalesce(claims.bloc, '')
                || '|'
                || coalesce(claims.as_of, cast(claims.year as {{ dbt.type_string() }}), '')
                || '|'
                || claims.base_unit
                || '|'
                || coalesce(claims.basis, '')
            ) as quantity
        from claims
        left join owners on claims.claim_id = owners.claim_id
        left join
            links
            on claims.document = links.document
            and claims.text_line = links.text_line
            and claims.printed = links.printed
        where
            links.quantity is not null
            or (
                {{ is_keyed_measure("claims.measure") }}
                and {{ is_owned("claims.measure", "owners.owner", "claims.bloc") }}
            )

    )

select *
from final
