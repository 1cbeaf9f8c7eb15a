with

    reproductions as (select * from {{ ref("table_reproductions") }}),

    final as (

        select
            document,
            {{ as_integer("table_no") }} as table_no,
            mineral,
            source,
            edition,
            basis,
            stage,
            measure,
            {{ as_integer("year") }} as year,
            {{ as_number("unit_scale") }} as unit_scale,
            unit_note
        from reproductions

    )

select *
from final
