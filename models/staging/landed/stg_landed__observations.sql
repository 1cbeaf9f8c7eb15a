with

    observations as (select * from {{ source("landed", "observations") }}),

    final as (

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
        from observations

    )

select *
from final
