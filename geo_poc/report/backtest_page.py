"""The test on the past as one HTML page of its own, for a screen of any width and for print."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from markupsafe import Markup

from geo_poc import figures
from geo_poc.layers.threat.backtest import HORIZONS_DAYS, Backtest
from geo_poc.layers.threat.near_places import WITHIN_M
from geo_poc.layers.threat.score_tables import LEAST_EVENTS
from geo_poc.layers.threat.scores import DRAWS
from geo_poc.report.backtest_words import (
    kinds_table,
    lead,
    models_heading,
    models_table,
    months_words,
)
from geo_poc.report.blocks import Table
from geo_poc.report.calibration import calibration_svg
from geo_poc.report.sheet import Sheet, name_words, sheet_html, sheet_of
from geo_poc.theatre import Theatre
from geo_poc.wording import Span, spans, text

_CAN = ("return", "not_new", "not_low", "number", "coded")


@dataclass(frozen=True, kw_only=True)
class BacktestPage:
    """All that the page shows, in order.

    Parameters
    ----------
    sheet : Sheet
    lead, can, how : tuple of sentences
        The answer; what the models can do and what not; how it was tested.
    models_title : str
    models : Table or None
        None where nothing is known of any model.
    kinds : Table
    figure : Markup
        SVG.
    """

    sheet: Sheet
    lead: tuple[tuple[Span, ...], ...]
    models_title: str
    models: Table | None
    kinds: Table
    figure: Markup
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
    months = months_words(backtest, HORIZONS_DAYS[0])
    return BacktestPage(
        sheet=sheet_of(
            theatre,
            title=text("backtest_title"),
            subtitle=text("backtest_subtitle", theatre=name_words(theatre.name), months=months),
            made=made,
            version=version,
        ),
        lead=lead(backtest),
        models_title=models_heading(backtest),
        models=None if backtest.reason else models_table(backtest),
        kinds=kinds_table(backtest),
        figure=Markup(calibration_svg(backtest)),  # noqa: S704  (escaped by the XML library)
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
    """The page as one HTML file."""
    return sheet_html("backtest.html", page)
