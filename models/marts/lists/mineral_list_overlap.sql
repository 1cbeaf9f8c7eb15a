with

    members as (select * from {{ ref("int_lists__members") }}),

    lists as (

        select list_key, level, max(is_complete_list) as is_complete_list, cast(count(*) as integer) as n_minerals
        from members
        group by list_key, level

    ),

    pairs as (

        select
            a.list_key as list_a,
            b.list_key as list_b,
            a.level,
            a.n_minerals as n_a,
            b.n_minerals as n_b,
            a.is_complete_list as is_complete_a,
            b.is_complete_list as is_complete_b
        from lists as a
        inner join lists as b on a.level = b.level and a.list_key <> b.list_key

    ),

    -- Each mineral of either list, with where it stands.
    placed as (

        select
            pairs.list_a,
            pairs.list_b,
            pairs.level,
            members.mineral,
            max(case when members.list_key = pairs.list_a then 1 else 0 end) as in_a,
            max(case when members.list_key = pairs.list_b then 1 else 0 end) as in_b
        from pairs
        inner join
            members
            on pairs.level = members.level
            and (members.list_key = pairs.list_a or members.list_key = pairs.list_b)
        group by pairs.list_a, pairs.list_b, pairs.level, members.mineral

    ),

    compared as (

        select
            list_a,
            list_b,
            level,
            cast(sum(in_a * in_b) as integer) as n_both,
            {{ joined_text("case when in_a = 1 and in_b = 1 then mineral end") }} as minerals_both,
            {{ joined_text("case when in_b = 0 then mineral end") }} as minerals_only_a,
            {{ joined_text("case when in_a = 0 then mineral end") }} as minerals_only_b
        from placed
        group by list_a, list_b, level

    ),

    final as (

        select
            pairs.list_a,
            pairs.list_b,
            pairs.level,
            pairs.n_a,
            pairs.n_b,
            compared.n_both,
            compared.minerals_both,
            compared.minerals_only_a,
            compared.minerals_only_b,
            pairs.is_complete_a,
            pairs.is_complete_b
        from pairs
        inner join
            compared
            on pairs.list_a = compared.list_a
            and pairs.list_b = compared.list_b
            and pairs.level = compared.level

    )

select *
from final
order by list_a, list_b, level
