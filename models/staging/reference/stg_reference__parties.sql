with

    parties as (select * from {{ ref("parties") }}),

    institutions as (select * from {{ ref("institutions") }}),

    stacked as (

        select party, name_en, name_zh, party_type, iso2, m49, region
        from parties
        union all
        select party, name_en, name_zh, party_type, iso2, m49, region
        from institutions

    ),

    final as (select * from stacked)

select *
from final
