with

    blocs as (select * from {{ ref("int_blocs__described") }}),

    unlinked as (

        select
            bloc,
            name_en,
            name_zh,
            aliases,
            level,
            bloc_type,
            instrument,
            start_date,
            start_precision,
            status,
            n_members_stated,
            parent_bloc,
            document,
            locator,
            aim_en
        from blocs

    ),

    final as (

        select unlinked.*, conflicts.conflict_ids
        from unlinked
        left join
            {{ ref("int_conflicts__by_bloc") }} as conflicts
            on unlinked.bloc = conflicts.bloc
            and conflicts.party_scope = 'partners'

    )

select *
from final
order by bloc
