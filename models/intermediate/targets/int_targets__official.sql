{# Printed targets beside the official text of the stage that the document speaks of, and of the last stage known. #}
with

    printed as (select * from {{ ref("stg_articles__policy_targets") }}),

    official as (select * from {{ ref("stg_statements__official_targets") }}),

    documents as (select * from {{ ref("stg_reference__documents") }}),

    units as (select * from {{ ref("stg_reference__units") }}),

    -- Further stages replace earlier ones.
    staged as (

        select
            official.*,
            official.value * units.to_base as value_in_base_unit,
            {{ known_by("documents.published_on", "documents.date_precision") }} as known_by,
            row_number() over (
                partition by official.instrument, official.target
                order by
                    case
                        official.instrument_stage
                        when 'in_force'
                        then 4
                        when 'adopted'
                        then 3
                        when 'proposed'
                        then 2
                        else 1
                    end desc
            ) as recency
        from official
        inner join documents on official.document = documents.document
        inner join units on official.unit = units.unit

    ),

    claims as (

        select
            printed.*,
            documents.published_on,
            {{ known_by("documents.published_on", "documents.date_precision") }} as known_by,
            printed.value * units.to_base as value_in_base_unit
        from printed
        inner join documents on printed.document = documents.document
        inner join units on printed.unit = units.unit

    ),

    final as (

        select
            claims.document,
            claims.published_on,
            claims.locator,
            claims.text_line,
            claims.printed,
            claims.jurisdiction,
            claims.instrument,
            claims.instrument_stage,
            claims.target,
            claims.value,
            claims.value_in_base_unit,
            claims.unit,
            claims.comparison,
            claims.base,
            same.document as same_document,
            same.locator as same_locator,
            same.value_in_base_unit as same_value,
            same.comparison as same_comparison,
            last.document as last_document,
            last.locator as last_locator,
            last.instrument_stage as last_stage,
            last.value_in_base_unit as last_value,
            last.comparison as last_comparison,
            last.base as last_base,
            -- The document was written when the last stage was public.
            coalesce(last.known_by <= claims.known_by, false) as knew_last
        from claims
        left join
            staged as same
            on claims.instrument = same.instrument
            and claims.target = same.target
            and claims.instrument_stage = same.instrument_stage
        left join
            staged as last on claims.instrument = last.instrument and claims.target = last.target and last.recency = 1

    )

select *
from final
