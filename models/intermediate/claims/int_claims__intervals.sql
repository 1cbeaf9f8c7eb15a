{# What a printed figure leaves possible, in its base unit: from its qualifier, its printed bounds and the rounding of its
   last digit. A missing end is open. #}
with

    figures as (select * from {{ ref("int_claims__figures") }}),

    units as (select * from {{ ref("stg_reference__units") }}),

    documents as (select * from {{ ref("stg_reference__documents") }}),

    described as (

        select
            figures.*,
            units.name_en as unit_name,
            units.dimension,
            units.to_base,
            -- Tenths and fractions are read as percent.
            case when units.base_unit = 'percent' then units.to_base else 1 end as to_shown,
            documents.published_on,
            {{ known_by("documents.published_on", "documents.date_precision") }} as known_by,
            {{ year_of("documents.published_on") }} as published_year,
            -- Cells of one table belong together, and so do the figures of the running text.
            case when figures.locator like 'Table %' then split_part(figures.locator, ',', 1) else 'text' end as place,
            -- Things that are counted, and spans of time, are not rounded.
            case
                when units.dimension in ('count', 'time')
                then 0
                else {{ rounding_half_unit("abs(coalesce(figures.value, figures.value_low, figures.value_high))") }}
            end as half_unit
        from figures
        inner join units on figures.unit = units.unit
        left join documents on figures.document = documents.document
        where coalesce(figures.value, figures.value_low, figures.value_high) is not null

    ),

    bounded as (

        select
            *,
            case
                when qualifier in ('under', 'upper_bound')
                then null
                when qualifier in ('over', 'lower_bound')
                then coalesce(value, value_low)
                when value_low < value_high
                then value_low - half_unit
                -- "About" and "nearly" are read as a tenth either way.
                when qualifier = 'about'
                then value - 0.1 * abs(value)
                else coalesce(value, value_low) - half_unit
            end as low_printed,
            case
                when qualifier in ('over', 'lower_bound')
                then null
                when qualifier in ('under', 'upper_bound')
                then coalesce(value, value_high)
                when value_low < value_high
                then value_high + half_unit
                when qualifier = 'about'
                then value + 0.1 * abs(value)
                else coalesce(value, value_high) + half_unit
            end as high_printed
        from described

    ),

    worded as (

        select
            claim_id,
            document,
            published_on,
            known_by,
            published_year,
            locator,
            place,
            text_line,
            printed,
            subject,
            measure,
            mineral,
            party,
            bloc,
            year,
            as_of,
            basis,
            unit,
            unit_name,
            base_unit,
            dimension,
            qualifier,
            claim_flag,
            coalesce(value, value_low, value_high) as value_printed,
            coalesce(value, value_low, value_high) * to_base as value,
            half_unit * to_base as half_unit,
            low_printed * to_base as low,
            high_printed * to_base as high,
            case
                qualifier
                when 'over'
                then 'over '
                when 'under'
                then 'under '
                when 'about'
                then 'about '
                when 'lower_bound'
                then 'at least '
                when 'upper_bound'
                then 'at most '
                else ''
            end || case
                when value is null and value_low < value_high
                then {{ number_text("value_low * to_shown") }} || ' to ' || {{ number_text("value_high * to_shown") }}
                else {{ number_text("coalesce(value, value_low, value_high) * to_shown") }}
            end
            || case
                when base_unit = 'percent'
                then ' %'
                when dimension = 'count' or measure = 'horizon_year'
                then ''
                else ' ' || split_part(unit_name, ' (', 1)
            end as figure
        from bounded

    ),

    final as (

        select
            *,
            subject
            || ': '
            || figure
            || coalesce(' (' || cast(year as {{ dbt.type_string() }}) || ')', '')
            || '.' as statement
        from worded

    )

select *
from final
