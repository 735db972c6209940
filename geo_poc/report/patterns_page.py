"""Patterns of incidents as one HTML page that asks for no other file and runs no script."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from markupsafe import Markup

from geo_poc import figures
from geo_poc.layers.layer import SourceRecord
from geo_poc.palette import DAY
from geo_poc.report.patterns import METHOD, PatternProduct
from geo_poc.report.patterns_map import legend, pattern_map
from geo_poc.report.patterns_tables import (
    base_section,
    cluster_section,
    hot_section,
    repeat_section,
    trend_section,
)
from geo_poc.report.patterns_words import Item, Section, Spans, lead
from geo_poc.report.sheet import Sheet, name_words, sheet_html, sheet_of, write_sheet
from geo_poc.report.svg import Attributes, element, written
from geo_poc.report.typeset import printable
from geo_poc.wording import text

_BAR, _BARS_HEIGHT = 3.0, 22.0


@dataclass(frozen=True, kw_only=True)
class PatternPage:
    """All that the page prints, in order."""

    sheet: Sheet
    datum: str
    basis: str
    lead: tuple[Spans, ...]
    map: Markup
    legend: tuple[tuple[Markup, str], ...]
    sections: tuple[Section, ...]
    tones: tuple[tuple[str, str], ...]
    sources_title: str
    sources: tuple[str, ...]
    seed: str
    recent: int

    def bars(self, item: Item) -> Markup:
        """Drawing of a cell that holds numbers of months."""
        return bar_chart(item.bars, recent=self.recent, label=item.label)


def page_context(
    product: PatternProduct,
    *,
    sources: Sequence[SourceRecord],
    made: dt.datetime,
    version: str,
) -> PatternPage:
    """Everything that the page prints, worked out.

    Parameters
    ----------
    product : PatternProduct
    sources : sequence of SourceRecord
    made : datetime
        When the product is made, with its zone.
    version : str
        Of geo-poc.
    """
    theatre = product.theatre
    # The project's own drawings; every text in them is escaped where they are made.
    drawn = tuple((Markup(sign), words) for sign, words in legend(product))  # noqa: S704
    return PatternPage(
        sheet=sheet_of(
            theatre,
            title=text("patterns_title"),
            subtitle=text(
                "patterns_subtitle",
                theatre=name_words(theatre.name),
                since=figures.day(product.since),
                until=figures.day(product.until),
            ),
            made=made,
            version=version,
        ),
        datum=text("patterns_datum", method=METHOD),
        basis=_basis(product),
        lead=lead(product),
        map=Markup(pattern_map(product)),  # noqa: S704
        legend=drawn,
        sections=(
            hot_section(product),
            cluster_section(product),
            repeat_section(product),
            trend_section(product),
            base_section(product),
        ),
        tones=tuple((f"k{n}", text(f"patterns_repeat_tone_{n}")) for n in range(4)),
        sources_title=text("patterns_source_title"),
        sources=tuple(_source(source) for source in sources),
        seed=text("patterns_seed", seed=str(product.seed)),
        recent=product.trends.months.recent if product.trends else 0,
    )


def _basis(product: PatternProduct) -> str:
    if product.last is None:
        return ""
    until, last = figures.day(product.until), figures.day(product.last)
    known = text("patterns_basis", n=product.used.known, until=until, last=last)
    linked = product.used.linked
    return f"{known} {text('patterns_linked', n=linked)}" if linked else known


def _source(source: SourceRecord) -> str:
    day = figures.day(source.day) if source.day else text("patterns_source_undated")
    return text(
        "patterns_source",
        label=source.label,
        file=source.file,
        kept=source.kept,
        read=source.read,
        date=day,
    )


def bar_chart(counts: Sequence[int], *, recent: int, label: str) -> Markup:
    """Bars of incidents by month, the recent ones dark, scaled to the largest of the row."""
    width = _BAR * len(counts)
    root = ET.Element(
        "svg",
        {
            "class": "bars",
            "viewBox": f"0 0 {width:g} {_BARS_HEIGHT:g}",
            "preserveAspectRatio": "xMinYMid",
            "role": "img",
            "aria-label": printable(label),
        },
    )
    most = max([*counts, 1])
    for number, count in enumerate(counts):
        height = count / most * (_BARS_HEIGHT - 1)
        dark = number >= len(counts) - recent
        style: Attributes = {
            "fill": DAY.ink if dark else DAY.ink3,
            "fill-opacity": 1.0 if dark else 0.55,
        }
        at = {"x": number * _BAR, "y": _BARS_HEIGHT - 1 - height, "height": height}
        element(root, "rect", {**at, "width": _BAR - 0.6, **style})
    line = {"x1": 0, "x2": width, "y1": _BARS_HEIGHT - 0.5, "y2": _BARS_HEIGHT - 0.5}
    element(root, "line", {**line, "stroke": DAY.ink3, "stroke-width": 0.6})
    return Markup(written(root))  # noqa: S704  (every text in it is escaped)


def rendered(page: PatternPage) -> str:
    """The page as one HTML file."""
    return sheet_html("patterns.html", page)


def write_patterns_page(
    product: PatternProduct,
    path: Path,
    *,
    sources: Sequence[SourceRecord],
    made: dt.datetime,
    version: str,
) -> None:
    """Write the page.

    Parameters
    ----------
    product : PatternProduct
    path : Path
    sources : sequence of SourceRecord
    made : datetime
        When the product is made, with its zone.
    version : str
        Of geo-poc.
    """
    page = page_context(product, sources=sources, made=made, version=version)
    write_sheet("patterns.html", page, path)
