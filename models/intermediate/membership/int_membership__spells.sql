with

    resolved as (select * from {{ ref("int_membership__resolved") }}),

    eu_states as (select party, valid_from, valid_to from resolved where resolved.bloc = 'eu'),

    direct as (

        select
            resolved.bloc,
            party,
            'direct' as via,
            role,
            party_scope,
            valid_from,
            valid_from_precision,
            effective_from,
            valid_to,
            status
        from resolved
        -- An observer attends, and what is only announced or proposed binds nobody: neither is a member of any year.
        where role <> 'observer' and status in ('in_force', 'ended')

    ),

    -- Where the EU is a member, each of its states is represented while both memberships last.
    through_eu as (

        select
            signed.bloc,
            eu_states.party,
            'EUU' as via,
            signed.role,
            signed.party_scope,
            greatest(signed.valid_from, eu_states.valid_from) as valid_from,
            case
                when eu_states.valid_from > signed.effective_from then 'day' else signed.valid_from_precision
            end as valid_from_precision,
            greatest(signed.effective_from, eu_states.valid_from) as effective_from,
            least(
                coalesce(signed.valid_to, eu_states.valid_to), coalesce(eu_states.valid_to, signed.valid_to)
            ) as valid_to,
            case when eu_states.valid_to is null then signed.status else 'ended' end as status
        from resolved as signed
        cross join eu_states
        where
            signed.party = 'EUU'
            and signed.role <> 'observer'
            and signed.status in ('in_force', 'ended')
            and (signed.valid_to is null or eu_states.valid_from < signed.valid_to)
            and (eu_states.valid_to is null or signed.effective_from < eu_states.valid_to)

    ),

    final as (

        select *
        from direct
        union all
        select *
        from through_eu

    )

select *
from final
