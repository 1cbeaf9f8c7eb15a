{# On whose word a spell rests: the party's own membership, or the EU's and the party's accession to it. #}
with

    spells as (select * from {{ within_file(ref("int_membership__spells")) }}),

    -- What bears on when a membership begins and ends; what else is claimed of it stands in its own view.
    cells as (

        select *
        from {{ within_file(ref("prov_fct_bloc_membership")) }}
        where cell_role in ('membership', 'leaving', 'date_of_bloc', 'decision', 'accession')

    ),

    direct as (

        select spells.bloc, spells.party, spells.via, spells.valid_from, cells.cell_role, {{ cell_columns("cells") }}
        from spells
        inner join
            cells on spells.bloc = cells.bloc and spells.party = cells.party and spells.valid_from = cells.valid_from
        where spells.via = 'direct'

    ),

    of_the_eu as (

        select
            spells.bloc,
            spells.party,
            spells.via,
            spells.valid_from,
            case cells.cell_role when 'membership' then 'membership_of_eu' else cells.cell_role end as cell_role,
            {{ cell_columns("cells") }}
        from spells
        inner join cells on spells.bloc = cells.bloc and cells.party = 'EUU' and cells.valid_from <= spells.valid_from
        where spells.via = 'EUU'

    ),

    of_the_accession as (

        select spells.bloc, spells.party, spells.via, spells.valid_from, cells.cell_role, {{ cell_columns("cells") }}
        from spells
        inner join cells on cells.bloc = 'eu' and spells.party = cells.party and cells.valid_from <= spells.valid_from
        where spells.via = 'EUU'

    ),

    final as (

        select *
        from direct
        union all
        select *
        from of_the_eu
        union all
        select *
        from of_the_accession

    )

select *
from final
