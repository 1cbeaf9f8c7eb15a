{# Which conflicts a share of a bloc depends on: those about who belongs to it and since when, in either scope. #}
with

    conflicts as (select * from {{ ref("int_conflicts__found") }}),

    scopes as (select * from {{ ref("int_shares__scopes") }}),

    final as (

        select scopes.bloc, scopes.party_scope, {{ joined_text("conflicts.conflict_id") }} as conflict_ids
        from scopes
        inner join conflicts on scopes.counted_bloc = conflicts.bloc
        where conflicts.topic in ('date', 'membership', 'count')
        group by scopes.bloc, scopes.party_scope

    )

select *
from final
