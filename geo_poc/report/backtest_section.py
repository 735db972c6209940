"""The test on the past in the coverage report."""

from __future__ import annotations

from geo_poc.layers.threat.backtest import Backtest
from geo_poc.report.backtest_words import kinds_table, lead, models_heading, models_table
from geo_poc.report.blocks import TEXT_WIDTH_MM, Block, Heading, Paragraph, Picture
from geo_poc.report.calibration import HEIGHT, WIDTH, calibration_svg
from geo_poc.wording import spans, text

_GAP_MM = 2.0


def backtest_section(backtest: Backtest) -> tuple[Block, ...]:
    """How well the models told the past: the answer, all models, each kind of incident, calibration."""
    return (
        Heading(text=text("backtest_title")),
        *(Paragraph(spans=sentence) for sentence in lead(backtest)),
        Paragraph(spans=spans("backtest_intro")),
        *_models(backtest),
        Heading(text=text("backtest_kinds_title")),
        kinds_table(backtest),
        Paragraph(spans=spans("backtest_how_date")),
        Heading(text=text("backtest_figure_title")),
        Picture(svg=calibration_svg(backtest), height_mm=TEXT_WIDTH_MM * HEIGHT / WIDTH + _GAP_MM),
    )


def _models(backtest: Backtest) -> tuple[Block, ...]:
    """Table of all models; nothing where nothing is known of any."""
    if backtest.reason:
        return ()
    return (
        Heading(text=models_heading(backtest)),
        models_table(backtest),
        Paragraph(spans=spans("backtest_how_brier")),
    )
