"""The answer on top of page 1: sentence, class bar, condition matrix, and who is where."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_poc import figures
from geo_poc.answer import (
    BAR_LETTERS,
    BarPart,
    Sentence,
    all_cases,
    answer,
    bad_news,
    bar,
    is_same_case,
    own_case,
    share_width,
    uncounted,
    worst,
    written_share,
)
from geo_poc.coverage.findings import Findings
from geo_poc.coverage.summary import CaseSummary, Tally, classes_of, share_in_time, tally
from geo_poc.report.blocks import Cell, Column, Look, Part, Table
from geo_poc.report.frame import metres
from geo_poc.wording import text

_LABELLED_PERCENT = 6.0
_AREAS_MM = (34.5, 16.0, 14.5, 14.0)


@dataclass(frozen=True, kw_only=True)
class Lead:
    """The sentences that a reader takes away: what is reached, then who is not."""

    answer: Sentence
    bad: tuple[Sentence, ...]


@dataclass(frozen=True, kw_only=True)
class MatrixCell:
    """Share reached in one case. ``label`` is the same in words."""

    share: str
    width: float
    possible: bool
    chosen: bool
    label: str


def lead(findings: Findings) -> Lead:
    """Who is reached in time under the plan's own conditions, and who is not."""
    case = own_case(findings)
    return Lead(answer=answer(findings, case), bad=bad_news(findings, case))


def class_bar(findings: Findings) -> tuple[BarPart, ...]:
    """The class bar of the plan's own case; a label that has no room is empty."""
    return tuple(
        part if part.width >= _LABELLED_PERCENT else dataclasses.replace(part, label="")
        for part in bar(own_case(findings))
    )


def below_bar(findings: Findings) -> tuple[Sentence, ...]:
    """The worst case beside the chosen one, and how many sites have no number of people."""
    return worst(findings), uncounted(own_case(findings))


def matrix(findings: Findings) -> tuple[tuple[MatrixCell, ...], tuple[MatrixCell, ...]]:
    """Shares of the eight cases, with aircraft above and without below, in the order of seasons."""
    chosen = own_case(findings)
    cells = tuple(_matrix_cell(case, chosen) for case in all_cases(findings))
    half = len(cells) // 2
    return cells[:half], cells[half:]


def _matrix_cell(summary: CaseSummary, chosen: CaseSummary) -> MatrixCell:
    case = text(f"case_{summary.season}_{summary.light}")
    air = text("air_on" if summary.air else "air_off")
    label = (
        text("case_label", case=case, air=air, share=figures.percent(share_in_time(summary)))
        if summary.possible
        else text("case_label_impossible", case=case, air=air)
    )
    return MatrixCell(
        share=written_share(summary),
        width=share_width(summary),
        possible=summary.possible,
        chosen=is_same_case(summary, chosen),
        label=label,
    )


def areas_table(findings: Findings, *, most: int) -> Table | None:
    """People and sites by first-level area, most people not protected first.

    None where no site lies in a named area. Areas beyond ``most`` are summed in a last row.
    """
    case = own_case(findings)
    places = findings.coverage.places
    if not case.possible:
        return None
    sites = places[places["layer"] == case.layer]
    sites = sites.assign(
        letter=sites["id"].map(classes_of(findings.coverage, case)),
        area=area_names(findings, sites),
    )
    if not (sites["area"] != "").any():
        return None
    groups = [(name, group) for name, group in sites.groupby("area", sort=True)]
    groups.sort(key=lambda g: _urgency(g[1]))
    first, rest = groups[:most], groups[most:]
    rows = [_area_row(str(name) or text("report_area_unknown"), group) for name, group in first]
    if rest:
        name = text("report_areas_more", n=len(rest))
        rows.append(_area_row(name, pd.concat([group for _, group in rest])))
    heads = ("report_head_area", "report_head_bar", "report_head_late", "report_head_sites")
    looks: tuple[Look, ...] = ("text", "bar", "number", "number")
    return Table(
        name="areas",
        compact=True,
        columns=tuple(
            Column(head=text(h), width_mm=w, look=look)
            for h, w, look in zip(heads, _AREAS_MM, looks, strict=True)
        ),
        rows=tuple(rows),
    )


def area_names(findings: Findings, sites: pd.DataFrame) -> pd.Series[str]:
    """First-level area of each site: as its source names it, else the one it lies in, else empty."""
    areas = findings.layers["areas"].table
    admin = areas[areas["kind"] == "admin"]
    x_m, y_m = metres(findings.theatre, sites)
    points = gpd.GeoDataFrame(
        index=sites.index, geometry=gpd.points_from_xy(x_m, y_m), crs=admin.crs
    )
    found = points.sjoin(admin[["name", "geometry"]], predicate="intersects")["name"]
    lying_in: pd.Series[str] = found.groupby(level=0).min().reindex(sites.index).fillna("")
    if "admin1" not in sites:
        return lying_in
    named: pd.Series[str] = sites["admin1"].where(sites["admin1"] != "", lying_in)
    return named


def _urgency(sites: pd.DataFrame) -> tuple[float, int, int]:
    late = sites.loc[sites["letter"] == "N", "people"]
    return -float(late.sum()), -len(late), -len(sites)


def _area_row(name: str, sites: pd.DataFrame) -> tuple[Cell, ...]:
    late = tally(sites.loc[sites["letter"] == "N", "people"])
    return (
        Cell(text=name),
        Cell(parts=_parts(sites), text="" if sites["people"].sum() > 0 else text("unknown")),
        Cell(text=figures.people(late.people), tone="unknown" if np.isnan(late.people) else ""),
        Cell(text=site_count(tally(sites["people"]))),
    )


def _parts(sites: pd.DataFrame) -> tuple[Part, ...]:
    people = sites.groupby("letter")["people"].sum().reindex(list(BAR_LETTERS)).fillna(0.0)
    total = float(people.sum())
    if total == 0:
        return ()
    return tuple(
        Part(letter=str(letter), width=round(100 * float(part) / total, 2))
        for letter, part in people.items()
        if part > 0
    )


def site_count(sites: Tally) -> str:
    """Number of sites, and in brackets how many of them have no number of people.

    Examples
    --------
    >>> site_count(Tally(sites=35, sites_unknown_people=20, people=1.0))
    '35 (20?)'
    """
    if sites.sites_unknown_people:
        return text("report_sites_unknown", n=sites.sites, unknown=sites.sites_unknown_people)
    return text("number", n=sites.sites)
