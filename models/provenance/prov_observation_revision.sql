with

    revisions as (select * from {{ within_file(ref("observation_revision")) }}),

    cells as (select * from {{ within_file(ref("prov_int_observations__by_party")) }}),

    final as (

        select
            revisions.source,
            revisions.mineral,
            revisions.basis,
            revisions.stage,
            revisions.measure,
            revisions.party,
            revisions.year,
            revisions.edition_new,
            case when cells.edition = revisions.edition_new then 'later_value' else 'earlier_value' end as cell_role,
            {{ cell_columns("cells") }}
        from revisions
        inner join
            cells
            on revisions.source = cells.source
            and (revisions.edition_old = cells.edition or revisions.edition_new = cells.edition)
            and revisions.mineral = cells.mineral
            and revisions.basis = cells.basis
            and revisions.stage = cells.stage
            and revisions.measure = cells.measure
            and revisions.party = cells.party
            and revisions.year = cells.year

    )

select *
from final
