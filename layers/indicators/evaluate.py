"""Levels of all areas on each assessment day, walked forward."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.errors import ConfigError, Fault
from geo_poc.indicators_file import AssessSpec, IndicatorsFile, IndicatorSpec
from geo_poc.layers.indicators.areas import Judged
from geo_poc.layers.indicators.latch import Held, Thresholds, held_levels, shared, worst
from geo_poc.layers.indicators.measures import Here, Measured, measured
from geo_poc.layers.indicators.reports import Reports, Span, chosen_reports, counted_here
from geo_poc.layers.indicators.series import Series
from geo_poc.layers.threat.events import day_number

_STEPS = {"day": "D", "week": "7D", "month": "MS"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """What levels are worked out from.

    Parameters
    ----------
    reports : Reports
        They may go on after the last assessment day: each day uses those that were over before it.
    spans : tuple of Span
        For which times there is a record.
    series : mapping of str to Series
        By name.
    """

    reports: Reports
    spans: tuple[Span, ...]
    series: Mapping[str, Series]


@dataclass(frozen=True, kw_only=True, eq=False)
class IndicatorHistory:
    """One indicator in one area on each assessment day."""

    spec: IndicatorSpec
    measured: Measured
    held: Held


@dataclass(frozen=True, kw_only=True, eq=False)
class AreaHistory:
    """One area on each of n assessment days.

    Parameters
    ----------
    area : Judged
    indicators : tuple of IndicatorHistory
        Those measured in it.
    level : int array (n,)
        At least this: indicators that are unknown count with the level that they still hold.
    could_be : int array (n,)
        The level if all that is unknown were at its worst.
    """

    area: Judged
    indicators: tuple[IndicatorHistory, ...]
    level: NDArray[np.int64]
    could_be: NDArray[np.int64]

    def unknown(self, day: int) -> int:
        """How many of its indicators are unknown on an assessment day."""
        return sum(bool(each.measured.unknown[day]) for each in self.indicators)


@dataclass(frozen=True, kw_only=True, eq=False)
class Evaluation:
    """Levels of all areas.

    Parameters
    ----------
    days : tuple of date
        Assessment days, rising.
    areas : tuple of AreaHistory
    """

    days: tuple[dt.date, ...]
    areas: tuple[AreaHistory, ...]


def assessment_days(assess: AssessSpec, as_of: dt.date, *, where: str) -> tuple[dt.date, ...]:
    """Days of assessment from the first on, none after ``as_of``.

    Raises
    ------
    ConfigError
        If there is none.

    Examples
    --------
    >>> weekly = AssessSpec(step="week", first=dt.date(2025, 12, 20), source="staff")
    >>> [day.day for day in assessment_days(weekly, dt.date(2026, 1, 3), where="i.toml")]
    [20, 27, 3]
    """
    days = [day.date() for day in pd.date_range(assess.first, as_of, freq=_STEPS[assess.step])]
    if not days:
        raise ConfigError(
            Fault(
                where=f"{where}: [assess] from",
                found=f"{assess.first}, by the {assess.step}",
                rule=f"must give a day of assessment that is not after the theatre's as_of, {as_of}",
                repair="give an earlier day: the history of levels begins there",
            )
        )
    return tuple(days)


def evaluated(
    file: IndicatorsFile, areas: Sequence[Judged], known: Known, days: Sequence[dt.date]
) -> Evaluation:
    """Levels of all areas on each day, from what was over before that day.

    Parameters
    ----------
    file : IndicatorsFile
    areas : sequence of Judged
    known : Known
    days : sequence of date
        Rising.
    """
    numbers = np.array([day_number(day) for day in days], dtype=float)
    by_indicator = {i.name: chosen_reports(known.reports, i) for i in file.indicators}
    return Evaluation(
        days=tuple(days),
        areas=tuple(_area(file, area, known, by_indicator, numbers) for area in areas),
    )


def in_area(names: Sequence[str], area: str) -> bool:
    """Whether a list of areas, where empty means all, has an area."""
    return not names or area in names


def area_faults(file: IndicatorsFile, areas: Sequence[Judged], *, where: str) -> list[Fault]:
    """Names of areas that no area has, and areas with too few indicators for their rule.

    Parameters
    ----------
    file : IndicatorsFile
    areas : sequence of Judged
    where : str
        Name of the file.
    """
    names = [area.name for area in areas]
    faults = [
        Fault(
            where=f"{where}: [{section}] {number} areas",
            found=f"'{name}'",
            rule="must be the name of an area that is judged",
            repair=f"use some of {', '.join(names)}",
        )
        for section in ("indicators", "triggers")
        for number, each in enumerate(getattr(file, section), 1)
        for name in each.areas
        if name not in names
    ]
    needed = file.levels.indicators or 1
    for name in names:
        own = sum(in_area(indicator.areas, name) for indicator in file.indicators)
        if own < needed:
            faults.append(
                Fault(
                    where=f"{where}: [[areas]] {name}",
                    found=f"{own} indicator(s)",
                    rule=f"needs at least {needed}, or it never has a level",
                    repair="add the area to 'areas' of more indicators, or leave it out",
                )
            )
    return faults


def _area(
    file: IndicatorsFile,
    area: Judged,
    known: Known,
    by_indicator: Mapping[str, Reports],
    days: NDArray[np.float64],
) -> AreaHistory:
    own = tuple(
        _indicator(indicator, area, known, by_indicator[indicator.name], days)
        for indicator in file.indicators
        if in_area(indicator.areas, area.name)
    )
    at_least = np.array([each.held.level for each in own])
    top = len(file.levels.names)
    at_most = np.where([each.measured.open for each in own], top, at_least)
    return AreaHistory(
        area=area,
        indicators=own,
        level=_combined(file, at_least),
        could_be=_combined(file, at_most),
    )


def _combined(file: IndicatorsFile, levels: NDArray[np.int64]) -> NDArray[np.int64]:
    if file.levels.rule == "worst":
        return worst(levels)
    return shared(levels, indicators=file.levels.indicators or 1)


def _indicator(
    spec: IndicatorSpec,
    area: Judged,
    known: Known,
    reports: Reports,
    days: NDArray[np.float64],
) -> IndicatorHistory:
    counted, possible = counted_here(
        reports, area.away_m(reports.point), spec, whole=area.kind == "whole"
    )
    here = Here(counted=reports.only(counted), possible=reports.only(possible), spans=known.spans)
    values = known.series[spec.series].by_area[area.name] if spec.series else None
    found = measured(spec, here, days, values)
    thresholds = Thresholds(
        up=tuple(spec.sign * value for value in spec.up),
        down=tuple(spec.sign * value for value in spec.down),
        fall_after_days=float(spec.fall_after_days),
    )
    return IndicatorHistory(
        spec=spec, measured=found, held=held_levels(days, found.severity, thresholds)
    )
