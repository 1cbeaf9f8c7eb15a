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
            known_by,
            n_files,
            n_files_on_record,
            other_files
        from editions

    )

select *
from final
order by source, edition
