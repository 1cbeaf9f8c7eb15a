{# Which conflicts touch a line of a paper: every fact of the line is then to be read with them. #}
with

    conflicts as (select * from {{ ref("int_conflicts__found") }}),

    sides as (

        select conflict_id, document_a as document, text_line_a as text_line
        from conflicts
        where text_line_a is not null
        union all
        select conflict_id, document_b as document, text_line_b as text_line
        from conflicts
        where text_line_b is not null

    ),

    final as (

        select document, text_line, {{ joined_text("conflict_id") }} as conflict_ids
        from sides
        group by document, text_line

    )

select *
from final
