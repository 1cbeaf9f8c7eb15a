with

    links as (select * from {{ ref("claim_parties") }}),

    final as (

        select document, {{ as_integer("text_line") }} as text_line, printed, mineral, party, relation, reason
        from links

    )

select *
from final
