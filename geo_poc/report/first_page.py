"""Page 1: the answer, the map, the zones and what they rest on, fitted to one sheet."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from geo_poc.answer import (
    BAR_LETTERS,
    CLASS_KEYS,
    BarPart,
    Sentence,
    bar,
    matrix_title,
    no_zone,
    own_case,
)
from geo_poc.coverage.findings import Findings
from geo_poc.palette import DAY
from geo_poc.report import symbols
from geo_poc.report.blocks import Table, fitting_rows
from geo_poc.report.drawing import LIMITS, coverage_map
from geo_poc.report.frame import WIDTH, frame_of
from geo_poc.report.grounds import main_assumptions, sources_table
from geo_poc.report.headline import (
    Lead,
    MatrixCell,
    areas_table,
    below_bar,
    class_bar,
    lead,
    matrix,
)
from geo_poc.report.names import ZONES_SHOWN
from geo_poc.report.sites import zones_table
from geo_poc.report.typeset import line_count
from geo_poc.wording import plain, spans, text

_SHEET_MM, _FRAME_MM, _HEADER_MM, _FOOTER_MM = 297.0, 24.0, 17.0, 11.0
_TEXT_MM, _MAP_MM, _SIDE_MM = 186.0, 102.0, 90.0
_ALL_AREAS = 1_000
_ASSUMPTIONS_MM = 78.0
_LEAD_PT, _LEAD_LINE_MM, _LINE_MM = 13.0, 6.0, 3.9
_HEADING_MM, _BAR_MM, _LEGEND_MM, _MATRIX_MM = 8.4, 6.0, 14.0, 25.5
_HEADING_PT, _HEADING_LINE_MM, _ABOVE_HEADING_MM = 10.0, 5.0, 2.6
_LEGEND_ROW_MM = 4.2
_SIDE_WIDTH_MM = 79.0
_GAPS_MM = 8.5
_NO_ZONE_MM = 9.0
_LEAST_GROUNDS_MM = 30.0


@dataclass(frozen=True, kw_only=True)
class Sign:
    """One entry of the legend: a class by its letter, or a symbol."""

    text: str
    letter: str = ""
    symbol: Markup | None = None


@dataclass(frozen=True, kw_only=True)
class FirstPage:
    """Everything on page 1, ready to be set."""

    lead: Lead
    bar: tuple[BarPart, ...]
    bar_label: str
    below: tuple[Sentence, ...]
    map: Markup
    legend: tuple[Sign, ...]
    matrix_title: str
    seasons: tuple[str, str]
    lights: tuple[str, ...]
    air: tuple[str, str]
    matrix: tuple[tuple[MatrixCell, ...], ...]
    areas_title: str
    areas: Table | None
    zones_title: str
    zones_more: str
    zones_none: str
    zones: Table
    assumptions_title: str
    assumptions_more: str
    assumptions: Table
    sources_title: str
    sources_more: str
    sources: Table
    note: tuple[Sentence, ...]


@dataclass(frozen=True, kw_only=True)
class _Fitted:
    """The tables of page 1, each with the rows that there is room for."""

    areas: Table | None
    zones: Table
    assumptions: Table
    sources: Table


def first_page(findings: Findings) -> FirstPage:
    """Page 1 of a report."""
    found, below = lead(findings), below_bar(findings)
    fitted = _fitted(findings, above_mm=_above_mm(found, below))
    shares = ", ".join(part.label for part in bar(own_case(findings)))
    return FirstPage(
        lead=found,
        bar=class_bar(findings),
        bar_label=text("report_bar_label", parts=shares),
        below=below,
        map=Markup(coverage_map(findings)),  # noqa: S704  (escaped by the XML library)
        legend=_legend(findings),
        matrix_title=matrix_title(findings),
        seasons=(text("report_dry"), text("report_wet")),
        lights=(text("report_day"), text("report_night")) * 2,
        air=(text("air_on"), text("air_off")),
        matrix=matrix(findings),
        areas_title=text("report_areas_title"),
        areas=fitted.areas,
        zones_title=text("report_gaps_title"),
        zones_more=_scope(fitted.zones, len(findings.zones)),
        zones_none=plain(no_zone(findings)),
        zones=fitted.zones,
        assumptions_title=text("report_assumptions_title"),
        assumptions_more=_more(fitted.assumptions, len(findings.assumptions)),
        assumptions=fitted.assumptions,
        sources_title=text("report_sources_title"),
        sources_more=_more(fitted.sources, len(findings.sources)),
        sources=fitted.sources,
        note=tuple(spans(key) for key in _notes(findings)),
    )


def _scope(zones: Table, total: int) -> str:
    """Whose people are meant, and how many zones are shown; empty where there is none."""
    return text("report_gaps_scope", shown=len(zones.rows), total=total) if total else ""


def _more(table: Table, total: int) -> str:
    """How many rows stand on a later page; empty where all are here."""
    shown = len(table.rows)
    return text("report_first_of", shown=shown, total=total) if shown < total else ""


def _fitted(findings: Findings, *, above_mm: float) -> _Fitted:
    """Tables with as many rows as page 1 has room for; what is left out stands on later pages."""
    map_mm = frame_of(findings.theatre.area).height / WIDTH * _MAP_MM + _legend_mm(findings)
    # The first heading of a column has no space above it.
    side_mm = _MATRIX_MM - _ABOVE_HEADING_MM
    side_mm += _heading_mm(matrix_title(findings), width_mm=_SIDE_WIDTH_MM)
    areas = _fitted_areas(findings, height_mm=max(map_mm, _SIDE_MM) - side_mm - _HEADING_MM)
    if areas is not None:
        side_mm += areas.height_mm + _HEADING_MM
    room_mm = _SHEET_MM - _FRAME_MM - above_mm - max(map_mm, side_mm) - _below_mm(findings)
    zones = zones_table(findings)
    scope = f"{text('report_gaps_title')} {_scope(zones, len(findings.zones))}"
    room_mm -= _heading_mm(scope, width_mm=_TEXT_MM)
    # Of the two headings side by side below, the one over the narrower table is the longer.
    figures_title = f"{text('report_assumptions_title')} {_more_at_most(findings)}"
    room_mm -= _heading_mm(figures_title, width_mm=_ASSUMPTIONS_MM)
    zones = zones.with_rows(zones.rows[:ZONES_SHOWN])
    if zones.rows:
        zones = fitting_rows(zones, height_mm=room_mm - _LEAST_GROUNDS_MM)
    room_mm -= max(zones.height_mm, _NO_ZONE_MM)
    return _Fitted(
        areas=areas,
        zones=zones,
        assumptions=fitting_rows(
            main_assumptions(findings, width_mm=_ASSUMPTIONS_MM), height_mm=room_mm
        ),
        sources=fitting_rows(sources_table(findings, short=True), height_mm=room_mm),
    )


def _heading_mm(title: str, *, width_mm: float) -> float:
    """Height of a heading with the space around it, all of it taken to be in its large bold type."""
    lines = line_count(title, width_mm=width_mm, size_pt=_HEADING_PT)
    return _HEADING_MM + (lines - 1) * _HEADING_LINE_MM


def _legend_mm(findings: Findings) -> float:
    return _LEGEND_MM + (_LEGEND_ROW_MM if _limits(findings) else 0.0)


def _more_at_most(findings: Findings) -> str:
    """The longest that can stand beside the heading of the assumptions."""
    total = len(findings.assumptions)
    return text("report_first_of", shown=total, total=total)


def _fitted_areas(findings: Findings, *, height_mm: float) -> Table | None:
    """Areas in a height; those that find no room are summed in the last row, so that all add up."""
    every = areas_table(findings, most=_ALL_AREAS)
    if every is None:
        return None
    shown = len(fitting_rows(every, height_mm=height_mm).rows)
    return every if shown == len(every.rows) else areas_table(findings, most=max(1, shown - 1))


def _above_mm(found: Lead, below: tuple[Sentence, ...]) -> float:
    """Height of header, sentence and bar."""
    whole = " ".join(plain(s) for s in (found.answer, *found.bad))
    beneath = " ".join(plain(s) for s in below)
    lines = line_count(whole, width_mm=_TEXT_MM, size_pt=_LEAD_PT)
    small = line_count(beneath, width_mm=_TEXT_MM, size_pt=8.6)
    return _HEADER_MM + lines * _LEAD_LINE_MM + _BAR_MM + small * _LINE_MM


def _notes(findings: Findings) -> tuple[str, ...]:
    unchecked = (
        "report_note_unchecked_on_site" if findings.landing_checked else "report_note_unchecked"
    )
    return "report_note_answered", unchecked, "report_threat_relative"


def _below_mm(findings: Findings) -> float:
    """Height of the note, the footer and the gaps between the parts."""
    texts = [plain(spans(key)) for key in _notes(findings)]
    notes = (line_count(words, width_mm=_TEXT_MM - 4, size_pt=8.5) for words in texts)
    return sum(notes) * _LINE_MM + _FOOTER_MM + _GAPS_MM


def _legend(findings: Findings) -> tuple[Sign, ...]:
    letters = list(BAR_LETTERS)
    if (findings.coverage.classes["class"] == "E").any():
        letters.append("E")
    signs = [Sign(letter=x, text=text(f"class_{CLASS_KEYS[x]}")) for x in letters]
    words = {s: text(f"report_sign_{s}") for s in ("base", "hq", "rotor", "site", "hollow", "zone")}
    limits = _limits(findings)
    if limits:
        words["limit"] = limits
    for symbol, said in words.items():
        drawn = symbols.legend_symbol(symbol, DAY)
        signs.append(Sign(symbol=Markup(drawn), text=said))  # noqa: S704  (as above)
    return tuple(signs)


def _limits(findings: Findings) -> str:
    """The kinds of restricted area that the map draws."""
    kinds = set(findings.layers["areas"].table["kind"])
    return ", ".join(text(f"restriction_{kind}") for kind in LIMITS if kind in kinds)
