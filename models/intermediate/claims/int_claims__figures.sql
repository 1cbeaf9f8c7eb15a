with

    claims as (select * from {{ ref("stg_articles__claims") }}),

    import_dependence as (select * from {{ ref("stg_articles__import_dependence") }}),

    demand_outlook as (select * from {{ ref("stg_articles__demand_outlook") }}),

    policy_targets as (select * from {{ ref("stg_articles__policy_targets") }}),

    msp_projects as (select * from {{ ref("stg_articles__msp_projects") }}),

    parties as (select * from {{ ref("stg_reference__parties") }}),

    minerals as (select * from {{ ref("stg_reference__minerals") }}),

    units as (select * from {{ ref("stg_reference__units") }}),

    plain as (

        select
            document,
            locator,
            text_line,
            printed,
            subject,
            subject_zh,
            measure,
            mineral,
            party,
            bloc,
            year,
            as_of,
            value,
            value_low,
            value_high,
            unit,
            basis,
            qualifier,
            claim_flag,
            note
        from claims

    ),

    reliance as (

        select
            facts.document,
            facts.locator,
            facts.text_line,
            facts.printed,
            importers.name_en
            || ': '
            || replace(facts.measure, '_', ' ')
            || ', '
            || replace(facts.mineral_scope, '_', ' ')
            || coalesce(' from ' || partners.name_en, '') as subject,
            importers.name_zh
            || coalesce(minerals.name_zh, '矿产')
            || case facts.measure when 'source_share' then '进口来源占比' else '对外依存度' end
            || coalesce('(来自' || partners.name_zh || ')', '') as subject_zh,
            case facts.measure when 'source_share' then 'import_source_share' else 'import_reliance' end as measure,
            facts.mineral,
            facts.party,
            cast(null as {{ dbt.type_string() }}) as bloc,
            facts.year,
            cast(null as {{ dbt.type_string() }}) as as_of,
            -- One number is printed where low and high agree; a bare bound is printed too, and the qualifier says
            -- which.
            case
                when facts.value_low = facts.value_high
                then facts.value_low
                when facts.qualifier <> 'exact'
                then coalesce(facts.value_low, facts.value_high)
            end as value,
            facts.value_low,
            facts.value_high,
            'percent' as unit,
            cast(null as {{ dbt.type_string() }}) as basis,
            facts.qualifier,
            facts.claim_flag,
            facts.note
        from import_dependence as facts
        left join parties as importers on facts.party = importers.party
        left join parties as partners on facts.partner = partners.party
        left join minerals on facts.mineral = minerals.mineral

    ),

    outlook as (

        select
            facts.document,
            facts.locator,
            facts.text_line,
            facts.printed,
            'Demand for '
            || minerals.name_en
            || ', '
            || cast(facts.target_year as {{ dbt.type_string() }})
            || ' against '
            || cast(facts.base_year as {{ dbt.type_string() }}) as subject,
            minerals.name_zh || '需求倍数' as subject_zh,
            'demand_multiple' as measure,
            facts.mineral,
            cast(null as {{ dbt.type_string() }}) as party,
            cast(null as {{ dbt.type_string() }}) as bloc,
            facts.target_year as year,
            cast(facts.base_year as {{ dbt.type_string() }})
            || '/'
            || cast(facts.target_year as {{ dbt.type_string() }}) as as_of,
            facts.multiple as value,
            facts.multiple_low as value_low,
            facts.multiple_high as value_high,
            'times' as unit,
            cast(null as {{ dbt.type_string() }}) as basis,
            'exact' as qualifier,
            facts.claim_flag,
            facts.note
        from demand_outlook as facts
        left join minerals on facts.mineral = minerals.mineral

    ),

    targets as (

        select
            facts.document,
            facts.locator,
            facts.text_line,
            facts.printed,
            parties.name_en
            || ', '
            || facts.instrument
            || ' ('
            || facts.instrument_stage
            || '): '
            || replace(facts.target, '_', ' ') as subject,
            parties.name_zh || '政策目标' as subject_zh,
            'policy_target' as measure,
            cast(null as {{ dbt.type_string() }}) as mineral,
            facts.jurisdiction as party,
            cast(null as {{ dbt.type_string() }}) as bloc,
            facts.target_year as year,
            cast(null as {{ dbt.type_string() }}) as as_of,
            facts.value,
            cast(null as double) as value_low,
            cast(null as double) as value_high,
            facts.unit,
            cast(null as {{ dbt.type_string() }}) as basis,
            case
                facts.comparison when 'at_least' then 'lower_bound' when 'at_most' then 'upper_bound' else 'exact'
            end as qualifier,
            'ok' as claim_flag,
            facts.note
        from policy_targets as facts
        left join parties on facts.jurisdiction = parties.party

    ),

    projects as (

        select
            document,
            locator,
            text_line,
            printed,
            'MSP projects: ' || dimension || ', ' || coalesce(name_en, replace(category, '_', ' ')) as subject,
            '矿产安全伙伴关系项目数' as subject_zh,
            'project_count' as measure,
            case when dimension = 'mineral' then mineral end as mineral,
            party,
            'msp' as bloc,
            cast(null as integer) as year,
            cast(null as {{ dbt.type_string() }}) as as_of,
            cast(n_projects as double) as value,
            cast(null as double) as value_low,
            cast(null as double) as value_high,
            'count' as unit,
            cast(null as {{ dbt.type_string() }}) as basis,
            'exact' as qualifier,
            claim_flag,
            note
        from msp_projects

    ),

    stacked as (

        select *
        from plain
        union all
        select *
        from reliance
        union all
        select *
        from outlook
        union all
        select *
        from targets
        union all
        select *
        from projects

    ),

    final as (

        select
            {{
                stable_id(
                    "stacked.document",
                    [
                        "stacked.text_line",
                        "stacked.printed",
                        "stacked.subject",
                        "stacked.measure",
                        "stacked.mineral",
                        "stacked.party",
                        "stacked.bloc",
                        "stacked.year",
                    ],
                )
            }} as claim_id,
            stacked.*,
            case when units.to_tonnes is not null then stacked.value * units.to_tonnes end as value_tonnes,
            stacked.value * units.to_base as value_in_base_unit,
            units.base_unit
        from stacked
        left join units on stacked.unit = units.unit

    )

select *
from final
