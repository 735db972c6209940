"""The test on the past as one HTML page of its own, for a screen of any width and for print."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from geo_poc import figures
from geo_poc.layers.threat.backtest import HORIZONS_DAYS, Backtest
from geo_poc.layers.threat.near_places import WITHIN_M
from geo_poc.layers.threat.score_tables import LEAST_EVENTS
from geo_poc.layers.threat.scores import DRAWS
from geo_poc.palette import DAY
from geo_poc.report.backtest_words import (
    kinds_table,
    lead,
    models_heading,
    models_table,
    months_words,
)
from geo_poc.report.blocks import Table
from geo_poc.report.calibration import calibration_svg
from geo_poc.report.typeset import printable, shortened
from geo_poc.theatre import Theatre
from geo_poc.wording import Span, spans, text

_CAN = ("return", "not_new", "not_low", "number", "coded")
_LONGEST_NAME = 60


@dataclass(frozen=True, kw_only=True)
class BacktestPage:
    """All that the page shows, in order.

    Parameters
    ----------
    marking, title, subtitle, document_title, fictional, dates, disclaimer : str
        ``fictional`` is empty where the theatre is a real one.
    lead, can, how : tuple of sentences
        The answer; what the models can do and what not; how it was tested.
    models_title, figure : str
        ``figure`` is SVG.
    models : Table or None
        None where nothing is known of any model.
    kinds : Table
    """

    marking: str
    title: str
    subtitle: str
    document_title: str
    fictional: str
    dates: str
    disclaimer: str
    lead: tuple[tuple[Span, ...], ...]
    models_title: str
    models: Table | None
    kinds: Table
    figure: str
    can: tuple[tuple[Span, ...], ...]
    how: tuple[tuple[Span, ...], ...]


def backtest_page(
    backtest: Backtest, theatre: Theatre, *, made: dt.datetime, version: str
) -> BacktestPage:
    """Everything that the page shows, worked out.

    Parameters
    ----------
    backtest : Backtest
    theatre : Theatre
    made : datetime
        When the product is made, with its zone.
    version : str
        Of geo-poc.
    """
    marking = text(f"marking_{theatre.marking.lower().replace(' ', '_')}")
    name = shortened(theatre.name, longest=_LONGEST_NAME)
    data = figures.day(theatre.as_of)
    return BacktestPage(
        marking=marking,
        title=text("backtest_title"),
        subtitle=text(
            "backtest_subtitle", theatre=name, months=months_words(backtest, HORIZONS_DAYS[0])
        ),
        document_title=text("backtest_document_title", theatre=name, marking=marking),
        fictional=text("fictional_note") if theatre.fictional else "",
        dates=text("dates", data=data, product=figures.dtg(made), version=version),
        disclaimer=text("disclaimer"),
        lead=lead(backtest),
        models_title=models_heading(backtest),
        models=None if backtest.reason else models_table(backtest),
        kinds=kinds_table(backtest),
        figure=calibration_svg(backtest),
        can=tuple(spans(f"backtest_can_{what}") for what in _CAN),
        how=how_tested(),
    )


def how_tested() -> tuple[tuple[Span, ...], ...]:
    """How the test was made and how its figures are to be read, in sentences."""
    return (
        spans("backtest_intro"),
        spans("backtest_how_asked"),
        spans("backtest_how_interval", draws=f"{DRAWS:,}", least=LEAST_EVENTS),
        spans("backtest_how_brier"),
        spans("backtest_how_places", distance=figures.distance(WITHIN_M)),
        spans("backtest_how_date"),
    )


def backtest_html(page: BacktestPage) -> str:
    """The page as one HTML file that asks for no other file and runs no script; all text is escaped."""
    environment = Environment(
        loader=PackageLoader("geo_poc.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_clean,
    )
    return environment.get_template("backtest.html").render(
        page=page,
        kinds_title=text("backtest_kinds_title"),
        figure_title=text("backtest_figure_title"),
        can_title=text("backtest_can_title"),
        how_title=text("backtest_how_title"),
        figure=Markup(page.figure),  # noqa: S704  (escaped by the XML library)
        colours=Markup(DAY.css()),  # noqa: S704  (the project's own table of colours)
    )


def _clean(value: object) -> object:
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
