{# Whose members a share counts: a bloc alone, and a bloc together with the forum that belongs to it. #}
with

    blocs as (select * from {{ ref("stg_reference__blocs") }}),

    final as (

        select bloc, 'partners' as party_scope, bloc as counted_bloc
        from blocs
        union all
        select parent_bloc as bloc, 'partners_and_forum' as party_scope, bloc as counted_bloc
        from blocs
        where instrument = 'forum' and parent_bloc is not null
        union all
        select parent_bloc as bloc, 'partners_and_forum' as party_scope, parent_bloc as counted_bloc
        from blocs
        where instrument = 'forum' and parent_bloc is not null

    )

select *
from final
