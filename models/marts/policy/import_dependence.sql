with

    import_dependence as (select * from {{ ref("stg_articles__import_dependence") }}),

    final as (

        select
            party,
            mineral,
            mineral_scope,
            measure,
            partner,
            year,
            value_low,
            value_high,
            document,
            locator,
            text_line,
            printed,
            qualifier,
            claim_flag,
            note
        from import_dependence

    )

select *
from final
order by document, text_line, party, mineral_scope, measure, partner
