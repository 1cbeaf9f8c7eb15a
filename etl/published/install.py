"""The table macros of a published file: questions with parameters, on the same path as the marts."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb


@dataclass(frozen=True, slots=True)
class TableMacro:
    """A table macro of the public schema."""

    name: str
    parameters: str
    comment: str
    body: str


MACROS = (
    TableMacro(
        "members_on",
        "bloc, on_date",
        "The parties that belong to a bloc on a day, the EU as one party: members_on('msp', '2023-12-31').",
        """
        select party, role, party_scope, valid_from, valid_from_precision, valid_to, status, document
        from marts.fct_bloc_membership
        where fct_bloc_membership.bloc = bloc
            and valid_from <= cast(on_date as date)
            and (valid_to is null or valid_to > cast(on_date as date))
        order by party
        """,
    ),
    TableMacro(
        "bloc_share",
        "bloc, mineral, measure, membership_rule, eu_treatment",
        "A bloc's share of the world by year, source and edition: "
        "bloc_share('msp', 'cobalt', 'reserves', 'year_end', 'as_signed').",
        """
        select year, party_scope, basis, stage, source, edition, bloc_value, world_published, unit, share, share_low,
            share_high, n_members, n_members_reporting, member_parties
        from marts.mineral_bloc_share
        where mineral_bloc_share.bloc = bloc
            and mineral_bloc_share.mineral = mineral
            and mineral_bloc_share.measure = measure
            and mineral_bloc_share.membership_rule = membership_rule
            and mineral_bloc_share.eu_treatment = eu_treatment
        order by year, party_scope, basis, source, edition
        """,
    ),
)


def install_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every table macro in the public schema, with its comment."""
    for macro in MACROS:
        connection.execute(f"create or replace macro marts.{macro.name}({macro.parameters}) as table {macro.body}")
        comment = macro.comment.replace("'", "''")
        connection.execute(f"comment on macro table marts.{macro.name} is '{comment}'")
