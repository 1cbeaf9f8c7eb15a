with

    conflicts as (select * from {{ ref("int_conflicts__found") }}),

    final as (

        select
            conflict_id,
            topic,
            kind,
            subject,
            claim_a,
            locator_a,
            document_a,
            claim_b,
            locator_b,
            document_b,
            detected_by,
            resolution,
            chosen,
            reason,
            severity,
            printed_a,
            text_line_a,
            printed_b,
            text_line_b,
            bloc,
            mineral,
            party,
            evidence,
            found_key
        from conflicts

    )

select *
from final
order by topic, subject, conflict_id
