with

    figures as (select * from {{ ref("int_claims__figures") }}),

    final as (

        select
            claim_id,
            document,
            locator,
            text_line,
            subject,
            subject_zh,
            measure,
            mineral,
            party,
            bloc,
            year,
            as_of,
            printed,
            value,
            value_low,
            value_high,
            unit,
            value_tonnes,
            value_in_base_unit,
            base_unit,
            basis,
            qualifier,
            claim_flag,
            note
        from figures

    )

select *
from final
order by document, text_line, printed, claim_id
