"""What an explanation says adds up to the mart, and every member has its proof."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import duckdb
import pytest

from etl.ask.release import Unreadable, published
from etl.explain.asked import Asked
from etl.explain.evidence import explain
from etl.explain.layout import lay_out
from etl.explain.model import Explanation, Member, Move
from etl.explain.question import resolve

Connection = duckdb.DuckDBPyConnection

# One reading of every bloc: which rule, scope and treatment falls to which bloc is fixed by a hash.
_SAMPLE = """
select bloc, mineral, year, measure, source, edition, membership_rule, eu_treatment, party_scope, stage, basis
from marts.mineral_bloc_share
where mineral = $mineral
qualify row_number() over (
    partition by bloc order by md5(concat(bloc, membership_rule, eu_treatment, party_scope, measure, year, basis))
) = 1
order by bloc
"""


def explained(connection: Connection, *asked: str | int | None, **options: str) -> Explanation:
    return explain(connection, resolve(connection, Asked(*asked, **options)))  # type: ignore[arg-type]


def member(explanation: Explanation, party: str) -> Member:
    return next(entry for entry in explanation.members if entry.party.code == party)


def move(explanation: Explanation, party: str) -> Move:
    return next(entry for entry in explanation.difference.moves if entry.party.code == party)


def close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.parametrize("mineral", ["cobalt", "lithium"])
def test_the_parts_sum_to_the_mart_for_every_bloc(release: Connection, mineral: str) -> None:
    samples = release.execute(_SAMPLE, {"mineral": mineral}).fetchall()
    assert len(samples) > 40
    for sample in samples:
        assert_adds_up(release, explain(release, resolve(release, Asked(*sample))))


def test_the_parts_sum_to_the_mart_with_the_official_files(landed: Connection) -> None:
    for sample in landed.execute(_SAMPLE, {"mineral": "lithium"}).fetchall():
        assert_adds_up(landed, explain(landed, resolve(landed, Asked(*sample))))


def assert_adds_up(connection: Connection, explanation: Explanation) -> None:
    answer, about = explanation.answer, explanation.question
    counted = [entry.counted_tonnes for entry in explanation.members if entry.counted_tonnes is not None]
    assert sorted(entry.party.code for entry in explanation.members) == sorted(answer.members), about
    assert len(counted) == answer.n_members_reporting, about
    if answer.share is None:
        assert counted == [], about
        assert explanation.bounds == (), about
    else:
        assert close(sum(counted), answer.bloc_tonnes or 0), about
        assert close(explanation.bounds[-1].low, answer.share_low or 0), about
        assert close(explanation.bounds[-1].high, answer.share_high or 0), about
    for entry in explanation.members:
        cells = [cell.value_tonnes for cell in entry.holding.cells if cell.value_tonnes is not None]
        assert close(sum(cells), entry.holding.value_tonnes or 0), (about, entry.party)
        assert entry.memberships, (about, entry.party)
        assert all(spell.document and spell.resolution for spell in entry.memberships), (about, entry.party)
    difference = explanation.difference
    if difference.points is not None:
        assert close(sum(entry.points or 0 for entry in difference.moves), difference.points), about
    assert connection.execute(explanation.sql["share"]).fetchone()[0] == answer.share, about  # type: ignore[index]
    copied = connection.execute(explanation.sql["cells"]).fetchall()
    assert close(sum(row[3] or 0 for row in copied), answer.bloc_tonnes or 0), about


def test_seventy_nine_against_six(landed: Connection) -> None:
    explanation = explained(landed, "msp", "cobalt", 2022, source="wmd")
    difference = explanation.difference
    assert round(100 * (explanation.answer.share or 0), 1) == 6.4
    assert round(100 * (difference.against.share or 0), 1) == 79.3
    first = difference.moves[0]
    assert (first.party.code, first.value_tonnes) == ("COD", 115371)
    assert round(100 * (first.points or 0), 2) == 69.49
    assert "observer since 2022-06" in first.because
    assert "forum member since 2024-09-26" in first.because
    claim = next(entry for entry in explanation.printed if entry.printed == "79")
    assert (claim.document.document, claim.text_line, claim.verdict) == ("zhang2024", 169, "reproduced")
    assert any("79.3 % under fixed, partners_and_forum, as_signed in wmd 2024" in reason for reason in claim.differs)
    assert {(other.series.source, other.series.stage) for other in explanation.other_series} >= {
        ("wmd", "mine"),
        ("usgs_mcs", "mine"),
        ("bgs", "refinery"),
    }


def test_a_member_that_withholds_is_not_one_without_a_row(release: Connection) -> None:
    explanation = explained(release, "msp", "lithium", 2023)
    usa, japan = member(explanation, "USA"), member(explanation, "JPN")
    assert (usa.holding.reports, usa.holding.value_tonnes, usa.counted_tonnes) == ("withheld", None, None)
    assert usa.holding.cells[0].original_value == "W"
    assert (japan.holding.reports, japan.holding.cells) == ("no_row", ())
    assert member(explanation, "EUU").holding.reports == "through_its_states"
    text = str(lay_out(explanation))
    assert "United States: withheld" in text
    assert "No row in this table (null, not zero): Finland" in text


def test_a_state_counts_through_the_eu_when_expanded(release: Connection) -> None:
    explanation = explained(release, "msp", "lithium", 2023, eu="expanded", against="as_signed")
    portugal = member(explanation, "PRT")
    (spell,) = portugal.memberships
    assert (spell.via, spell.valid_from.isoformat(), spell.document) == ("EUU", "2022-06-14", "state_msp_2022_06_14")
    assert portugal.counted_tonnes == 380
    assert [spell.via for spell in member(explanation, "FIN").memberships] == ["direct", "EUU"]
    assert "EUU" not in {entry.party.code for entry in explanation.members}
    assert move(explanation, "PRT").because == "a state of the EU that did not sign itself"
    assert move(explanation, "EUU").because == "its member states stand in its place"
    assert close(explanation.difference.points or 0, -380 / 180000)
    assert "through the EU" in str(lay_out(explanation))


def test_days_weigh_as_precisely_as_they_are_known(release: Connection) -> None:
    explanation = explained(release, "msp", "cobalt", 2023, rule="day_weighted")
    weights = {entry.party.code: entry.weight for entry in explanation.members}
    assert weights["USA"] == 1
    assert close(weights["IND"], 193 / 365)
    assert close(weights["ITA"], 334 / 365)
    assert close(weights["NOR"], 184 / 365)
    words = " ".join(explanation.rule_words)
    assert "Italy (2023-02)" in words
    assert "Norway (2023)" in words


def test_who_has_left_is_named_with_the_day(release: Connection) -> None:
    explanation = explained(release, "eu", "cobalt", 2022)
    because = {entry.party.code: entry.because for entry in explanation.bystanders}
    assert because["GBR"] == "left on 2020-02-01"


def test_a_leaver_counts_until_it_leaves(landed: Connection) -> None:
    explanation = explained(landed, "eu", "tin", 2020, source="wmd", rule="day_weighted")
    britain = member(explanation, "GBR")
    assert close(britain.weight, 31 / 366)
    assert britain.memberships[0].valid_to is not None
    assert move(explanation, "GBR").because == "left on 2020-02-01"


def test_nobody_reporting_is_null_and_not_zero(release: Connection) -> None:
    row = release.execute(
        "select bloc, mineral, year, measure from marts.mineral_bloc_share where share is null "
        "and membership_rule = 'year_end' and eu_treatment = 'as_signed' and party_scope = 'partners' order by all"
    ).fetchone()
    assert row is not None
    explanation = explained(release, *row)
    assert explanation.answer.share is None
    sheet = lay_out(explanation)
    assert "null is not zero" in sheet.headline
    assert "none reports" in str(sheet)


def test_every_party_that_is_named_counts_or_says_why_not(release: Connection) -> None:
    explanation = explained(release, "msp", "copper", 2023)
    because = {entry.party.code: entry.because for entry in explanation.bystanders}
    assert because["COD"] == "observer since 2022-06, no member; forum member since 2024-09-26"
    assert because["EST"] == "joined 2024-03-03"
    assert because["POL"] == "a state of the EU that did not sign itself"
    assert because["ARM"] == "named by zhang2024, claim rejected"
    assert not set(because) & {entry.party.code for entry in explanation.members}
    assert all(because.values())


def test_a_locator_stands_only_beside_its_own_document(release: Connection) -> None:
    explanation = explained(release, "msp", "copper", 2023)
    (spell,) = member(explanation, "NOR").memberships
    own = {claim.locator for claim in member(explanation, "NOR").claims if claim.document == spell.document}
    assert set(spell.locator.split("; ")) <= own


def test_registered_conflicts_are_shown_where_the_release_has_any(
    release: Connection, warehouse: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.duckdb"
    shutil.copyfile(warehouse / "orebloc.duckdb", copy)
    columns = (
        "conflict_id, topic, kind, subject, claim_a, locator_a, document_a, claim_b, locator_b, document_b, "
        "detected_by, resolution, chosen, reason, severity"
    )
    with duckdb.connect(str(copy)) as connection:
        connection.execute("drop table if exists marts.source_conflict")
        connection.execute(f"create table marts.source_conflict ({columns.replace(',', ' varchar,')} varchar)")
        places = [("c1", "Table 5, row 总量, column 钴"), ("c2", "Table 9"), ("c3", "Table 1, row 4, column 成员")]
        for conflict, place in places:
            connection.execute(
                "insert into marts.source_conflict by name "
                "select $id as conflict_id, $place as locator_a, 'zhang2024' as document_a, '0.94' as claim_a",
                {"id": conflict, "place": place},
            )
    with published(copy) as connection:
        explanation = explained(connection, "msp", "cobalt", 2022)
    assert [conflict.conflict_id for conflict in explanation.conflicts] == ["c1", "c3"]
    assert "Registered conflict c1" in str(lay_out(explanation))


def test_nothing_but_the_published_file_can_be_reached(warehouse: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    with published(warehouse / "orebloc.duckdb") as connection:
        with pytest.raises(duckdb.PermissionException):
            connection.execute(f"select * from read_csv('{secret}')")
        with pytest.raises(duckdb.InvalidInputException):
            connection.execute("create table marts.spoiled (a integer)")


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.duckdb"
    with duckdb.connect(str(other)) as connection:
        connection.execute("create table t (a integer)")
    with pytest.raises(Unreadable), published(other) as connection:
        resolve(connection, Asked("msp", "cobalt"))
