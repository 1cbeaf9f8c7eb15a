"""The dashboard in a real Superset: imported, described, opened, filtered, and polled while releases are published."""

from __future__ import annotations

import copy
import json
import os
import runpy
import shutil
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import duckdb
import pytest
import requests
import yaml
from sqlalchemy.engine import make_url

from bi.superset.bundle import HERE, release_file, write_bundle
from tests.bi.browser import Browser, Exchange, running_browser
from tests.bi.releases import altered
from tests.bi.superset import Message, Superset, page_blocks, running_superset, set_up
from tests.conftest import ROOT, run_cli

CHARTS = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in (HERE / "charts").glob("*.yaml")}
# What the filters say when the dashboard is opened, and something else.
CHOSEN = {"bloc": "Minerals Security Partnership", "scope": "partners and forum", "mineral": "cobalt", "year": 2023,
          "rule": "year end"}  # fmt: skip
OTHER = {"bloc": "Quadrilateral Security Dialogue", "scope": "partners", "mineral": "nickel", "year": 2022,
         "rule": "any day"}  # fmt: skip
COLUMNS = {"bloc": "bloc_name", "scope": "scope", "mineral": "mineral_name", "year": "year", "rule": "rule"}
# Plain SQL on the published file for each chart. Tables: their columns in order. Bars: axis, series, value.
_OF_CHOICE = """
    from marts.mineral_bloc_share
    where eu_treatment = 'as_signed' and bloc = (select bloc from marts.dim_bloc where name_en = $bloc)
        and party_scope = replace($scope, ' ', '_')
"""
_OF_MINERAL = "and mineral = (select mineral from marts.dim_mineral where name_en = $mineral)"
_SERIES = "source || ' ' || edition || ', ' || stage || ', ' || basis"
ANSWERS = {
    "msp_members": """
        select year, count(*), string_agg(party, ' ' order by party) from marts.alliance_membership_by_year
        where bloc = 'msp' and via = 'direct' and member_year_end and year between 2022 and 2024
        group by year order by year""",
    "msp_cobalt_reserves": """
        with answer as (
            from marts.mineral_bloc_share
            where bloc = 'msp' and mineral = 'cobalt' and measure = 'reserves' and year = 2024 and source = 'usgs_mcs'
                and edition = '2024' and membership_rule = 'year_end' and eu_treatment = 'as_signed'
        )
        select replace(party_scope, '_', ' '), 'share_at_least', share_low from answer
        union all select replace(party_scope, '_', ' '), 'share_of_world', share from answer
        union all select replace(party_scope, '_', ' '), 'share_at_most', share_high from answer""",
    "india_blocs": """
        select name_en, role, via, substr(valid_from::varchar, 1,
            case date_precision when 'year' then 4 when 'month' then 7 else 10 end)
        from marts.alliance_membership_by_year join marts.dim_bloc using (bloc)
        where party = 'IND' and year = 2023 and member_year_end order by valid_from, bloc""",
    "us_eu_lists": """
        select list_a, list_b, n_both, replace(minerals_both, '_', ' ') from marts.mineral_list_overlap
        where list_a = 'us_2022' and list_b = 'eu_2020' and level = 'group'""",
    "indonesia_timeline": """
        select substr(event_date::varchar, 1, case date_precision when 'year' then 4 when 'month' then 7 else 10 end),
            replace(category, '_', ' '), title_en, document, text_line
        from marts.fct_policy_event where list_contains(string_split(actors, ';'), 'IDN')
        order by event_date, event_id""",
    "share_over_time": f"""
        select year, {_SERIES}, share {_OF_CHOICE} {_OF_MINERAL}
            and measure = 'production' and membership_rule = replace($rule, ' ', '_') and share is not null""",
    "share_by_rule": f"""
        select replace(membership_rule, '_', ' '), {_SERIES}, share {_OF_CHOICE} {_OF_MINERAL}
            and measure = 'production' and year = $year and share is not null""",
    "all_shares": f"""
        select (select name_en from marts.dim_mineral as minerals where minerals.mineral = mineral_bloc_share.mineral),
            measure, {_SERIES}, share, share_low, share_high, n_members_reporting, n_members,
            case when conflict_ids is null then 0 else 1 + length(conflict_ids) - length(replace(conflict_ids, ',', ''))
                end
        {_OF_CHOICE} and year = $year and membership_rule = replace($rule, ' ', '_') and share is not null
        order by mineral, measure, {_SERIES}""",
    "members_by_year": """
        with years as (
            from marts.alliance_membership_by_year
            where via = 'direct' and bloc = (select bloc from marts.dim_bloc where name_en = $bloc)
        )
        select year, 'at_year_start', count(*) filter (where member_year_start) from years group by year
        union all select year, 'on_any_day', count(*) filter (where member_any_day) from years group by year
        union all select year, 'at_year_end', count(*) filter (where member_year_end) from years group by year""",
    "what_moved": """
        select measure, source, stage, year_from || '–' || year_to, edition_from, edition_to, share_from, share_to,
            100 * change, 100 * change_membership, 100 * change_output, 100 * change_interaction
        from marts.bloc_share_change
        where eu_treatment = 'as_signed' and membership_rule = 'year_end'
            and bloc = (select bloc from marts.dim_bloc where name_en = $bloc)
            and mineral = (select mineral from marts.dim_mineral where name_en = $mineral)
            and party_scope = replace($scope, ' ', '_')
        order by measure, source, stage, year_from, year_to""",
    "conflict_kinds": """
        select replace(kind, '_', ' '), severity, count(*) from marts.source_conflict group by kind, severity""",
    "touching_conflicts": """
        select severity, topic, subject, claim_a, document_a, claim_b, document_b, resolution, chosen
        from marts.source_conflict
        where exists (
            from marts.mineral_bloc_share as shares
            where bloc = (select bloc from marts.dim_bloc where name_en = $bloc)
                and mineral = (select mineral from marts.dim_mineral where name_en = $mineral)
                and contains(shares.conflict_ids, source_conflict.conflict_id)
        )
        order by severity, topic, conflict_id""",
    "editions_held": """
        select source, edition, title, licence, may_redistribute, n_rows from marts.dim_edition
        order by source, edition""",
    "release_shown": "select release_id, built_at, checks_run, checks_passed from marts.build_info",
}
Rows = list[tuple[object, ...]]


