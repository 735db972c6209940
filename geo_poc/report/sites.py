"""Tables of the sites that are not reached in time, and of the zones where nobody is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo_poc import figures
from geo_poc.answer import no_zone, own_case, threat_code
from geo_poc.coverage.findings import Findings
from geo_poc.coverage.summary import (
    CaseSummary,
    PlaceLayer,
    Tally,
    case_summary,
    classes_of,
)
from geo_poc.late import late_in_short, late_sentence, way_of
from geo_poc.report.blocks import Block, Cell, Column, Heading, Paragraph, Table
from geo_poc.report.headline import site_count
from geo_poc.report.typeset import shortened
from geo_poc.routing.travel_time import Reason
from geo_poc.wording import mover_name, spans, text

MOST_LISTED = 300
_LONGEST_NAME, _LONGEST_BASE = 48, 24
_UNKNOWN_THREAT = 3
_LISTED = ("N", "?", "C")
_KINDS = ("road", "foot", "air")
_REASONS = [str(reason) for reason in Reason]


@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """What reaches each site in one case.

    Parameters
    ----------
    by_kind : mapping of kind to DataFrame
        Best answer of the movers of a kind, by site id.
    first : DataFrame
        Best answer of all movers, by site id.
    second : DataFrame
        Next base after the first one, by site id: ``base, seconds``.
    bases : mapping
        Name of each base by id.
    """

    by_kind: Mapping[str, pd.DataFrame]
    first: pd.DataFrame
    second: pd.DataFrame
    bases: Mapping[str, str]


def answers_in(findings: Findings, case: CaseSummary) -> Answers:
    """Best answers in one case. A known time goes before an unknown one, that before none at all."""
    answers = findings.coverage.answers
    chosen = (answers["season"] == case.season) & (answers["light"] == case.light)
    chosen &= case.air | (answers["kind"] != "air")
    answers = answers[chosen]
    seconds = answers["seconds"]
    answers = answers.assign(
        certainty=np.where(np.isfinite(seconds), 0, np.where(seconds.isna(), 1, 2)),
        weight=answers["reason"].map(_REASONS.index),
    ).sort_values(["certainty", "seconds", "weight", "mover"], kind="stable")
    pairs = pd.concat(
        [
            answers[["id", "base", "seconds"]],
            answers[["id", "second_base", "second_seconds"]].set_axis(
                ["id", "base", "seconds"], axis=1
            ),
        ]
    )
    pairs = pairs[np.isfinite(pairs["seconds"])].sort_values("seconds", kind="stable")
    pairs = pairs.drop_duplicates(["id", "base"])
    table = findings.layers["bases"].table
    return Answers(
        by_kind={
            kind: answers[answers["kind"] == kind].drop_duplicates("id").set_index("id")
            for kind in _KINDS
        },
        first=answers.drop_duplicates("id").set_index("id"),
        second=pairs[pairs.groupby("id").cumcount() == 1].set_index("id"),
        bases=dict(zip(table["id"], table["name"].map(str), strict=True)),
    )


def late_sites(findings: Findings) -> tuple[Block, ...]:
    """Every camp and place not reached in time, not assessed, or reached only by air."""
    case = own_case(findings)
    answers = answers_in(findings, case)
    blocks: list[Block] = []
    layers: tuple[PlaceLayer, ...] = ("camp", "place")
    for layer in layers:
        summary = case_summary(
            findings.coverage, layer=layer, season=case.season, light=case.light, air=case.air
        )
        if summary.total.sites:
            blocks += _layer_blocks(findings, summary, answers)
    return tuple(blocks)


def _layer_blocks(findings: Findings, summary: CaseSummary, answers: Answers) -> list[Block]:
    sites = ranked_sites(findings, summary)
    counts = {letter: summary.by_class[letter].sites for letter in _LISTED}
    intro = spans(
        "report_sites_intro",
        late=f"{counts['N']:,}",
        unknown=f"{counts['?']:,}",
        flown=f"{counts['C']:,}",
        sites=f"{summary.total.sites:,}",
        standard=figures.duration(findings.plan.standard.response),
        when=text(f"when_{summary.season}_{summary.light}"),
    )
    blocks: list[Block] = [
        Heading(text=text(f"report_sites_title_{summary.layer}")),
        Paragraph(spans=intro),
    ]
    if len(sites) > MOST_LISTED:
        blocks.append(Paragraph(spans=spans("report_sites_more", n=len(sites) - MOST_LISTED)))
    rows = [_site_row(findings, site, answers) for site in sites[:MOST_LISTED].itertuples()]
    if rows:
        table = Table(name="sites", columns=_site_columns(), rows=tuple(rows))
        blocks.append(table)
    return blocks


def ranked_sites(findings: Findings, summary: CaseSummary) -> pd.DataFrame:
    """Sites to list: not reached, then not assessed, then only by air; each by people x threat.

    Unknown threat counts as level 3; sites without a number of people come last in their class,
    by level.
    """
    places = findings.coverage.places
    sites = places[places["layer"] == summary.layer]
    sites = sites.assign(letter=sites["id"].map(classes_of(findings.coverage, summary)))
    sites = sites[sites["letter"].isin(_LISTED)]
    level = sites["threat_level"].where(sites["threat_level"] > 0, _UNKNOWN_THREAT)
    sites = sites.assign(
        group=sites["letter"].map(_LISTED.index), level=-level, weight=-(sites["people"] * level)
    )
    order = ["group", "weight", "level", "name", "id"]
    return sites.sort_values(order, na_position="last", kind="stable")


def _site_columns() -> tuple[Column, ...]:
    return (
        Column(head=text("report_head_class"), width_mm=8.0, look="class"),
        Column(head=text("report_head_site"), width_mm=36.0, look="site"),
        Column(head=text("report_head_people"), width_mm=16.0, look="number"),
        Column(head=text("report_head_threat"), width_mm=12.0, look="threat"),
        Column(head=text("kind_road"), width_mm=22.0),
        Column(head=text("kind_foot"), width_mm=20.0),
        Column(head=text("kind_air"), width_mm=20.0),
        Column(head=text("report_head_second"), width_mm=21.0),
        Column(head=text("report_head_why"), width_mm=31.0),
    )


def _site_row(findings: Findings, site: Any, answers: Answers) -> tuple[Cell, ...]:
    standard_s = findings.plan.standard.response
    return (
        Cell(text=site.letter),
        Cell(text=shortened(site.name, longest=_LONGEST_NAME), small=site.mgrs, tone="strong"),
        people_cell(float(site.people), estimate=bool(site.people_estimate)),
        Cell(text=threat_code(int(site.threat_level))),
        *(_time_cell(site.id, answers, kind, standard_s) for kind in _KINDS),
        _second_cell(site.id, answers, standard_s),
        Cell(small=_why(findings, site, answers)),
    )


def people_cell(people: float, *, estimate: bool) -> Cell:
    """Number of people; an estimate says so, an unknown number too."""
    known = not math.isnan(people)
    return Cell(
        text=figures.people(people),
        small=text("report_estimate") if estimate and known else "",
        tone="strong" if known else "unknown",
    )


def _time_cell(site: str, answers: Answers, kind: str, standard_s: float) -> Cell:
    table = answers.by_kind[kind]
    if site not in table.index:
        return Cell(text=text("reason_no_asset"), tone="unknown")
    answer: Any = table.loc[site]
    if not math.isfinite(answer["seconds"]):
        return Cell(text=text(f"reason_{answer['reason']}"), tone="unknown")
    return _reached_cell(answer["base"], float(answer["seconds"]), answers, standard_s)


def _second_cell(site: str, answers: Answers, standard_s: float) -> Cell:
    if site not in answers.second.index:
        return Cell(text=text("report_none"), tone="unknown")
    answer: Any = answers.second.loc[site]
    return _reached_cell(answer["base"], float(answer["seconds"]), answers, standard_s)


def _reached_cell(base: str, seconds: float, answers: Answers, standard_s: float) -> Cell:
    return Cell(
        text=figures.time_against(seconds, standard_s),
        small=shortened(answers.bases.get(base, base), longest=_LONGEST_BASE),
        tone="late" if seconds > standard_s else "",
    )


def _why(findings: Findings, site: Any, answers: Answers) -> str:
    """Why a site is in its class, in one sentence with mover, base and way."""
    if site.letter == "?":
        return text("report_why_unknown")
    if site.id not in answers.first.index:
        return text("report_why_no_asset")
    first: Any = answers.first.loc[site.id]
    if math.isfinite(first["seconds"]):
        if site.letter == "C":
            return text("report_why_flown", mover=mover_name(first["mover"]), way=way_of(first))
        return late_sentence(first, findings)
    if first["reason"] == "cut_off":
        cut_off = figures.duration(findings.plan.standard.cut_off)
        return text("report_why_cut_off", cut_off=cut_off)
    return text(f"report_why_{first['reason']}")


def zones_table(findings: Findings) -> Table:
    """Zones for page 1, most people first: where, how many people, when, and why so late."""
    columns = (
        Column(head=text("report_head_no"), width_mm=8.0, look="rank"),
        Column(head=text("report_head_zone"), width_mm=42.0),
        Column(head=text("report_head_sites"), width_mm=12.0, look="number"),
        Column(head=text("report_head_threat"), width_mm=12.0, look="threat"),
        Column(head=text("report_head_people"), width_mm=16.0, look="number"),
        Column(head=text("report_head_time"), width_mm=22.0),
        Column(head=text("report_head_base"), width_mm=36.0),
        Column(head=text("report_head_why"), width_mm=38.0),
    )
    rows = tuple(_zone_row(findings, zone) for zone in findings.zones.itertuples())
    return Table(name="zones", columns=columns, rows=rows)


def _zone_row(findings: Findings, zone: Any) -> tuple[Cell, ...]:
    sites = Tally(
        sites=int(zone.sites),
        sites_unknown_people=int(zone.sites_unknown_people),
        people=float(zone.people),
    )
    return (
        Cell(text=str(zone.rank)),
        Cell(text=shortened(zone.name, longest=_LONGEST_NAME), tone="strong"),
        Cell(text=site_count(sites)),
        Cell(text=threat_code(int(zone.threat_level))),
        people_cell(float(zone.people), estimate=False),
        _zone_time(zone, findings.plan.standard.response),
        Cell(text=_zone_base(zone)),
        Cell(text=_zone_why(findings, zone)),
    )


def _zone_time(zone: Any, standard_s: float) -> Cell:
    seconds = float(zone.seconds)
    return Cell(
        text=figures.time_against(seconds, standard_s),
        tone="late" if math.isfinite(seconds) else "unknown",
    )


def _zone_base(zone: Any) -> str:
    """Nearest base and how far it is in a straight line."""
    base = shortened(zone.base_name, longest=_LONGEST_BASE)
    return text("report_zone_base", base=base, distance=figures.distance(float(zone.distance_m)))


def _zone_why(findings: Findings, zone: Any) -> str:
    if math.isfinite(zone.seconds):
        return late_in_short(zone, findings)
    if zone.reason == "cut_off":
        cut_off = figures.duration(findings.plan.standard.cut_off)
        return text("report_zone_cut_off", cut_off=cut_off)
    reason = zone.reason if zone.reason in _REASONS[1:] else "unknown"
    return text(f"report_zone_{reason}")


def expected(incidents: float) -> str:
    """Expected incidents to 2 significant figures; NaN is "unknown".

    Examples
    --------
    >>> expected(0.814), expected(0.0), expected(12.4), expected(float("nan"))
    ('0.81', '0', '12', 'unknown')
    """
    if math.isnan(incidents):
        return text("unknown")
    if 0 < incidents < 0.01:
        return text("report_expected_few")
    return f"{incidents:.2g}" if incidents < 100 else f"{incidents:,.0f}"


def all_zones(findings: Findings) -> tuple[Block, ...]:
    """Every zone with what its sum of people is made of, its size and its grid reference."""
    heading = Heading(text=text("report_zones_title"))
    if not len(findings.zones):
        return heading, Paragraph(spans=no_zone(findings))
    rows = tuple(_zone_detail(zone) for zone in findings.zones.itertuples())
    return (
        heading,
        Paragraph(spans=spans("report_zones_intro")),
        Table(name="zone-details", columns=_detail_columns(), rows=rows),
    )


def _detail_columns() -> tuple[Column, ...]:
    return (
        Column(head=text("report_head_no"), width_mm=8.0, look="rank"),
        Column(head=text("report_head_zone"), width_mm=43.0),
        Column(head=text("report_head_mgrs"), width_mm=30.0, look="mono"),
        Column(head=text("report_head_size"), width_mm=20.0, look="number"),
        Column(head=text("report_head_people"), width_mm=18.0, look="number"),
        Column(head=text("report_head_residents"), width_mm=19.0, look="number"),
        Column(head=text("report_head_displaced"), width_mm=24.0, look="number"),
        Column(head=text("report_head_expected"), width_mm=24.0, look="number"),
    )


def _zone_detail(zone: Any) -> tuple[Cell, ...]:
    return (
        Cell(text=str(zone.rank)),
        Cell(text=shortened(zone.name, longest=_LONGEST_NAME), tone="strong"),
        Cell(text=zone.mgrs),
        Cell(text=figures.area(float(zone.area_km2))),
        people_cell(float(zone.people), estimate=False),
        Cell(text=figures.people(float(zone.residents))),
        Cell(text=figures.people(float(zone.site_people))),
        Cell(text=expected(float(zone.expected_30d))),
    )
