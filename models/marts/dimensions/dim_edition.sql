with

    editions as (select * from {{ ref("stg_reference__editions") }}),

    observations as (select * from {{ ref("int_observations__typed") }}),

    counted as (select source, edition, cast(count(*) as integer) as n_rows from observations group by source, edition),

    final as (

        select
            editions.source,
            editions.edition,
            editions.publisher,
            editions.title,
            editions.citation,
            editions.licence,
            editions.may_redistribute,
            editions.published_on,
            editions.retrieved_on,
            editions.url,
            editions.sha256,
            counted.n_rows,
            editions.document
        from editions
        inner join counted on editions.source = counted.source and editions.edition = counted.edition

    )

select *
from final
order by source, edition
