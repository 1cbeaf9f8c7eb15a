-- The EU grows and shrinks in known steps: 6 states in 1958, 28 from July 2013, 27 since February 2020.
with

    states as (select * from {{ ref("int_membership__years") }} where bloc = 'eu'),

    counted as (select year, sum(case when member_year_end then 1 else 0 end) as n_states from states group by year),

    expected as (

        select 1958 as year, 6 as n_states
        union all
        select 1973, 9
        union all
        select 1981, 10
        union all
        select 1986, 12
        union all
        select 1995, 15
        union all
        select 2004, 25
        union all
        select 2007, 27
        union all
        select 2013, 28
        union all
        select 2020, 27
        union all
        select 2025, 27

    ),

    final as (

        select expected.year, expected.n_states, counted.n_states as n_found
        from expected
        left join counted on expected.year = counted.year
        where counted.n_states is null or counted.n_states <> expected.n_states

    )

select *
from final
