with

    claims as (select * from {{ ref("int_membership__claims") }}),

    unlinked as (

        select
            bloc,
            party,
            role,
            joined,
            joined_precision,
            left_on,
            document,
            locator,
            text_line,
            printed_zh,
            is_date_of_bloc,
            is_rejected,
            status,
            note
        from claims

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
order by bloc, party, document, text_line, role
