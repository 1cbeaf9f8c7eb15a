{# Who counted in either of two years, and for how much: the same for every series. #}
with

    pairs as (select * from {{ ref("int_shares__change_pairs") }}),

    members as (select * from {{ ref("int_shares__members") }}),

    years_of_rules as (

        select distinct
            pairs.bloc, pairs.party_scope, pairs.eu_treatment, pairs.membership_rule, pairs.year_from, pairs.year_to
        from pairs

    ),

    final as (

        select
            years_of_rules.bloc,
            years_of_rules.party_scope,
            years_of_rules.eu_treatment,
            years_of_rules.membership_rule,
            years_of_rules.year_from,
            years_of_rules.year_to,
            members.party,
            max(case when members.year = years_of_rules.year_from then members.weight else 0 end) as weight_from,
            max(case when members.year = years_of_rules.year_to then members.weight else 0 end) as weight_to
        from years_of_rules
        inner join
            members
            on years_of_rules.bloc = members.bloc
            and years_of_rules.party_scope = members.party_scope
            and years_of_rules.eu_treatment = members.eu_treatment
            and years_of_rules.membership_rule = members.membership_rule
            and (years_of_rules.year_from = members.year or years_of_rules.year_to = members.year)
        group by
            years_of_rules.bloc,
            years_of_rules.party_scope,
            years_of_rules.eu_treatment,
            years_of_rules.membership_rule,
            years_of_rules.year_from,
            years_of_rules.year_to,
            members.party

    )

select *
from final
