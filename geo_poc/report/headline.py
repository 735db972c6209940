"""The answer on top of page 1: sentence, class bar, condition matrix, and who is where."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_poc import figures
from geo_poc.coverage.findings import Findings
from geo_poc.coverage.summary import (
    CaseSummary,
    Tally,
    case_summary,
    classes_of,
    headline_case,
    headline_layer,
    share_in_time,
    tally,
    worst_case,
)
from geo_poc.plan import ALL_CONDITIONS
from geo_poc.report.blocks import Cell, Column, Look, Part, Table
from geo_poc.report.frame import metres
from geo_poc.wording import Span, spans, text

_BAR = ("P", "C", "N", "?")
_LABELLED_PERCENT = 6.0
_AREAS_MM = (36.0, 16.0, 13.0, 14.0)


@dataclass(frozen=True, kw_only=True)
class Lead:
    """The sentences that a reader takes away: what is reached, then who is not."""

    answer: tuple[Span, ...]
    bad: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, kw_only=True)
class BarPart:
    """One class of the class bar; ``label`` is empty where it has no room."""

    letter: str
    width: float
    label: str


@dataclass(frozen=True, kw_only=True)
class MatrixCell:
    """Share reached in one case. ``label`` is the same in words."""

    share: str
    width: float
    possible: bool
    chosen: bool
    label: str


def lead(findings: Findings) -> Lead:
    """Who is reached in time under the plan's own conditions, and who is not.

    Shares and sums are over people whose number is known; where none is known, over sites.
    """
    summary = headline_case(findings.coverage, findings.conditions)
    return Lead(answer=_answer(findings, summary), bad=_bad(findings, summary))


def _answer(findings: Findings, summary: CaseSummary) -> tuple[Span, ...]:
    when = text(f"when_{summary.season}_{summary.light}")
    if math.isnan(share_in_time(summary)):
        return spans("lead_unknown", when=when)
    share = summary.people_share if summary.people_known else summary.site_share
    of = summary.layer if summary.people_known else "sites"
    protected = figures.percent(share("P"))
    standard = figures.duration(findings.plan.standard.response)
    if not summary.air:
        return spans(f"lead_ground_{of}", when=when, protected=protected, standard=standard)
    flown = figures.percent(share("C"))
    return spans(f"lead_air_{of}", when=when, protected=protected, standard=standard, flown=flown)


def _bad(findings: Findings, summary: CaseSummary) -> tuple[tuple[Span, ...], ...]:
    late, lost, unknown = summary.by_class["N"], summary.unreached, summary.by_class["?"]
    sentences: list[tuple[Span, ...]] = []
    if late.people > 0 and lost.people > 0:
        cut_off = figures.duration(findings.plan.standard.cut_off)
        sentences.append(
            spans(
                "lead_not_protected_unreached",
                people=figures.people(late.people),
                unreached=figures.people(lost.people),
                cut_off=cut_off,
            )
        )
    elif late.people > 0:
        sentences.append(spans("lead_not_protected", people=figures.people(late.people)))
    elif late.sites:
        sentences.append(spans("lead_not_protected_sites", n=late.sites))
    if unknown.sites:
        sentences.append(spans("lead_not_assessed", n=unknown.sites))
    return tuple(sentences) or (spans("report_lead_none_late"),)


def class_bar(summary: CaseSummary) -> tuple[BarPart, ...]:
    """Classes P, C, N and ? by people, or by sites where nobody's number is known."""
    share = summary.people_share if summary.people_known else summary.site_share
    parts = []
    for letter in _BAR:
        width = 100 * share(letter)
        if width > 0:
            label = text("bar", letter=letter, share=figures.percent(share(letter)))
            shown = label if width >= _LABELLED_PERCENT else ""
            parts.append(BarPart(letter=str(letter), width=round(width, 2), label=shown))
    return tuple(parts)


def below_bar(findings: Findings) -> tuple[tuple[Span, ...], ...]:
    """The worst case beside the chosen one, and how many sites have no number of people."""
    summary = headline_case(findings.coverage, findings.conditions)
    return _worst(findings), _uncounted(summary)


def _worst(findings: Findings) -> tuple[Span, ...]:
    worst = worst_case(findings.coverage, layer=headline_layer(findings.coverage))
    if worst is None:
        return spans("worst_unknown")
    case = text(f"worst_{worst.season}_{worst.light}")
    share = figures.percent(share_in_time(worst))
    return spans("worst_air" if worst.air else "worst_ground", case=case, share=share)


def _uncounted(summary: CaseSummary) -> tuple[Span, ...]:
    total = summary.total
    if not total.sites_unknown_people:
        return spans("all_people_known")
    return spans("people_unknown", n=total.sites_unknown_people, sites=f"{total.sites:,}")


def matrix(findings: Findings) -> tuple[tuple[MatrixCell, ...], tuple[MatrixCell, ...]]:
    """Shares of the eight cases, with aircraft above and without below, in the order of seasons."""
    chosen = headline_case(findings.coverage, findings.conditions)
    layer = chosen.layer
    rows = tuple(
        tuple(
            _matrix_cell(
                case_summary(
                    findings.coverage, layer=layer, season=c.season, light=c.light, air=air
                ),
                chosen,
            )
            for c in ALL_CONDITIONS
        )
        for air in (True, False)
    )
    return rows[0], rows[1]


def _matrix_cell(summary: CaseSummary, chosen: CaseSummary) -> MatrixCell:
    share = share_in_time(summary) if summary.possible else math.nan
    known = not math.isnan(share)
    written = figures.percent(share) if known else text("share_unknown")
    case = text(f"case_{summary.season}_{summary.light}")
    air = text("air_on" if summary.air else "air_off")
    label = (
        text("case_label", case=case, air=air, share=figures.percent(share))
        if summary.possible
        else text("case_label_impossible", case=case, air=air)
    )
    same = (summary.season, summary.light, summary.air)
    return MatrixCell(
        share=written if summary.possible else text("case_impossible"),
        width=round(100 * share, 1) if known else 0.0,
        possible=summary.possible,
        chosen=same == (chosen.season, chosen.light, chosen.air),
        label=label,
    )


def areas_table(findings: Findings, *, most: int) -> Table | None:
    """People and sites by first-level area, most people not protected first.

    None where no site lies in a named area. Areas beyond ``most`` are summed in a last row.
    """
    case = headline_case(findings.coverage, findings.conditions)
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
    people = sites.groupby("letter")["people"].sum().reindex(list(_BAR)).fillna(0.0)
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


def sentence(pieces: Sequence[Span]) -> str:
    """A sentence without its marks."""
    return "".join(piece.text for piece in pieces)
