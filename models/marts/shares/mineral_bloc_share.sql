with

    shares as (select * from {{ ref("int_shares__blocs") }}),

    unlinked as (

        select
            bloc,
            party_scope,
            mineral,
            basis,
            stage,
            measure,
            year,
            source,
            edition,
            membership_rule,
            membership_as_of,
            eu_treatment,
            bloc_value,
            world_published,
            world_all_rows,
            world_named_rows,
            unit,
            share,
            share_low,
            share_high,
            share_of_all_rows,
            share_of_named_rows,
            n_members,
            n_members_reporting,
            member_parties
        from shares

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
order by bloc, party_scope, mineral, basis, stage, measure, year, source, edition, membership_rule, eu_treatment
