with

    editions as (select * from {{ ref("int_editions__described") }}),

    final as (

        select
            source,
            edition,
            publisher,
            title,
            citation,
            licence,
            may_redistribute,
            published_on,
            retrieved_on,
            url,
            sha256,
            n_rows,
            document,
            published_precision,
            known_by
        from editions

    )

select *
from final
order by source, edition
