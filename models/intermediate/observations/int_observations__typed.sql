{# All observations in one shape: the bundled panel stands in for an edition until its files are landed. #}
with

    landed as (select * from {{ ref("stg_landed__observations") }}),

    panel as (select * from {{ ref("stg_usgs_mcs__observations") }}),

    sources as (select * from {{ ref("stg_reference__sources") }}),

    units as (select * from {{ ref("stg_reference__units") }}),

    landed_editions as (select distinct source, edition from landed),

    bundled as (

        select
            source,
            edition,
            mineral,
            basis,
            stage,
            measure,
            '' as series,
            'world' as table_kind,
            party,
            party_printed,
            year,
            value,
            value_low,
            value_high,
            original_unit as unit,
            value_flag,
            false as is_revised,
            original_value,
            original_unit,
            note,
            file,
            locator,
            false as is_corrected
        from panel
        where
            not exists (
                select 1
                from landed_editions
                where landed_editions.source = panel.source and landed_editions.edition = panel.edition
            )

    ),

    stacked as (

        select
            source,
            edition,
            mineral,
            basis,
            stage,
            measure,
            series,
            table_kind,
            party,
            party_printed,
            year,
            value,
            value_low,
            value_high,
            unit,
            value_flag,
            is_revised,
            original_value,
            original_unit,
            note,
            file,
            locator,
            is_corrected
        from landed
        union all
        select
            source,
            edition,
            mineral,
            basis,
            stage,
            measure,
            series,
            table_kind,
            party,
            party_printed,
            year,
            value,
            value_low,
            value_high,
            unit,
            value_flag,
            is_revised,
            original_value,
            original_unit,
            note,
            file,
            locator,
            is_corrected
        from bundled

    ),

    final as (

        select
            {{
                stable_id(
                    "stacked.source || '-' || stacked.edition",
                    [
                        "stacked.mineral",
                        "stacked.basis",
                        "stacked.stage",
                        "stacked.measure",
                        "stacked.party",
                        "stacked.year",
                        "stacked.series",
                        "stacked.table_kind",
                    ],
                )
            }} as observation_id,
            stacked.*,
            stacked.value * units.to_tonnes as value_tonnes,
            stacked.value_low * units.to_tonnes as value_low_tonnes,
            stacked.value_high * units.to_tonnes as value_high_tonnes
        from stacked
        inner join units on stacked.unit = units.unit
        inner join sources on stacked.source = sources.source
        -- Without permission to redistribute, a source's rows stay out of what is published (orebloc build
        -- --redistributable).
        where sources.may_redistribute or not {{ var("redistributable_only") }}

    )

select *
from final
