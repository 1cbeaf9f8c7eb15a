{# What each party's value was summed from: the same selection of observations as in int_observations__by_party. That both
   select the same is tested: the cells of a share add up to it. #}
with

    observations as (select * from {{ within_file(ref("fct_observation")) }}),

    units as (select * from {{ within_file(ref("dim_unit")) }}),

    editions as (select * from {{ within_file(ref("dim_edition")) }}),

    final as (

        select
            observations.source,
            observations.edition,
            observations.mineral,
            observations.basis,
            observations.stage,
            observations.measure,
            observations.year,
            observations.party,
            case observations.party when 'WORLD' then 'world' when 'OTHER' then 'residual' else 'row' end as cell_role,
            editions.document as cell_document,
            observations.source as cell_source,
            observations.edition as cell_edition,
            observations.file as cell_file,
            observations.locator as cell_locator,
            cast(null as integer) as cell_text_line,
            observations.original_value as cell_printed,
            observations.party as cell_party,
            observations.value_tonnes as cell_value_tonnes
        from observations
        inner join units on observations.unit = units.unit
        inner join editions on observations.source = editions.source and observations.edition = editions.edition
        where
            units.dimension = 'mass'
            and observations.measure in ('production', 'reserves', 'resources', 'capacity')
            and observations.table_kind in ('world', 'parts', 'production', 'shares')

    )

select *
from final
