-- Who moves a share: what a bloc's share would be without each member that reports anything, largest effect first.
--
-- duckdb -readonly warehouse/orebloc.duckdb < examples/who_moves_the_share.sql
--
-- Change `asked` to ask for others.
with
    asked as (
        select
            'msp' as bloc,
            'cobalt' as mineral,
            'reserves' as measure,
            'fixed' as membership_rule,
            'partners_and_forum' as party_scope,
            'as_signed' as eu_treatment
    ),

    shares as (
        select shares.*
        from marts.mineral_bloc_share as shares
        inner join asked using (bloc, mineral, measure, membership_rule, party_scope, eu_treatment)
        qualify row_number() over (order by year desc, source, edition desc, stage, basis) = 1
    ),

    members as (select shares.*, unnest(string_split(shares.member_parties, ', ')) as party from shares),

    -- The cells of the very table that the share was computed from.
    held as (
        select
            members.party,
            members.year,
            members.source,
            members.edition,
            members.share,
            sum(cells.value_tonnes) as tonnes,
            sum(cells.value_tonnes)
            / coalesce(any_value(members.world_published), any_value(members.world_all_rows)) as of_world,
            string_agg(distinct cells.file || ', ' || cells.locator, '; ') as cell
        from members
        inner join
            marts.fct_observation as cells
            on members.source = cells.source
            and members.edition = cells.edition
            and members.mineral = cells.mineral
            and members.measure = cells.measure
            and members.stage = cells.stage
            and members.basis = cells.basis
            and members.year = cells.year
            and members.party = cells.party
        where cells.value_tonnes is not null
        group by members.party, members.year, members.source, members.edition, members.share
    )

select
    held.party,
    parties.name_en,
    held.source || ' ' || held.edition as edition,
    held.year,
    held.tonnes,
    round(100 * held.share, 1) as share_pct,
    round(100 * (held.share - held.of_world), 1) as without_it_pct,
    held.cell
from held
inner join marts.dim_party as parties using (party)
order by held.of_world desc, held.party
;
