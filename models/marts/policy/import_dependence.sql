with

    printed as (select * from {{ ref("stg_articles__import_dependence") }}),

    observations as (select * from {{ ref("int_observations__typed") }}),

    editions as (select * from {{ ref("int_editions__described") }}),

    papers as (

        select
            party,
            mineral,
            mineral_scope,
            measure,
            partner,
            year,
            value_low,
            value_high,
            document,
            locator,
            text_line,
            printed,
            qualifier,
            claim_flag,
            note,
            cast(null as {{ dbt.type_string() }}) as source,
            cast(null as {{ dbt.type_string() }}) as edition
        from printed

    ),

    -- Official net import reliance is an interval by nature: ">95" has a lower end only, "E" (a net exporter) an upper
    -- one. Shares of sources stand beside it, by form of the mineral; the remainder "other" is no partner.
    official as (

        select
            case observations.measure when 'import_source_share' then 'USA' else observations.party end as party,
            observations.mineral,
            observations.mineral || case
                observations.measure when 'import_source_share' then ': ' || observations.series else ''
            end as mineral_scope,
            case
                observations.measure when 'import_source_share' then 'source_share' else observations.measure
            end as measure,
            case observations.measure when 'import_source_share' then observations.party end as partner,
            observations.year,
            coalesce(observations.value, observations.value_low) as value_low,
            coalesce(observations.value, observations.value_high) as value_high,
            editions.document,
            observations.file || ', ' || observations.locator as locator,
            cast(null as integer) as text_line,
            observations.original_value as printed,
            case
                observations.value_flag
                when 'greater_than'
                then 'over'
                when 'less_than'
                then 'under'
                when 'net_exporter'
                then 'upper_bound'
                when 'range'
                then 'about'
                when 'estimated'
                then 'about'
                else 'exact'
            end as qualifier,
            'ok' as claim_flag,
            case when observations.value_flag = 'net_exporter' then 'net exporter' else observations.note end as note,
            observations.source,
            observations.edition
        from observations
        inner join editions on observations.source = editions.source and observations.edition = editions.edition
        where
            observations.measure = 'net_import_reliance'
            or (observations.measure = 'import_source_share' and observations.party not in ('WORLD', 'OTHER'))

    ),

    unlinked as (

        select *
        from papers
        union all
        select *
        from official

    ),

    final as (

        select unlinked.*, conflicts.conflict_ids
        from unlinked
        left join
            {{ ref("int_conflicts__by_line") }} as conflicts
            on unlinked.document = conflicts.document
            and unlinked.text_line = conflicts.text_line

    )

select *
from final
order by document, text_line, party, mineral_scope, measure, partner, source, edition, year, locator
