with

    spells as (select * from {{ ref("int_membership__spells") }}),

    first_year as (select min({{ year_of("valid_from") }}) as year from spells),

    numbers as ({{ number_series("(select year from first_year)", var("membership_through_year")) }}),

    years as (

        select n as year, {{ make_day("n", 1, 1) }} as opens, {{ make_day("n + 1", 1, 1) }} as closes from numbers

    ),

    final as (

        select
            spells.bloc,
            years.year,
            spells.party,
            spells.role,
            spells.party_scope,
            spells.via,
            {{ is_member_year_end("spells.effective_from", "spells.valid_to", "years.closes") }} as member_year_end,
            true as member_any_day,
            {{
                is_member_year_start(
                    "spells.effective_from", "spells.valid_to", "spells.valid_from_precision", "years.opens"
                )
            }} as member_year_start,
            greatest(spells.effective_from, years.opens) as counted_from,
            least(coalesce(spells.valid_to, years.closes), years.closes) as counted_to,
            {{ days_between("years.opens", "years.closes") }} as days_in_year,
            spells.valid_from,
            spells.valid_from_precision,
            spells.valid_to,
            spells.status
        from spells
        inner join
            years on {{ is_member_any_day("spells.effective_from", "spells.valid_to", "years.opens", "years.closes") }}

    )

select *
from final
