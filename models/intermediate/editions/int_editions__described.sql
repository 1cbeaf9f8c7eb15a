with

    described as (select * from {{ ref("stg_reference__editions") }}),

    dates as (select * from {{ ref("stg_reference__edition_dates") }}),

    sources as (select * from {{ ref("stg_reference__sources") }}),

    files as (select * from {{ ref("int_editions__files") }}),

    observations as (select * from {{ ref("int_observations__typed") }}),

    counted as (select source, edition, cast(count(*) as integer) as n_rows from observations group by source, edition),

    -- One hash for the edition: of its files' hashes in the order of their names.
    landed as (

        select
            source,
            edition,
            {{ combined_hash("file", "sha256") }} as sha256,
            cast(count(*) as integer) as n_files,
            cast(count(case when is_on_record then 1 end) as integer) as n_files_on_record,
            {{ joined_text("case when is_other_than_on_record then file end") }} as other_files
        from files
        group by source, edition

    ),

    final as (

        select
            counted.source,
            counted.edition,
            sources.publisher,
            coalesce(described.title, sources.title || ' ' || counted.edition) as title,
            coalesce(described.citation, sources.citation) as citation,
            sources.licence,
            sources.may_redistribute,
            dates.published_on,
            dates.published_precision,
            {{ known_by("dates.published_on", "dates.published_precision") }} as known_by,
            described.retrieved_on,
            coalesce(described.url, sources.url) as url,
            coalesce(landed.sha256, described.sha256) as sha256,
            landed.n_files,
            landed.n_files_on_record,
            landed.other_files,
            counted.n_rows,
            coalesce(described.document, counted.source || '_' || counted.edition) as document
        from counted
        inner join sources on counted.source = sources.source
        left join described on counted.source = described.source and counted.edition = described.edition
        left join dates on counted.source = dates.source and counted.edition = dates.edition
        left join landed on counted.source = landed.source and counted.edition = landed.edition

    )

select *
from final
