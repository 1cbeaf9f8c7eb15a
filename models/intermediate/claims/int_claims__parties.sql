{# Whose figure a claim is: the party that its row names, or those that a reviewed link names where a row can name none or
   only one (three countries together, a company of one country). #}
with

    claims as (select * from {{ ref("int_claims__intervals") }}),

    links as (select * from {{ ref("stg_decisions__claim_parties") }}),

    linked as (

        select claims.claim_id, links.party, links.relation
        from claims
        inner join
            links
            on claims.document = links.document
            and claims.text_line = links.text_line
            and claims.printed = links.printed
            and {{ same_text("claims.mineral", "links.mineral") }}

    ),

    final as (

        select claim_id, party, relation
        from linked
        union all
        select claims.claim_id, claims.party, 'sum' as relation
        from claims
        where claims.party is not null and claims.bloc is null and claims.claim_id not in (select claim_id from linked)

    )

select *
from final
