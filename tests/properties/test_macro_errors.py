"""A wrong argument of a table macro is named, with the nearest right one; no text breaks out of its place."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from etl.published.install import table_macros

Connection = duckdb.DuckDBPyConnection

# Right arguments of every macro, by the names of its parameters.
RIGHT: dict[str, object] = {
    "bloc": "msp",
    "bloc_a": "msp",
    "bloc_b": "quad",
    "mineral": "cobalt",
    "measure": "production",
    "membership_rule": "year_end",
    "eu_treatment": "as_signed",
    "add_parties": ["IDN"],
    "remove_parties": ["USA"],
    "on_date": "2023-12-31",
    "known_date": "2024-03-01",
}
# Wrong ones, each with what the message must name: the wrong value and the nearest right one.
WRONG: dict[str, list[tuple[object, tuple[str, str]]]] = {
    "bloc": [("mps", ("bloc 'mps'", "msp (Minerals Security Partnership)"))],
    "bloc_a": [("qaud", ("bloc 'qaud'", "quad (Quadrilateral Security Dialogue)"))],
    "bloc_b": [("Minerals Security Partnership", ("bloc 'Minerals Security Partnership'", "msp ("))],
    "mineral": [("colbat", ("mineral 'colbat'", "cobalt")), ("Nickel", ("mineral 'Nickel'", "nickel"))],
    "measure": [("prodution", ("measure 'prodution'", "production")), ("reserve", ("measure 'reserve'", "reserves"))],
    "membership_rule": [
        ("yearend", ("membership rule 'yearend'", "year_end, any_day, year_start, day_weighted, fixed"))
    ],
    "eu_treatment": [("signed", ("treatment of the EU 'signed'", "as_signed, expanded"))],
    "add_parties": [
        (["IDN", "Indonesia"], ("party 'Indonesia'", "IDN (Indonesia)")),
        (["idn"], ("party 'idn'", "IDN (Indonesia)")),
        (["WORLD"], ("party 'WORLD'", "Nearest")),
        (["USA"], ("'USA'", "both added and removed")),
        ([None], ("party 'null'", "Nearest")),
    ],
    "remove_parties": [
        (["CONGO"], ("party 'CONGO'", "COD (Congo - Kinshasa)")),
        (["IDN"], ("'IDN'", "both added and removed")),
        (["XX", "USA"], ("party 'XX'", "Nearest")),
    ],
    "on_date": [(None, ("No day is given", "2024-03-01")), ("31.12.2023", ("31.12.2023", "YYYY-MM-DD"))],
    "known_date": [(None, ("No day is given", "2024-03-01")), ("yesterday", ("yesterday", "YYYY-MM-DD"))],
}
# Right arguments for which there is nothing to find: errors must not depend on what the rest would find.
NOTHING_THERE: dict[str, object] = {
    "bloc": "usmca",
    "bloc_a": "usmca",
    "bloc_b": "nafta",
    "mineral": "energy_transition_minerals",
    "on_date": "1900-01-01",
    "known_date": "1900-01-01",
}
WRONG_CALLS = [
    pytest.param(macro.name, parameter, value, named, id=f"{macro.name}-{parameter}-{value}")
    for macro in table_macros()
    for parameter in (name.partition(":=")[0].strip() for name in macro.parameters)
    for value, named in WRONG[parameter]
]
TAKES_TEXT = {"members_on": "bloc", "bloc_share": "mineral", "bloc_union_share": "bloc_b", "bloc_share_if": "measure"}


def ask(connection: Connection, what: str, macro: str, arguments: dict[str, object]) -> None:
    """Call a macro with bound values."""
    parameters = next(found.parameters for found in table_macros() if found.name == macro)
    names = [name.partition(":=")[0].strip() for name in parameters]
    marks = ", ".join(f"${name}" for name in names)
    connection.execute(
        f"select {what} from marts.{macro}({marks})", {name: arguments[name] for name in names}
    ).fetchall()


def refused(
    connection: Connection, what: str, macro: str, arguments: dict[str, object], named: tuple[str, str]
) -> None:
    """A macro ends in an error of its own that names two things."""
    with pytest.raises((duckdb.InvalidInputException, duckdb.ConversionException)) as caught:
        ask(connection, what, macro, arguments)
    for part in named:
        assert part in str(caught.value)


@pytest.mark.parametrize(("macro", "parameter", "value", "named"), WRONG_CALLS)
def test_a_wrong_argument_is_named_with_the_nearest_right_one(
    release: Connection, macro: str, parameter: str, value: object, named: tuple[str, str]
) -> None:
    refused(release, "count(*)", macro, RIGHT | {parameter: value}, named)
    refused(release, "count(*)", macro, RIGHT | NOTHING_THERE | {parameter: value}, named)


def test_a_wrong_argument_is_named_however_little_is_asked(published: Connection) -> None:
    for macro, parameter, value, named in (call.values for call in WRONG_CALLS[::4]):
        refused(published, "1", macro, RIGHT | NOTHING_THERE | {parameter: value}, named)


@pytest.mark.parametrize("macro", [macro.name for macro in table_macros()])
def test_right_arguments_are_no_error_even_where_there_is_nothing(release: Connection, macro: str) -> None:
    ask(release, "count(*)", macro, RIGHT)
    ask(release, "count(*)", macro, RIGHT | NOTHING_THERE)


def test_an_argument_of_another_type_is_named_too(release: Connection) -> None:
    for macro, arguments in (("bloc_share", "1, 2, 3"), ("members_on", "1, '2023-12-31'")):
        with pytest.raises(duckdb.InvalidInputException, match=r"Unknown .* '[123]'"):
            release.execute(f"from marts.{macro}({arguments})")
    with pytest.raises(duckdb.InvalidInputException, match="Unknown party '1'"):
        release.execute("from marts.bloc_share_if('msp', 'cobalt', 'production', [1], [])")
    with pytest.raises(duckdb.ConversionException, match="IDN"):
        release.execute("from marts.bloc_share_if('msp', 'cobalt', 'production', 'IDN', [])")


HOSTILE = [
    "'",
    "''",
    '"',
    "msp'; drop table marts.dim_bloc; --",
    "msp' or '1' = '1",
    "') as x; select 1; --",
    "\\",
    "%",
    "_",
    "",
    " msp",
    "msp\n",
    "msp\x00",
    "$1",
    "?",
    "{{ bloc }}",
    "null",
    "矿产安全伙伴关系",
    "\N{PILE OF POO}" * 40,
    "e\N{COMBINING ACUTE ACCENT}" * 30,
    "\N{RIGHT-TO-LEFT OVERRIDE}psm",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_out(release: Connection, text: str) -> None:
    """Bound or written as a literal, a text stays a text, and the message repeats it."""
    literal = "'" + text.replace("'", "''") + "'"
    with pytest.raises(duckdb.InvalidInputException, match="Unknown bloc") as caught:
        ask(release, "*", "members_on", RIGHT | {"bloc": text})
    if "\x00" not in text:
        assert text[:50] in str(caught.value)
        with pytest.raises(duckdb.InvalidInputException, match="Unknown bloc"):
            release.execute(f"from marts.members_on({literal}, '2023-12-31')")
    for parameter in ("add_parties", "remove_parties"):
        with pytest.raises(duckdb.InvalidInputException, match="Unknown party"):
            ask(release, "count(*)", "bloc_share_if", RIGHT | {parameter: [text]})
    assert release.execute("select count(*) > 0 from marts.dim_bloc").fetchone() == (True,)


def test_a_very_long_text_is_answered_shortly(release: Connection) -> None:
    for macro, parameter, value in (
        ("members_on", "bloc", "msp" * 300_000),
        ("bloc_share", "membership_rule", "year_end" * 100_000),
        ("bloc_share_if", "add_parties", ["IDN" * 300_000]),
    ):
        with pytest.raises(duckdb.InvalidInputException, match="Unknown") as caught:
            ask(release, "count(*)", macro, RIGHT | {parameter: value})
        assert len(str(caught.value)) < 1000


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.text(max_size=40), macro=st.sampled_from(sorted(TAKES_TEXT)))
def test_any_text_is_known_or_named(release: Connection, text: str, macro: str) -> None:
    assume(text not in {"msp", "quad", "eu", "production", "reserves"})
    with pytest.raises(duckdb.InvalidInputException, match="Unknown"):
        ask(release, "count(*)", macro, RIGHT | {TAKES_TEXT[macro]: text})
