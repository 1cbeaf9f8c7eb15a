with

    years as (select * from {{ ref("int_membership__years") }}),

    -- The parties that signed, the EU as one of them, at the end of each year.
    members as (

        select distinct bloc, year, party from years where via = 'direct' and member_year_end and role <> 'institution'

    ),

    sizes as (select bloc, year, cast(count(*) as integer) as n_parties from members group by bloc, year),

    shared as (

        select
            a.bloc as bloc_a,
            b.bloc as bloc_b,
            a.year,
            cast(count(*) as integer) as n_both,
            {{ joined_text("a.party") }} as parties_both
        from members as a
        inner join members as b on a.party = b.party and a.year = b.year and a.bloc <> b.bloc
        group by a.bloc, b.bloc, a.year

    ),

    final as (

        select
            a.bloc as bloc_a,
            b.bloc as bloc_b,
            a.year,
            a.n_parties as n_a,
            b.n_parties as n_b,
            coalesce(shared.n_both, 0) as n_both,
            coalesce(shared.n_both, 0) * 1.0e0 / (a.n_parties + b.n_parties - coalesce(shared.n_both, 0)) as jaccard,
            shared.parties_both
        from sizes as a
        inner join sizes as b on a.year = b.year and a.bloc <> b.bloc
        left join shared on a.bloc = shared.bloc_a and b.bloc = shared.bloc_b and a.year = shared.year

    )

select *
from final
order by bloc_a, bloc_b, year
