with

    years as (select * from {{ within_file(ref("alliance_membership_by_year")) }}),

    cells as (select * from {{ within_file(ref("prov_int_membership__spells")) }}),

    final as (

        select
            years.bloc,
            years.year,
            years.party,
            years.via,
            years.valid_from,
            cells.cell_role,
            {{ cell_columns("cells") }}
        from years
        inner join
            cells
            on years.bloc = cells.bloc
            and years.party = cells.party
            and years.via = cells.via
            and years.valid_from = cells.valid_from

    )

select *
from final
