with

    conflicts as (select * from {{ ref("conflicts") }}),

    final as (

        select
            conflict,
            found_by,
            found_key,
            topic,
            kind,
            subject,
            claim_a,
            printed_a,
            document_a,
            {{ as_integer("text_line_a") }} as text_line_a,
            locator_a,
            claim_b,
            printed_b,
            document_b,
            {{ as_integer("text_line_b") }} as text_line_b,
            locator_b,
            bloc,
            mineral,
            party,
            severity,
            chosen,
            reason,
            evidence,
            requires
        from conflicts

    )

select *
from final
