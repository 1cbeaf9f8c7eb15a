"""The story of cobalt and of nickel, told from the release.

marimo edit examples/cobalt_and_nickel.py      to read and change it
marimo export html examples/cobalt_and_nickel.py -o story.html      to pass it on

It reads warehouse/orebloc.duckdb of the checkout, or that of the folder that OREBLOC_WAREHOUSE names.
"""

import marimo

app = marimo.App(width="medium", app_title="Cobalt and nickel")


@app.cell
def _():
    import os
    from pathlib import Path

    import altair as alt
    import duckdb
    import marimo as mo

    warehouse = Path(os.environ.get("OREBLOC_WAREHOUSE") or Path(__file__).resolve().parents[1] / "warehouse")
    release = duckdb.connect(str(warehouse / "orebloc.duckdb"), read_only=True)
    percent = alt.Axis(format=".0%")
    return alt, mo, percent, release


@app.cell
def _(mo, release):
    _id, _built = release.sql("select release_id, built_at from marts.build_info").fetchone()
    mo.md(
        f"""
        # Cobalt and nickel

        What an alliance "holds" of a mineral depends on who counts as a member, and when. Cobalt shows how much: one
        joiner moves nearly all of it. Nickel shows the same of a country that never joined.

        Release `{_id}`, built {_built:%Y-%m-%d}. Every figure below is read from it.
        """
    )
    return


@app.cell
def _(release):
    # One table: the newest edition that prints reserves by country.
    cobalt_rules = release.sql(
        """
        select membership_rule, party_scope, share, share_low, share_high, n_members, n_members_reporting, year, edition
        from marts.mineral_bloc_share
        where bloc = 'msp' and mineral = 'cobalt' and measure = 'reserves' and eu_treatment = 'as_signed'
            and source = 'usgs_mcs'
        qualify rank() over (order by year desc, edition desc) = 1
        order by party_scope, membership_rule
        """
    ).df()
    return (cobalt_rules,)


@app.cell
def _(cobalt_rules, mo):
    _counted = cobalt_rules[cobalt_rules.membership_rule == "fixed"].set_index("party_scope").share
    mo.md(
        f"""
        ## Cobalt: who is in

        Of the world's cobalt reserves the partners of the Minerals Security Partnership hold
        **{_counted["partners"]:.1%}**. With the Forum beside it, as papers count, it is
        **{_counted["partners_and_forum"]:.1%}**. The thin line is what is not excluded: reserves of countries that the
        source does not list by name belong to nobody here, and could be a member's.
        """
    )
    return


@app.cell
def _(alt, cobalt_rules, percent):
    _base = alt.Chart(cobalt_rules).encode(y=alt.Y("membership_rule:N", title="who counts"))
    cobalt_chart = (
        alt.layer(
            _base.mark_bar().encode(
                x=alt.X("share:Q", axis=percent, title="share of world reserves", scale=alt.Scale(domain=[0, 1])),
                color=alt.Color("party_scope:N", legend=None),
            ),
            _base.mark_rule().encode(x="share_low:Q", x2="share_high:Q"),
        )
        .properties(width=480, height=120)
        .facet(row=alt.Row("party_scope:N", title=None))
    )
    cobalt_chart
    return (cobalt_chart,)


@app.cell
def _(release):
    # Each country's reserves in that table, and on what side it stands.
    cobalt_holders = release.sql(
        """
        with
            latest as (
                select source, edition, year from marts.mineral_bloc_share
                where mineral = 'cobalt' and measure = 'reserves' and source = 'usgs_mcs'
                order by year desc, edition desc limit 1
            ),
            sides as (
                select party, min(case bloc when 'msp' then 'partner' else 'Forum' end) as side
                from marts.fct_bloc_membership
                where bloc in ('msp', 'msp_forum') and valid_to is null and role <> 'observer'
                group by party
            )
        select parties.name_en as country, coalesce(sides.side, 'neither') as side, sum(cells.value_tonnes) as tonnes
        from marts.fct_observation as cells
        join latest using (source, edition, year)
        join marts.dim_party as parties using (party)
        left join sides using (party)
        where cells.mineral = 'cobalt' and cells.measure = 'reserves' and cells.value_tonnes > 0
        group by all
        order by tonnes desc, country
        """
    ).df()
    return (cobalt_holders,)


@app.cell
def _(alt, cobalt_holders):
    holders_chart = (
        alt.Chart(cobalt_holders)
        .mark_bar()
        .encode(
            x=alt.X("tonnes:Q", title="cobalt reserves, tonnes of content"),
            y=alt.Y("country:N", sort="-x", title=None),
            color=alt.Color("side:N", sort=["partner", "Forum", "neither"], title="in the partnership"),
        )
        .properties(width=480)
    )
    holders_chart
    return (holders_chart,)


@app.cell
def _(mo, release):
    _doubts = release.sql(
        """
        select severity, subject, claim_a, claim_b, chosen, reason
        from marts.source_conflict where mineral = 'cobalt' order by severity, subject
        """
    ).df()
    mo.vstack([mo.md("What the papers say of cobalt and cannot both be right:"), mo.ui.table(_doubts, selection=None)])
    return


@app.cell
def _(release):
    nickel = release.sql(
        """
        select year, share_as_it_is, share as share_with_indonesia
        from marts.bloc_share_if('msp', 'nickel', 'production', ['IDN'], [])
        where membership_rule = 'year_end' and eu_treatment = 'as_signed' and party_scope = 'partners'
            and source = 'usgs_mcs' and stage = 'mine'
        qualify row_number() over (partition by year order by edition desc, basis) = 1
        order by year
        """
    ).df()
    return (nickel,)


@app.cell
def _(mo, nickel):
    _last = nickel.iloc[-1]
    mo.md(
        f"""
        ## Nickel: who is not

        In {_last.year:.0f} the partners mined **{_last.share_as_it_is:.1%}** of the world's nickel. With Indonesia it
        would have been **{_last.share_with_indonesia:.1%}**. Indonesia instead kept its ore at home:
        """
    )
    return


@app.cell
def _(alt, nickel, percent):
    _words = {"share_as_it_is": "partners as they are", "share_with_indonesia": "with Indonesia"}
    _shares = nickel.rename(columns=_words).melt("year", var_name="members", value_name="share")
    nickel_chart = (
        alt.Chart(_shares)
        .mark_bar()
        .encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
            xOffset="members:N",
            y=alt.Y("share:Q", axis=percent, title="share of world mine output"),
            color=alt.Color("members:N", title=None),
        )
        .properties(width=320, height=220)
    )
    nickel_chart
    return (nickel_chart,)


@app.cell
def _(mo, release):
    _acts = release.sql(
        """
        select event_date, date_precision, title_en, title_zh, document, text_line
        from marts.fct_policy_event
        where list_contains(string_split(actors, ';'), 'IDN') and list_contains(string_split(minerals, ';'), 'nickel')
        order by event_date, event_id
        """
    ).df()
    mo.ui.table(_acts, selection=None)
    return


if __name__ == "__main__":
    app.run()
