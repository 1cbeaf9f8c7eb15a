with

    editions as (select * from {{ ref("editions") }}),

    final as (

        select
            source,
            edition,
            document,
            publisher,
            title,
            citation,
            licence,
            {{ as_flag("may_redistribute") }} as may_redistribute,
            {{ as_date("retrieved_on") }} as retrieved_on,
            url,
            sha256
        from editions

    )

select *
from final
