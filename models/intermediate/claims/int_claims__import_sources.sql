{# Printed shares of one country in another's imports of a mineral, beside the official share of that country and the official
   net import reliance, which is of all countries together. #}
with

    printed as (select * from {{ ref("stg_articles__import_dependence") }}),

    documents as (select * from {{ ref("stg_reference__documents") }}),

    observations as (select * from {{ ref("int_observations__typed") }}),

    reliance as (

        select
            source, edition, mineral, party as importer, year, value, value_low, coalesce(value, value_low) as percent
        from observations
        where measure = 'net_import_reliance' and coalesce(value, value_low) > 0

    ),

    -- Shares by source are those of the importer whose reliance the same source publishes.
    importers as (select distinct source, importer from reliance),

    sources as (

        select
            importers.importer,
            observations.source,
            observations.mineral,
            observations.party as partner,
            max(observations.value) as highest,
            min(observations.value) as lowest,
            max(observations.year) as year
        from observations
        inner join importers on observations.source = importers.source
        where observations.measure = 'import_source_share' and observations.value is not null
        group by importers.importer, observations.source, observations.mineral, observations.party

    ),

    covered as (select distinct importer, source, mineral from sources),

    claims as (

        select
            printed.*,
            {{ year_of("documents.published_on") }} as published_year,
            documents.published_on,
            coalesce(printed.value_low, printed.value_high) as percent
        from printed
        inner join documents on printed.document = documents.document
        where printed.measure = 'source_share' and printed.partner is not null

    ),

    matched as (

        select
            claims.document,
            claims.text_line,
            claims.printed,
            claims.party,
            claims.mineral,
            claims.partner,
            reliance.source,
            reliance.edition,
            reliance.year as reliance_year,
            case when reliance.value is null then 'over ' else '' end
            || {{ number_text("reliance.percent") }} as reliance_figure,
            row_number() over (
                partition by
                    claims.document, claims.text_line, claims.printed, claims.party, claims.mineral, claims.partner
                order by abs(reliance.year - claims.published_year + 1), reliance.edition, reliance.source
            ) as standing
        from claims
        inner join
            reliance
            on claims.party = reliance.importer
            and claims.mineral = reliance.mineral
            -- One and the same figure, of a year that the document could mean.
            and abs(claims.percent - reliance.percent) <= 0.5
            and reliance.year >= coalesce(claims.year, claims.published_year - 2)
            and reliance.year <= coalesce(claims.year, claims.published_year)

    ),

    final as (

        select
            claims.document,
            claims.published_on,
            claims.published_year,
            claims.locator,
            claims.text_line,
            claims.printed,
            claims.party,
            claims.mineral,
            claims.mineral_scope,
            claims.partner,
            claims.year,
            claims.percent,
            claims.value_low,
            claims.value_high,
            claims.qualifier,
            matched.source as reliance_source,
            matched.edition as reliance_edition,
            matched.reliance_year,
            matched.reliance_figure,
            covered.mineral is not null as has_official_sources,
            sources.lowest as official_lowest,
            sources.highest as official_highest,
            sources.year as official_year
        from claims
        left join
            matched
            on claims.document = matched.document
            and claims.text_line = matched.text_line
            and claims.printed = matched.printed
            and claims.party = matched.party
            and claims.mineral = matched.mineral
            and claims.partner = matched.partner
            and matched.standing = 1
        left join
            covered
            on matched.source = covered.source
            and claims.party = covered.importer
            and claims.mineral = covered.mineral
        left join
            sources
            on covered.source = sources.source
            and claims.party = sources.importer
            and claims.mineral = sources.mineral
            and claims.partner = sources.partner

    )

select *
from final
