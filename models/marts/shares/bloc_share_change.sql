with

    changes as (select * from {{ ref("int_shares__changes") }}),

    unlinked as (

        select
            bloc,
            party_scope,
            mineral,
            basis,
            stage,
            measure,
            source,
            year_from,
            year_to,
            share_from,
            share_to,
            change,
            change_membership,
            change_output,
            change_interaction,
            change_joiners,
            change_leavers,
            joiners,
            leavers,
            n_reported_once,
            edition_from,
            edition_to,
            membership_rule,
            eu_treatment
        from changes

    ),

    final as (

        select unlinked.*, conflicts.conflict_ids
        from unlinked
        left join
            {{ ref("int_conflicts__by_bloc") }} as conflicts
            on unlinked.bloc = conflicts.bloc
            and unlinked.party_scope = conflicts.party_scope

    )

select *
from final
order by bloc, party_scope, mineral, basis, stage, measure, source, year_from, year_to
