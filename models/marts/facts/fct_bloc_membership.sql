with

    resolved as (select * from {{ ref("int_membership__resolved") }}),

    unlinked as (

        select
            bloc,
            party,
            role,
            party_scope,
            valid_from,
            valid_from_precision,
            valid_to,
            status,
            n_claims,
            resolution,
            document,
            locator,
            known_from
        from resolved

    ),

    final as (

        select unlinked.*, conflicts.conflict_ids
        from unlinked
        left join
            {{ ref("int_conflicts__by_member") }} as conflicts
            on unlinked.bloc = conflicts.bloc
            and unlinked.party = conflicts.party

    )

select *
from final
order by bloc, party, valid_from
