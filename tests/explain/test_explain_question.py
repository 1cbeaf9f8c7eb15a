"""Names are forgiven, choices are said, and what has no answer is told what exists nearest to it."""

from __future__ import annotations

import duckdb
import pytest

from etl.ask.names import Named, find
from etl.explain.asked import Asked
from etl.explain.question import resolve
from etl.explain.unanswered import years_text
from etl.faults import Fault, FaultsFound

Connection = duckdb.DuckDBPyConnection


def refusal(connection: Connection, asked: Asked) -> str:
    """What is answered to a question that has no answer."""
    with pytest.raises(FaultsFound) as caught:
        resolve(connection, asked)
    return "\n".join(map(str, caught.value.faults))


@pytest.mark.parametrize(
    "bloc",
    ["msp", "MSP", "Minerals Security Partnership", "minerals-security partnership", "矿产安全伙伴关系", "金属北约"],
)
@pytest.mark.parametrize("mineral", ["cobalt", "Cobalt", "钴", "Co"])
def test_every_way_to_call_a_thing_finds_it(release: Connection, bloc: str, mineral: str) -> None:
    question = resolve(release, Asked(bloc, mineral, 2022))
    assert (question.bloc.code, question.mineral.code) == ("msp", "cobalt")


@pytest.mark.parametrize(
    ("said", "code"), [("year end", "year_end"), ("Day-Weighted", "day_weighted"), ("FIXED", "fixed")]
)
def test_a_rule_is_found_however_it_is_written(release: Connection, said: str, code: str) -> None:
    assert resolve(release, Asked("msp", "cobalt", 2023, rule=said)).composition.rule == code


def test_a_scope_and_a_source_have_other_names_too(release: Connection) -> None:
    question = resolve(release, Asked("msp", "cobalt", 2023, scope="forum", source="Mineral Commodity Summaries"))
    assert question.composition.scope == "partners_and_forum"
    assert question.series.source == "usgs_mcs"


def test_a_code_goes_before_a_name_and_a_name_before_a_symbol() -> None:
    things = [Named("co", "carbon monoxide"), Named("cobalt", "cobalt", symbol="Co"), Named("lead", "co")]
    found = find("Co", things, "MINERAL", "mineral")
    assert isinstance(found, Named)
    assert found.code == "co"


def test_a_name_that_two_things_share_is_not_guessed() -> None:
    two = [Named("rare_earths", "rare earths (group)"), Named("rare_earths_oxide", "rare earths (oxide)")]
    found = find("rare earths", two, "MINERAL", "mineral")
    assert isinstance(found, Named)
    assert found.code == "rare_earths"
    found = find("Rare  Earths", [Named("a", "rare earths (group)"), two[1]], "MINERAL", "mineral")
    assert isinstance(found, Fault)
    assert "'a', 'rare_earths_oxide'" in str(found)


def test_all_unknown_names_are_told_together_with_the_nearest(release: Connection) -> None:
    said = refusal(
        release,
        Asked("mspp", "cobolt", 2022, "produktion", source="usgs", rule="year_ends", eu="expand", scope="partner"),
    )
    for place, nearest in {
        "BLOC": "'msp'",
        "MINERAL": "'cobalt'",
        "--measure": "'production'",
        "--source": "'usgs_mcs'",
        "--rule": "'year_end'",
        "--eu": "'expanded'",
        "--scope": "'partners'",
    }.items():
        (line,) = [line for line in said.splitlines() if line.startswith(place)]
        assert nearest in line


def test_a_year_without_data_is_answered_with_the_years_that_have_some(release: Connection) -> None:
    said = refusal(release, Asked("msp", "cobalt", 2030))
    assert "'2030'" in said
    assert "2022-2023; the nearest is 2023" in said


def test_a_year_without_members_is_answered_with_the_rules_that_have_some(release: Connection) -> None:
    said = refusal(release, Asked("msp", "cobalt", 2022, rule="year_start"))
    assert "Years with data: 2023" in said
    assert "In 2022 there are members under: year_end, any_day, day_weighted, fixed" in said


