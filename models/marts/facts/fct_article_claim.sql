with

    figures as (select * from {{ ref("int_claims__figures") }}),

    unlinked as (

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

    ),

    final as (

        select unlinked.*, conflicts.conflict_ids
        from unlinked
        left join
            {{ ref("int_conflicts__by_line") }} as conflicts
            on unlinked.document = conflicts.document
            and unlinked.text_line = conflicts.text_line

    )

select *
from final
order by document, text_line, printed, claim_id
