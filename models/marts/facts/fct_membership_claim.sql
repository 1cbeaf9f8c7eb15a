with

    claims as (select * from {{ ref("int_membership__claims") }}),

    final as (

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

    )

select *
from final
order by bloc, party, document, text_line, role
