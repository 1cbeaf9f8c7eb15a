with

    observations as (select * from {{ ref("int_observations__typed") }}),

    final as (

        select
            observation_id,
            source,
            edition,
            mineral,
            basis,
            stage,
            measure,
            party,
            year,
            value,
            value_low,
            value_high,
            unit,
            value_tonnes,
            value_flag,
            original_value,
            original_unit,
            note,
            file,
            locator,
            is_corrected,
            party_printed,
            series,
            table_kind,
            is_revised
        from observations

    )

select *
from final
order by source, edition, mineral, basis, stage, measure, year, party, series
