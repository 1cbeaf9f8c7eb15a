with

    concentrations as (select * from {{ within_file(ref("mineral_concentration")) }}),

    cells as (select * from {{ within_file(ref("prov_int_observations__by_party")) }}),

    final as (

        select
            concentrations.mineral,
            concentrations.basis,
            concentrations.stage,
            concentrations.measure,
            concentrations.year,
            concentrations.source,
            concentrations.edition,
            case
                cells.cell_role
                when 'world'
                then 'denominator'
                when 'residual'
                then 'residual'
                else case when cells.cell_value_tonnes > 0 then 'numerator' else 'other_row' end
            end as cell_role,
            {{ cell_columns("cells") }}
        from concentrations
        inner join
            cells
            on concentrations.source = cells.source
            and concentrations.edition = cells.edition
            and concentrations.mineral = cells.mineral
            and concentrations.basis = cells.basis
            and concentrations.stage = cells.stage
            and concentrations.measure = cells.measure
            and concentrations.year = cells.year

    )

select *
from final
