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

    -- Official net import reliance is an interval by nature: ">95" has a lower end only, "E" (a net exporter) has none.
    official as (

        select
            observations.party,
            observations.mineral,
            observations.mineral as mineral_scope,
            observations.measure,
            cast(null as {{ dbt.type_string() }}) as partner,
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
        where observations.measure = 'net_import_reliance'

    ),

    final as (

        select *
        from papers
        union all
        select *
        from official

    )

select *
from final
order by document, text_line, party, mineral_scope, measure, partner, source, edition, year, locator