@dataclass(frozen=True)
class Shown:
    """The dashboard as a browser showed it: the question and the answer of each chart, all it asked for, its words."""

    questions: dict[str, Message]
    answers: dict[str, list[Message]]
    filters: dict[str, list[Message]]
    exchanges: list[Exchange]
    words: str


@pytest.fixture(scope="module")
def folder(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the page takes it for granted, with a warehouse of its own."""
    made = tmp_path_factory.mktemp("superset")
    shutil.copytree(warehouse, made / "warehouse")
    return made


@pytest.fixture(scope="module")
def printed(folder: Path) -> str:
    """What the page's block printed that sets Superset up and imports the dashboard."""
    return set_up(folder)


@pytest.fixture(scope="module")
def superset(folder: Path, printed: str) -> Iterator[Superset]:
    assert printed
    with running_superset(folder) as running:
        yield running


@pytest.fixture(scope="module")
def browser(superset: Superset) -> Iterator[Browser]:
    with running_browser() as running:
        for cookie in superset.session.cookies:
            running.cookie(superset.url, cookie.name, str(cookie.value))
        # Charts outside the window are not drawn.
        running.size(1600, 3340)
        yield running


@pytest.fixture(scope="module")
def shown(superset: Superset, browser: Browser) -> Shown:
    return look(superset, browser)


def look(superset: Superset, browser: Browser, query: str = "") -> Shown:
    """Open the dashboard, wait until all is drawn, and tell what was asked and answered."""

    def drawn(page: Browser) -> bool:
        counts = page.evaluate(
            "['[data-test=chart-container]', '.loading, [data-test=loading-indicator], .ant-spin, .ant-skeleton']"
            ".map(names => document.querySelectorAll(names).length)"
        )
        return isinstance(counts, list) and counts[0] >= len(CHARTS) and counts[1] == 0

    exchanges = browser.open(f"{superset.url}/superset/dashboard/orebloc/{query}", drawn, patience=600)
    names = {chart["slice_name"]: stem for stem, chart in CHARTS.items()}
    stems = {chart["id"]: names[chart["slice_name"]] for chart in superset.all("chart")}
    questions, answers, filters = {}, {}, {}
    for exchange in exchanges:
        if urlsplit(exchange.url).path == "/api/v1/chart/data":
            question = json.loads(exchange.question or "{}")
            assert exchange.status == 200, exchange.answer
            (answer,) = json.loads(exchange.answer)["result"]
            form = question["form_data"]
            if "slice_id" in form:
                questions[stems[form["slice_id"]]] = question
                answers[stems[form["slice_id"]]] = answer["data"]
            else:
                filters[form["groupby"][0]] = answer["data"]
    return Shown(questions, answers, filters, exchanges, browser.text())


def release_answer(file: Path, stem: str, choice: dict[str, Any]) -> Rows:
    """The rows that plain SQL gives for a chart, in the form that `chart_answer` gives them."""
    sql = ANSWERS[stem]
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(sql, {name: value for name, value in choice.items() if f"${name}" in sql}).fetchall()
    plain = [tuple(_milliseconds(value) for value in row) for row in rows]
    return sorted(plain, key=_bar) if is_bar(stem) else plain


def chart_answer(stem: str, rows: list[Message]) -> Rows:
    """The rows of a chart's answer: of a table as they are, of bars one for each bar."""
    if not is_bar(stem):
        return [tuple(row.values()) for row in rows]
    axis = CHARTS[stem]["params"]["x_axis"]
    bars = [
        (row[axis], series, value)
        for row in rows
        for series, value in row.items()
        if series != axis and value is not None
    ]
    return sorted(bars, key=_bar)


def _bar(row: tuple[object, ...]) -> tuple[str, str]:
    return str(row[0]), str(row[1])


def is_bar(stem: str) -> bool:
    return bool(CHARTS[stem]["viz_type"] == "echarts_timeseries_bar")


def _milliseconds(value: object) -> object:
    """A time as the answers write it: milliseconds since 1970."""
    if isinstance(value, datetime):
        return (value - datetime(1970, 1, 1)).total_seconds() * 1000
    return value


def test_the_page_shows_what_setting_up_prints(printed: str) -> None:
    assert printed == page_blocks()[1]


def test_the_database_is_read_only(superset: Superset, folder: Path) -> None:
    (database,) = superset.all("database")
    held = superset.get(f"/api/v1/database/{database['id']}/connection")["result"]
    assert held["sqlalchemy_uri"] == f"duckdb:///{folder / 'warehouse' / 'orebloc.duckdb'}?access_mode=read_only"
    assert not held["allow_dml"]
    tables = superset.get(f"/api/v1/database/{database['id']}/tables/?q=(schema_name:marts)")["result"]
    assert {"mineral_bloc_share", "build_info"} <= {table["value"] for table in tables}


def test_every_column_is_described(superset: Superset, folder: Path) -> None:
    datasets = superset.all("dataset")
    assert len(datasets) >= 8
    for dataset in datasets:
        assert dataset["description"]
        assert [column["column_name"] for column in dataset["columns"] if not column["description"]] == []
    shares = {column["column_name"]: column for dataset in datasets if dataset["table_name"] == "shares"
              for column in dataset["columns"]}  # fmt: skip
    query = """
        select description_en from marts.data_dictionary
        where table_name = 'mineral_bloc_share' and column_name = 'share'"""
    with duckdb.connect(str(folder / "warehouse" / "orebloc.duckdb"), read_only=True) as connection:
        assert connection.execute(query).fetchone() == (shares["share"]["description"],)


def test_every_chart_shows_the_numbers_of_the_release(shown: Shown, folder: Path) -> None:
    assert set(shown.answers) == set(ANSWERS) == set(CHARTS)
    assert len(CHARTS) >= 8
    for stem, rows in shown.answers.items():
        expected = release_answer(folder / "warehouse" / "orebloc.duckdb", stem, CHOSEN)
        assert expected, stem
        assert chart_answer(stem, rows) == expected, stem


def test_the_five_questions_have_the_answers_of_the_readme(shown: Shown) -> None:
    members = {row[0]: row[1] for row in chart_answer("msp_members", shown.answers["msp_members"])}
    assert members == {2022: 11, 2023: 14, 2024: 15}
    shares = {bar[:2]: round(100 * float(str(bar[2])), 1) for bar in
              chart_answer("msp_cobalt_reserves", shown.answers["msp_cobalt_reserves"])}  # fmt: skip
    assert shares["partners", "share_of_world"] == 18.2
    assert shares["partners and forum", "share_of_world"] == 75.9
    assert shares["partners and forum", "share_at_most"] == 87.8
    assert len(shown.answers["india_blocs"]) == 3
    assert shown.answers["us_eu_lists"][0]["n_both"] == 21
    assert len(shown.answers["indonesia_timeline"]) == 8


def test_no_chart_says_an_error_or_is_empty(shown: Shown, browser: Browser, tmp_path: Path) -> None:
    for words in ("No results", "Data error", "Unexpected error", "error occurred", "went wrong", "Error:"):
        assert words not in shown.words
    for chart in CHARTS.values():
        assert chart["slice_name"] in shown.words
    assert browser.evaluate("document.querySelectorAll('.ant-alert-error').length") == 0
    picture = browser.picture()
    assert picture.startswith(b"\x89PNG")
    # A picture of empty boxes would be far smaller.
    assert len(picture) > 150_000
    # OREBLOC_PICTURE=picture.png make bi keeps it, for docs/superset.png.
    Path(os.environ.get("OREBLOC_PICTURE", tmp_path / "superset.png")).write_bytes(picture)


def test_the_page_asks_nobody_else(shown: Shown, browser: Browser, superset: Superset) -> None:
    assert shown.exchanges
    assert {urlsplit(address).netloc for address in browser.addresses()} == {urlsplit(superset.url).netloc}


def test_the_filters_offer_what_the_release_has(shown: Shown, folder: Path) -> None:
    offered = {
        "bloc_name": "select distinct name_en from marts.mineral_bloc_share join marts.dim_bloc using (bloc)",
        "mineral_name": "select distinct name_en from marts.mineral_bloc_share join marts.dim_mineral using (mineral)",
        "year": "select distinct year from marts.mineral_bloc_share",
        "rule": "select distinct replace(membership_rule, '_', ' ') from marts.mineral_bloc_share",
        "scope": "select distinct replace(party_scope, '_', ' ') from marts.mineral_bloc_share",
    }
    with duckdb.connect(str(folder / "warehouse" / "orebloc.duckdb"), read_only=True) as connection:
        for column, query in offered.items():
            values = [row[column] for row in shown.filters[column]]
            assert sorted(values) == sorted(value for (value,) in connection.execute(query).fetchall()), column


def test_the_filters_filter_what_they_should_and_nothing_else(
    shown: Shown, superset: Superset, browser: Browser, folder: Path
) -> None:
    """Opened with other values in all filters, every chart that follows one answers as plain SQL does with them."""
    parts = []
    for name, value in OTHER.items():
        said = str(value) if isinstance(value, int) else f"'{value}'"
        parts.append(
            f"NATIVE_FILTER-{name}:(extraFormData:(filters:!((col:{COLUMNS[name]},op:IN,val:!({said})))),"
            f"filterState:(value:!({said})),id:NATIVE_FILTER-{name},ownState:())"
        )
    filtered = look(superset, browser, f"?native_filters={quote('(' + ','.join(parts) + ')')}")
    follow = {stem for stem, sql in ANSWERS.items() if any(f"${name}" in sql for name in OTHER)}
    assert len(follow) >= 5
    for stem, rows in filtered.answers.items():
        expected = release_answer(folder / "warehouse" / "orebloc.duckdb", stem, OTHER)
        assert expected, stem
        assert chart_answer(stem, rows) == expected, stem
        assert (rows != shown.answers[stem]) == (stem in follow), stem


def test_shares_that_fall_together_are_refused_and_not_added(shown: Shown, superset: Superset) -> None:
    # One bloc alone has a forum: without a bloc its share would still be the only one of that scope.
    for columns in ({"mineral_name"}, {"scope"}, {"rule"}, {"bloc_name", "scope"}):
        question = copy.deepcopy(shown.questions["share_over_time"])
        (query,) = question["queries"]
        query["filters"] = [one for one in query["filters"] if one["col"] not in columns]
        answer = superset.session.post(f"{superset.url}/api/v1/chart/data", json=question, timeout=600)
        assert not answer.ok
        assert "never added" in answer.text


def test_importing_again_changes_nothing(superset: Superset, folder: Path, tmp_path: Path) -> None:
    before = {kind: len(superset.all(kind)) for kind in ("database", "dataset", "chart", "dashboard")}
    write_bundle(release_file(folder / "warehouse"), tmp_path / "again.zip")
    superset.import_dashboard(tmp_path / "again.zip")
    assert {kind: len(superset.all(kind)) for kind in before} == before
    assert before == {"database": 1, "dataset": 9, "chart": len(CHARTS), "dashboard": 1}


class Poller(threading.Thread):
    """Puts the questions of all charts in turn until it is stopped; keeps what was said and what failed."""

    def __init__(self, superset: Superset, questions: dict[str, Message]) -> None:
        super().__init__()
        self.seen: dict[str, set[str]] = defaultdict(set)
        self.failed: list[str] = []
        self.n_requests = 0
        self.stop = threading.Event()
        self._questions = questions
        session = requests.Session()
        session.headers.update(superset.session.headers)
        session.cookies.update(superset.session.cookies)
        self._superset = Superset(superset.port, session)

    def run(self) -> None:
        while not self.stop.is_set():
            for stem, question in self._questions.items():
                self.n_requests += 1
                try:
                    self.seen[stem].add(json.dumps(self._superset.ask(question)))
                except (AssertionError, requests.RequestException) as error:
                    self.failed.append(str(error))
                if self.stop.is_set():
                    return


def test_the_dashboard_is_polled_while_releases_are_published(
    shown: Shown, superset: Superset, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = folder / "warehouse"
    first = json.loads((place / "current.json").read_text(encoding="utf-8"))["release_id"]
    other = altered(
        place,
        tmp_path / "other",
        f"{first}-9",
        "update marts.mineral_bloc_share set share = share / 2, share_low = share_low / 2",
        "delete from marts.fct_policy_event where actors = 'IDN'",
        "update marts.bloc_share_change set change = change / 2",
    )
    # Whole, as a rollback asks: with all that a release holds beside its file.
    shutil.copytree(place / "releases" / first, place / "releases" / f"{first}-9")
    shutil.copytree(other / "releases" / f"{first}-9", place / "releases" / f"{first}-9", dirs_exist_ok=True)

    allowed: dict[str, set[str]] = defaultdict(set)

    def note_answers() -> str:
        """Keep what each chart says now, after a comparison with the release; the release's id."""
        for stem, question in shown.questions.items():
            rows = superset.ask(question)
            assert chart_answer(stem, rows) == release_answer(place / "orebloc.duckdb", stem, CHOSEN), stem
            allowed[stem].add(json.dumps(rows))
        return str(superset.ask(shown.questions["release_shown"])[0]["release_id"])

    assert note_answers() == first
    pollers = [Poller(superset, shown.questions) for _ in range(4)]
    for poller in pollers:
        poller.start()
    try:
        for release in (f"{first}-9", first, f"{first}-9", first):
            done = run_cli("rollback", release, "--warehouse", str(place))
            assert done.returncode == 0, done.stderr
            # At once, and while requests to the release before are under way.
            assert note_answers() == release
        # Beside a polled Superset a build takes longer than `run_cli` waits.
        command = [sys.executable, "-m", "etl.cli", "build", "--force", "--warehouse", str(place)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=1200)
        assert done.returncode == 0, done.stdout + done.stderr
        assert note_answers() not in {first, f"{first}-9"}
    finally:
        for poller in pollers:
            poller.stop.set()
        for poller in pollers:
            poller.join()
    n_requests = sum(poller.n_requests for poller in pollers)
    with capsys.disabled():
        print(f"\n{n_requests} requests of the dashboard while 5 releases were published")  # noqa: T201
    assert [failure for poller in pollers for failure in poller.failed] == []
    assert n_requests > 100
    for poller in pollers:
        for stem, seen in poller.seen.items():
            assert seen <= allowed[stem], stem
    assert len({answer for poller in pollers for answer in poller.seen["msp_cobalt_reserves"]}) == 2


def test_the_pointer_is_followed_and_any_other_file_is_left_alone(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPERSET_HOME", str(tmp_path / "home"))
    settings = runpy.run_path(str(HERE / "superset_config.py"))
    assert settings["SECRET_KEY"] == (tmp_path / "home" / "secret_key").read_text()
    assert len(settings["SECRET_KEY"]) > 42
    assert settings["SECRET_KEY"] == runpy.run_path(str(HERE / "superset_config.py"))["SECRET_KEY"]
    mutate: Callable[..., tuple[Any, Any]] = settings["DB_CONNECTION_MUTATOR"]
    current = json.loads((folder / "warehouse" / "current.json").read_text(encoding="utf-8"))["release_id"]
    uri, params = mutate(
        make_url(f"duckdb:///{folder}/warehouse/orebloc.duckdb?access_mode=read_only"), {"a": 1}, "", None, None
    )
    assert uri.database == str(folder / "warehouse" / "releases" / current / "orebloc.duckdb")
    assert (uri.query, params) == ({"access_mode": "read_only"}, {"a": 1})
    for other in ("duckdb:///:memory:", f"duckdb:///{tmp_path}/x.duckdb", "postgresql://a@b/c"):
        assert mutate(make_url(other), {}, "", None, None)[0] == make_url(other)
