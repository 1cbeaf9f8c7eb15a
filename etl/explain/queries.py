"""The questions that are put to the published file, as parametrised SQL; what a user typed is only ever a value."""

from __future__ import annotations

RELEASE = "select release_id, built_at, git_commit from marts.build_info"

EDITION = """
select source, edition, publisher, title, url, published_on, published_precision, licence
from marts.dim_edition where source = $source and edition = $edition
"""

# Every reading of the year in one go: all rules, scopes and treatments, in all tables.
READINGS = """
select
    source, edition, measure, stage, basis, year, membership_rule, party_scope, eu_treatment, membership_as_of,
    share, share_low, share_high, bloc_value, world_published, world_all_rows, world_named_rows, share_of_all_rows,
    share_of_named_rows, unit, n_members, n_members_reporting, member_parties
from marts.mineral_bloc_share
where bloc = $bloc and mineral = $mineral and measure = $measure and year = $year
order by stage, source, edition, basis, party_scope, eu_treatment, membership_rule
"""

MEMBERS = """
select membership_rule, party_scope, eu_treatment, party, weight
from intermediate.int_shares__members
where bloc = $bloc and year = $year
"""

PARTIES = "select party, name_en, name_zh from marts.dim_party"

# The forum that belongs to a bloc.
FORUMS = """
select bloc, name_en from marts.dim_bloc where instrument = 'forum' and parent_bloc = $bloc order by bloc
"""

# With the accessions to the EU.
INTERVALS = """
select bloc, party, role, valid_from, valid_from_precision, valid_to, status, n_claims, resolution, document, locator
from marts.fct_bloc_membership
where bloc = $bloc or bloc = 'eu' or bloc in (
    select forums.bloc from marts.dim_bloc as forums where forums.instrument = 'forum' and forums.parent_bloc = $bloc
)
"""

SPELLS = """
select bloc, party, via, role, valid_from, valid_from_precision, effective_from, valid_to, status
from intermediate.int_membership__spells
where bloc = $bloc or bloc in (
    select forums.bloc from marts.dim_bloc as forums where forums.instrument = 'forum' and forums.parent_bloc = $bloc
)
order by bloc, party, via desc, valid_from
"""

CLAIMS = """
select
    bloc, party, role, joined, joined_precision, left_on, document, locator, text_line, printed_zh, is_rejected, note
from marts.fct_membership_claim
where bloc = $bloc or bloc in (
    select forums.bloc from marts.dim_bloc as forums where forums.instrument = 'forum' and forums.parent_bloc = $bloc
)
order by bloc, party, document, text_line, locator
"""

SERIES = """
select
    world_published, is_world_lower_bound, world_low, world_high, world_named_rows, residual, world_all_rows,
    n_withheld,
    is_world_without_withheld
from intermediate.int_shares__series
where
    source = $source and edition = $edition and mineral = $mineral and basis = $basis and stage = $stage
    and measure = $measure and year = $year
"""

HOLDINGS = """
select party, value_tonnes, low_tonnes, high_tonnes
from intermediate.int_observations__by_party
where
    source = $source and edition = $edition and mineral = $mineral and basis = $basis and stage = $stage
    and measure = $measure and year = $year
"""

# The cells that the holdings are summed from: of tables of the world by country, in units of mass.
CELLS = """
select
    cells.party, cells.party_printed, cells.series as sub_series, cells.value, cells.value_low, cells.value_high,
    cells.unit, cells.value_tonnes, cells.value_flag, cells.original_value, cells.original_unit, cells.note, cells.file,
    cells.locator, cells.is_corrected, cells.is_revised
from marts.fct_observation as cells
inner join marts.dim_unit as units on cells.unit = units.unit
where
    cells.source = $source and cells.edition = $edition and cells.mineral = $mineral and cells.basis = $basis
    and cells.stage = $stage and cells.measure = $measure and cells.year = $year
    and units.dimension = 'mass' and cells.table_kind in ('world', 'parts', 'production', 'shares')
order by cells.party, cells.series, cells.locator
"""

DOCUMENTS = """
select document, title, publisher, published_on, date_precision, kind, url, doi, note from marts.dim_document
"""

PRINTED = """
select
    claims.claim_id, claims.document, claims.locator, claims.text_line, claims.subject, claims.measure, claims.party,
    claims.bloc, claims.year, claims.printed, claims.value, claims.value_low, claims.value_high, claims.unit,
    claims.value_tonnes, claims.basis, claims.qualifier, claims.claim_flag, claims.note,
    cells.verdict, cells.reason, cells.recomputed_paper_reading, cells.recomputed_year_end, cells.source, cells.edition,
    cells.printed_value, cells.unit as cell_unit
from marts.fct_article_claim as claims
left join
    marts.article_table_reproduction as cells
    on claims.document = cells.document and claims.mineral = cells.mineral and claims.locator = cells.locator
where
    claims.mineral = $mineral and claims.measure in ($measure, $measure || '_share')
    and (
        list_contains($blocs, claims.bloc)
        or (claims.bloc is null and (claims.party is null or list_contains($parties, claims.party)))
    )
order by claims.document, claims.text_line, claims.claim_id
"""

HAS_CONFLICTS = """
select count(*) as n from information_schema.tables where table_schema = 'marts' and table_name = 'source_conflict'
"""

CONFLICTS = """
select
    conflict_id, topic, kind, subject, claim_a, document_a, locator_a, claim_b, document_b, locator_b, resolution,
    chosen, reason, severity
from marts.source_conflict
where
    list_contains($places, document_a || ' ' || locator_a) or list_contains($places, document_b || ' ' || locator_b)
order by conflict_id
"""
