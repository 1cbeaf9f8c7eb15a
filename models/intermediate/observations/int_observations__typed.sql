with

    usgs_mcs as (select * from {{ ref("stg_usgs_mcs__observations") }}),

    units as (select * from {{ ref("stg_reference__units") }}),

    final as (

        select
            {{
                stable_id(
                    "usgs_mcs.source || '-' || usgs_mcs.edition",
                    [
                        "usgs_mcs.mineral",
                        "usgs_mcs.basis",
                        "usgs_mcs.stage",
                        "usgs_mcs.measure",
                        "usgs_mcs.party",
                        "usgs_mcs.year",
                    ],
                )
            }} as observation_id,
            usgs_mcs.*,
            usgs_mcs.original_unit as unit,
            usgs_mcs.value * units.to_tonnes as value_tonnes,
            usgs_mcs.value_low * units.to_tonnes as value_low_tonnes,
            usgs_mcs.value_high * units.to_tonnes as value_high_tonnes,
            false as is_corrected
        from usgs_mcs
        inner join units on usgs_mcs.original_unit = units.unit

    )

select *
from final
