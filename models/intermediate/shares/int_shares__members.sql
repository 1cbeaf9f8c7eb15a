{# Who counts, and for how much of a year: one row per bloc, scope, treatment of the EU, rule, year and party. #}
with

    -- Institutions lend and insure; no ground is theirs, so that they take no part in shares.
    spells as (select * from {{ ref("int_membership__spells") }} where role <> 'institution'),

    years as (select * from {{ ref("int_membership__years") }} where role <> 'institution'),

    series as (select * from {{ ref("int_shares__series") }}),

    scopes as (select * from {{ ref("int_shares__scopes") }}),

    -- As signed, the EU is one party. Expanded, its states stand in its place, in union with those that signed
    -- themselves.
    treatments as (

        select 'as_signed' as eu_treatment, 'direct' as via
        union all
        select 'expanded' as eu_treatment, 'direct' as via
        union all
        select 'expanded' as eu_treatment, 'EUU' as via

    ),

    years_of_interest as (select distinct year from series),

    counted_years as (

        select
            scopes.bloc,
            scopes.party_scope,
            treatments.eu_treatment,
            years.year,
            years.party,
            years.member_year_end,
            years.member_year_start,
            years.counted_from,
            years.counted_to,
            years.days_in_year,
            max(years.counted_to) over (
                partition by scopes.bloc, scopes.party_scope, treatments.eu_treatment, years.year, years.party
                order by years.counted_from, years.counted_to
                rows between unbounded preceding and 1 preceding
            ) as counted_before
        from years
        inner join scopes on years.bloc = scopes.counted_bloc
        inner join treatments on years.via = treatments.via
        where
            years.year in (select year from years_of_interest)
            and not (treatments.eu_treatment = 'expanded' and years.party = 'EUU')

    ),

    -- Days covered by the union of a party's spells, so that one who signed alone and through the EU counts once.
    party_years as (

        select
            counted_years.bloc,
            party_scope,
            eu_treatment,
            year,
            party,
            max(case when member_year_end then 1 else 0 end) as weight_year_end,
            max(case when member_year_start then 1 else 0 end) as weight_year_start,
            sum(
                greatest(
                    0,
                    {{ days_between("greatest(counted_from, coalesce(counted_before, counted_from))", "counted_to") }}
                )
            )
            * 1.0
            / max(days_in_year) as weight_day_weighted
        from counted_years
        group by
            counted_years.bloc,
            counted_years.party_scope,
            counted_years.eu_treatment,
            counted_years.year,
            counted_years.party

    ),

    as_of as (

        select
            party_years.bloc,
            party_scope,
            eu_treatment,
            'year_end' as membership_rule,
            {{ make_day("year", 12, 31) }} as membership_as_of,
            year,
            party,
            1.0 * weight_year_end as weight
        from party_years
        where weight_year_end > 0
        union all
        select
            party_years.bloc,
            party_scope,
            eu_treatment,
            'any_day' as membership_rule,
            {{ make_day("year", 12, 31) }} as membership_as_of,
            year,
            party,
            1.0 as weight
        from party_years
        union all
        select
            party_years.bloc,
            party_scope,
            eu_treatment,
            'year_start' as membership_rule,
            {{ make_day("year", 1, 1) }} as membership_as_of,
            year,
            party,
            1.0 * weight_year_start as weight
        from party_years
        where weight_year_start > 0
        union all
        select
            party_years.bloc,
            party_scope,
            eu_treatment,
            'day_weighted' as membership_rule,
            {{ make_day("year", 12, 31) }} as membership_as_of,
            year,
            party,
            weight_day_weighted as weight
        from party_years
        where weight_day_weighted > 0

    ),

    -- The latest composition known: those who have not left, or, of a bloc that has ended, those who stayed to the end.
    bloc_ends as (

        select
            spells.bloc,
            min(valid_from) as first_joined,
            max(valid_from) as last_joined,
            case when count(*) = count(valid_to) then max(valid_to) end as ended_on
        from spells
        where via = 'direct'
        group by spells.bloc

    ),

    latest as (

        select
            spells.bloc,
            spells.party,
            spells.via,
            bloc_ends.first_joined,
            coalesce(bloc_ends.ended_on, bloc_ends.last_joined) as membership_as_of
        from spells
        inner join bloc_ends on spells.bloc = bloc_ends.bloc
        where spells.valid_to is null or spells.valid_to = bloc_ends.ended_on

    ),

    fixed_parties as (

        select
            scopes.bloc,
            scopes.party_scope,
            treatments.eu_treatment,
            latest.party,
            max(latest.membership_as_of) over (
                partition by scopes.bloc, scopes.party_scope, treatments.eu_treatment
            ) as membership_as_of,
            min({{ year_of("latest.first_joined") }}) over (
                partition by scopes.bloc, scopes.party_scope, treatments.eu_treatment
            ) as first_year
        from latest
        inner join scopes on latest.bloc = scopes.counted_bloc
        inner join treatments on latest.via = treatments.via
        where not (treatments.eu_treatment = 'expanded' and latest.party = 'EUU')

    ),

    fixed as (

        select distinct
            fixed_parties.bloc,
            fixed_parties.party_scope,
            fixed_parties.eu_treatment,
            'fixed' as membership_rule,
            fixed_parties.membership_as_of,
            years_of_interest.year,
            fixed_parties.party,
            1.0 as weight
        from fixed_parties
        -- What a bloc of today would have held half a century ago nobody asks often: from ten years before it began.
        inner join
            years_of_interest
            on years_of_interest.year >= fixed_parties.first_year - {{ var("fixed_years_before_start") }}

    ),

    stacked as (

        select *
        from as_of
        union all
        select *
        from fixed

    ),

    final as (

        select
            stacked.bloc,
            party_scope,
            eu_treatment,
            membership_rule,
            membership_as_of,
            year,
            party,
            cast(weight as double) as weight
        from stacked

    )

select *
from final
