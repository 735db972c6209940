"""Where incidents are most to be expected near a site, and why there."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from pyproj import Geod

from geo_poc import figures
from geo_poc.coverage.findings import Findings
from geo_poc.layers.threat.reasons import GROUPS, NEAR_M
from geo_poc.report.blocks import Block, Cell, Column, Heading, Paragraph, Table
from geo_poc.report.sites import expected as in_words
from geo_poc.report.typeset import shortened
from geo_poc.wording import spans, text

MOST = 10
_LEAST_SHARE = 0.05
_STANDING = {"city": 0, "town": 0, "health": 3}
_CAMP = 2
_LONGEST_NAME = 44
_EARTH = Geod(ellps="WGS84")


def risk_section(findings: Findings) -> tuple[Block, ...]:
    """The sites near which most is expected, each with its reasons; nothing where all is unknown."""
    ranked = riskiest(findings)
    if ranked.empty:
        return ()
    n = findings.threat.horizon_days
    return (
        Heading(text=text("report_risk_title", n=n)),
        Paragraph(spans=spans("report_risk_intro", n=n, distance=figures.distance(NEAR_M))),
        _table(ranked),
    )


def riskiest(findings: Findings, most: int = MOST) -> pd.DataFrame:
    """Sites with the most expected incidents near them, with names and reasons, most first.

    Of sites that expect the same, the one with more people comes first. A site that lies near one already
    listed shares its circle: it is not listed again but counted there in ``others``.

    All figures, the grid reference too, are those of the site with most expected. ``called`` is the name that people
    know: of it and the sites counted with it that of the city or town with most people, else of the village or
    other place, else of the camp, else of the health site; of equal ones the site's own.
    """
    columns = ["id", "layer", "kind", "name", "people", "mgrs", "lon", "lat"]
    places = findings.coverage.places[columns]
    table = places.merge(findings.reasons, on="id", validate="one_to_one")
    table = table[table["expected"] > 0]
    order = table.assign(known=table["people"].fillna(-1.0))
    ordered = order.sort_values(["expected", "known", "id"], ascending=[False, False, True])
    return _apart(ordered.drop(columns="known"), most)


def _apart(ordered: pd.DataFrame, most: int) -> pd.DataFrame:
    """The first rows of which no two are near each other, with how many of the rest are near each."""
    left = ordered
    chosen: list[pd.DataFrame] = []
    while len(left) and len(chosen) < most:
        first = left.iloc[0]
        n = len(left)
        _, _, away_m = _EARTH.inv(
            [first["lon"]] * n, [first["lat"]] * n, left["lon"].to_numpy(), left["lat"].to_numpy()
        )
        near = away_m <= NEAR_M
        others = int(near.sum()) - 1
        chosen.append(left.iloc[:1].assign(others=others, called=_best_known(left[near])))
        left = left[~near]
    return pd.concat(chosen) if chosen else ordered.assign(others=0, called="")


def _best_known(sites: pd.DataFrame) -> str:
    """Name of the largest place of some sites, the first of equal ones."""
    standing = [
        _STANDING.get(kind, 1) if layer == "place" else _CAMP
        for layer, kind in zip(sites["layer"], sites["kind"], strict=True)
    ]
    order = sites.assign(standing=standing, known=sites["people"].fillna(-1.0))
    order = order.sort_values(["standing", "known"], ascending=[True, False], kind="stable")
    return str(order["name"].iloc[0])


def reasons_in_words(row: Any) -> str:
    """Shares of what is expected near a site, the largest first; those below 5 % are left out."""
    shares = sorted(((getattr(row, name), name) for name in GROUPS), reverse=True)
    parts = [
        text(f"risk_{name}", share=figures.percent(share))
        for share, name in shares
        if share >= _LEAST_SHARE
    ]
    return text("risk_separator").join(parts)


def last_in_words(row: Any) -> str:
    """Day and distance of the last incident near a site."""
    if pd.isna(row.last_event):
        return text("risk_none_near")
    return text(
        "risk_last",
        date=figures.day(row.last_event.date()),
        distance=figures.distance(1000.0 * row.last_km),
    )


def _table(ranked: pd.DataFrame) -> Table:
    return Table(
        name="risk",
        columns=(
            Column(head=text("report_head_site"), width_mm=40.0, look="site"),
            Column(head=text("report_head_chance"), width_mm=28.0, look="number"),
            Column(head=text("report_head_last"), width_mm=30.0),
            Column(head=text("report_head_recent"), width_mm=16.0, look="number"),
            Column(head=text("report_head_near"), width_mm=24.0, look="number"),
            Column(head=text("report_head_why_there"), width_mm=48.0),
        ),
        rows=tuple(map(_row, ranked.itertuples())),
        compact=True,
    )


def _row(site: Any) -> tuple[Cell, ...]:
    people = site.residents_near if math.isnan(site.people) else site.people
    of = text("risk_residents") if math.isnan(site.people) else _at(site)
    return (
        Cell(text=_named(site), small=_figures_of(site)),
        Cell(text=figures.percent(site.any_ratio), small=_range(site), tone="strong"),
        Cell(text=last_in_words(site)),
        Cell(
            text=text("number", n=int(site.events_year)),
            small=text("risk_in_all", n=int(site.events_all)),
        ),
        Cell(text=figures.people(people), small="" if math.isnan(people) else of),
        Cell(text=reasons_in_words(site)),
    )


def _range(site: Any) -> str:
    """Number expected, after the range of the chance over the draws where there are any."""
    expected = text("risk_expected", n=in_words(site.expected))
    if math.isnan(site.any_low):
        return expected
    low, high = figures.percent(site.any_low), figures.percent(site.any_high)
    return text("risk_range", low=low, high=high, expected=expected)


def _at(site: Any) -> str:
    if site.called == site.name:
        return text("risk_at_site")
    return text("risk_at_named", name=_short(site.name))


def _figures_of(site: Any) -> str:
    """Grid reference, and whose figures the row has where another place names it."""
    if site.called == site.name:
        return str(site.mgrs)
    return text("risk_figures_of", name=_short(site.name), mgrs=str(site.mgrs))


def _short(name: str) -> str:
    return shortened(str(name), longest=_LONGEST_NAME)


def _named(site: Any) -> str:
    name = _short(site.called)
    return text("risk_with_others", name=name, n=site.others) if site.others else name
