-- What to doubt before quoting a share: the contradictions that its rows name and those about its mineral, with both
-- claims, their places and what orebloc uses; the gravest first.
--
-- duckdb -readonly warehouse/orebloc.duckdb < examples/what_to_doubt.sql
--
-- Change `asked` to ask for others.
with
    asked as (select 'msp' as bloc, 'cobalt' as mineral, 'reserves' as measure, 'year_end' as membership_rule),

    named as (
        select distinct unnest(string_split(shares.conflict_ids, ', ')) as conflict_id
        from marts.mineral_bloc_share as shares
        inner join asked using (bloc, mineral, measure, membership_rule)
    ),

    about_the_mineral as (
        select conflicts.conflict_id from marts.source_conflict as conflicts inner join asked using (mineral)
    ),

    touched as (
        select conflict_id
        from named
        union
        select conflict_id
        from about_the_mineral
    )

select
    conflicts.severity,
    conflicts.subject,
    conflicts.claim_a,
    conflicts.document_a || ', ' || conflicts.locator_a as place_a,
    conflicts.claim_b,
    conflicts.document_b || ', ' || conflicts.locator_b as place_b,
    case
        conflicts.chosen when 'a' then conflicts.claim_a when 'b' then conflicts.claim_b else conflicts.chosen
    end as used,
    conflicts.reason
from touched
inner join marts.source_conflict as conflicts using (conflict_id)
order by
    case conflicts.severity when 'high' then 1 when 'medium' then 2 else 3 end, conflicts.subject, conflicts.conflict_id
;
