-- What the alliances hold of the battery minerals, in the latest year of one source: as they were at the year's end,
-- and with the latest members that are known. The gap between the two is what membership alone decides.
--
-- duckdb -readonly warehouse/orebloc.duckdb < examples/who_holds_what.sql
--
-- Change `asked` to ask for others.
with
    asked as (
        select
            ['msp', 'quad', 'ergi', 'ipef', 'g7'] as blocs,
            ['cobalt', 'lithium', 'nickel', 'copper', 'manganese', 'graphite'] as minerals,
            'production' as measure,
            'usgs_mcs' as source
    ),

    shares as (
        select shares.*
        from marts.mineral_bloc_share as shares, asked
        where
            list_contains(asked.blocs, shares.bloc)
            and list_contains(asked.minerals, shares.mineral)
            and shares.measure = asked.measure
            and shares.source = asked.source
            and shares.stage = 'mine'
            and shares.eu_treatment = 'expanded'
            and shares.party_scope = 'partners'
            and shares.membership_rule in ('year_end', 'fixed')
    ),

    -- A year belongs whole to one edition; the newest that has it.
    latest as (
        select *
        from shares
        qualify
            row_number() over (partition by bloc, mineral, membership_rule order by year desc, edition desc, basis) = 1
    )

select
    mineral,
    bloc,
    year,
    edition,
    round(100 * max(share) filter (where membership_rule = 'year_end'), 1) as at_year_end_pct,
    round(100 * max(share_high) filter (where membership_rule = 'year_end'), 1) as at_most_pct,
    round(100 * max(share) filter (where membership_rule = 'fixed'), 1) as latest_members_pct,
    max(member_parties) filter (where membership_rule = 'year_end') as members_at_year_end
from latest
group by mineral, bloc, year, edition
order by mineral, at_year_end_pct desc nulls last, bloc
;