def test_an_edition_that_is_not_there_is_answered_with_those_that_are(release: Connection) -> None:
    assert "There is for 2022: 2024" in refusal(release, Asked("msp", "cobalt", 2022, edition="2019"))
    assert "There is for 2022: content" in refusal(release, Asked("msp", "cobalt", 2022, basis="li2o"))
    assert "There is for 2022: mine" in refusal(release, Asked("msp", "cobalt", 2022, stage="smelter"))


def test_a_release_without_the_mineral_says_what_it_has(release: Connection) -> None:
    said = refusal(release, Asked("msp", "uranium"))
    assert "holds no production by country of uranium" in said
    assert "cobalt" in said
    assert "orebloc fetch" in said


def test_a_bloc_whose_members_nobody_dates_says_so(release: Connection) -> None:
    said = refusal(release, Asked("USMCA", "cobalt"))
    assert "nobody is known to count" in said
    assert "where bloc = 'usmca'" in said


@pytest.mark.parametrize(
    "asked", [Asked("quad", "cobalt", scope="forum"), Asked("quad", "cobalt", against="fixed:forum")]
)
def test_a_bloc_without_a_forum_has_no_such_scope(release: Connection, asked: Asked) -> None:
    assert "quad has no forum" in refusal(release, asked)


def test_what_was_left_open_is_chosen_and_said(release: Connection) -> None:
    question = resolve(release, Asked("msp", "cobalt"))
    assert question.series.year == 2023
    (choice,) = question.choices
    assert (choice.what, choice.chosen, choice.others) == ("year", "2023", ("2022",))
    assert resolve(release, Asked("msp", "cobalt", measure="reserves")).series.year == 2024


def test_contained_metal_goes_before_gross_ore(release: Connection) -> None:
    question = resolve(release, Asked("quad", "iron ore", 2023))
    assert question.series.basis == "content"
    (choice,) = question.choices
    assert choice.others == ("usgs_mcs 2024 (mine, gross_ore)",)
    assert resolve(release, Asked("quad", "iron ore", 2023, basis="gross_ore")).series.basis == "gross_ore"


def test_the_newest_edition_of_the_first_source_is_chosen_and_the_others_are_listed(landed: Connection) -> None:
    question = resolve(landed, Asked("msp", "cobalt", 2023))
    assert (question.series.source, question.series.edition, question.series.stage) == ("usgs_mcs", "2025", "mine")
    others = {choice.what: choice.others for choice in question.choices}
    assert "usgs_mcs 2024 (mine, content)" in others["edition"]
    assert "bgs 2023 (mine, content)" in others["source"]
    assert "bgs 2023 (refinery, content)" in others["stage"]
    assert "The year is in: bgs 2023" in refusal(landed, Asked("msp", "cobalt", 2023, source="wmd"))


def test_what_it_is_compared_with_can_be_named_in_any_order(release: Connection) -> None:
    usual = resolve(release, Asked("msp", "cobalt", 2022)).against
    assert (usual.rule, usual.scope, usual.eu) == ("fixed", "partners_and_forum", "as_signed")
    named = resolve(release, Asked("msp", "cobalt", 2022, against="expanded:any day")).against
    assert (named.rule, named.scope, named.eu) == ("any_day", "partners", "expanded")
    turned = resolve(release, Asked("msp", "cobalt", 2022, rule="fixed", scope="forum")).against
    assert (turned.rule, turned.scope) == ("year_end", "partners")
    assert "--against" in refusal(release, Asked("msp", "cobalt", 2022, against="fixt"))


def test_names_are_values_and_never_sql(release: Connection) -> None:
    assert "unknown bloc" in refusal(release, Asked("msp' or 1=1 --", "cobalt"))


def test_years_are_written_as_ranges() -> None:
    assert years_text([2011, 2013, 2012, 2018, 2020, 2021]) == "2011-2013, 2018, 2020-2021"
