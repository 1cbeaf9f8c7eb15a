with

    parties as (select * from {{ ref("stg_reference__parties") }}),

    final as (select party, name_en, name_zh, party_type, iso2, m49, region from parties)

select *
from final
order by party
