"""SQL to copy: what gives the number, and the same number summed from the cells of the source."""

from __future__ import annotations

from etl.explain.model import Question

_SHARE = """\
select share, share_low, share_high, bloc_value, world_published, world_all_rows, member_parties
from marts.mineral_bloc_share
where
    bloc = {bloc} and mineral = {mineral} and measure = {measure} and year = {year}
    and source = {source} and edition = {edition} and stage = {stage} and basis = {basis}
    and membership_rule = {rule} and party_scope = {scope} and eu_treatment = {eu};"""

_CELLS = """\
select
    members.party, members.weight, cells.value_tonnes, members.weight * cells.value_tonnes as counted_tonnes,
    cells.value_flag, cells.original_value, cells.file, cells.locator
from intermediate.int_shares__members as members
left join
    marts.fct_observation as cells
    on members.party = cells.party and members.year = cells.year
    and cells.source = {source} and cells.edition = {edition} and cells.mineral = {mineral}
    and cells.measure = {measure} and cells.stage = {stage} and cells.basis = {basis}
    and cells.table_kind in ('world', 'parts', 'production', 'shares')
    and cells.unit in (select unit from marts.dim_unit where dimension = 'mass')
where
    members.bloc = {bloc} and members.year = {year}
    and members.membership_rule = {rule} and members.party_scope = {scope} and members.eu_treatment = {eu}
order by counted_tonnes desc nulls last, members.party;"""


def sql_of(question: Question) -> dict[str, str]:
    """Return the statements by name: `share` reads the mart, `cells` lists what the bloc's value is summed from.

    The values are codes of the warehouse, not what the user typed; they are quoted all the same.
    """
    series, composition = question.series, question.composition
    values = {
        "bloc": question.bloc.code,
        "mineral": question.mineral.code,
        "source": series.source,
        "edition": series.edition,
        "measure": series.measure,
        "stage": series.stage,
        "basis": series.basis,
        "rule": composition.rule,
        "scope": composition.scope,
        "eu": composition.eu,
    }
    quoted = {name: "'" + value.replace("'", "''") + "'" for name, value in values.items()}
    return {
        "share": _SHARE.format(**quoted, year=series.year),
        "cells": _CELLS.format(**quoted, year=series.year),
    }
