"""What an indicators file may say: areas, indicators with thresholds, the rule of levels, and triggers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from geo_poc.config import Metres, read_toml

CODES = ("W0", "W1", "W2", "W3", "W4")
"""Codes of the levels, from no warning recorded up; the same in every language."""

Measure = Literal[
    "events", "deaths_best", "deaths_low", "deaths_high", "change", "days_since", "value"
]
Target = Literal["all", "civilian", "one_sided"]
Kind = Literal["state_based", "non_state", "one_sided", "other"]
Step = Literal["day", "week", "month"]


def _said(text: object) -> object:
    """Text that says something: spaces alone are nothing."""
    if isinstance(text, str) and not text.strip():
        message = "must not be blank"
        raise ValueError(message)
    return text


Words = Annotated[str, BeforeValidator(_said)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Days = Annotated[int, Field(ge=1, strict=True)]
WholeDays = Annotated[int, Field(ge=0, strict=True)]
_FORBID = {"extra": "forbid"}


@dataclass(frozen=True, kw_only=True)
class AssessSpec:
    """Section ``[assess]``: the days on which levels are worked out, up to the theatre's ``as_of``.

    Parameters
    ----------
    step : "day", "week" or "month"
        Every day, every 7 days from the first on, or on the first of each month.
    first : date
        From when on (key ``from``). The days do not depend on ``as_of``, so that what fired on one of them
        has the same day in every later run.
    source : str
        Who set the thresholds and the rule; printed with the results.
    """

    __pydantic_config__ = _FORBID

    step: Step
    first: Annotated[dt.date, Field(alias="from")]
    source: Words


@dataclass(frozen=True, kw_only=True)
class LevelsSpec:
    """Section ``[levels]``: names of the levels of warning, and when an area has one.

    Parameters
    ----------
    names : list of str
        Of W1, W2 and so on, at most four. W0 is always "no warning recorded".
    rule : "worst" or "count"
        The level of the worst indicator, or the highest level that at least ``indicators`` have.
    indicators : int, optional
        For ``rule = "count"``.
    policies : list of str
        What the mission does at each level, W1 first; printed with it.
    """

    __pydantic_config__ = _FORBID

    names: Annotated[list[Words], Field(min_length=1, max_length=4)]
    rule: Literal["worst", "count"]
    indicators: Annotated[int, Field(ge=1, strict=True)] | None = None
    policies: list[Words] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class RecordSpec:
    """Section ``[record]``: from and to when incidents were recorded.

    Without ``from`` each source begins with its first incident. Without ``to`` it ends ``quiet_days`` after
    its newest one: a file may be of today and hold nothing of the last year.
    """

    __pydantic_config__ = _FORBID

    first: Annotated[dt.date | None, Field(alias="from")] = None
    last: Annotated[dt.date | None, Field(alias="to")] = None
    quiet_days: WholeDays = 0


@dataclass(frozen=True, kw_only=True)
class AreaRule:
    """One ``[[areas]]``: what is judged. Exactly one of ``admin, around, whole, every``.

    Parameters
    ----------
    name : str
        Shown, and written in logs. Not with ``every``, where the layer gives the names.
    admin : str
        Id or name of an area of kind admin of the theatre.
    around : str
        Id or name of a camp or place, with ``radius``.
    whole : bool
        The whole theatre; incidents of unknown place count, too.
    every : "admin" or "camp"
        Each area of kind admin, or each camp with ``radius``.
    radius : length
        The circle's own.
    """

    __pydantic_config__ = _FORBID

    name: str = ""
    admin: str = ""
    around: str = ""
    whole: bool = False
    every: Literal["", "admin", "camp"] = ""
    radius: Annotated[Metres, Field(gt=0)] | None = None


@dataclass(frozen=True, kw_only=True)
class SeriesSpec:
    """One ``[[series]]``: a dated CSV of the user with the columns ``date, area, value``.

    Parameters
    ----------
    name : str
    path : str
        Relative to the indicators file.
    valid_days : int
        For how many days a value stands; after that the indicator is unknown.
    label : str
        Where the figures come from; printed.
    """

    __pydantic_config__ = _FORBID

    name: Words
    path: Words
    valid_days: Days
    label: Words


@dataclass(frozen=True, kw_only=True)
class IndicatorSpec:
    """One ``[[indicators]]``: what is measured in each area, and from which values on it warns.

    Parameters
    ----------
    name : str
    measure : str
        ``events``; ``deaths_best, deaths_low, deaths_high``: sums; ``change``: events a day in the
        window over events a day in the time before it; ``days_since`` the last event; ``value`` of a series.
    up : list of float
        One value for each level, W1 first: from it on the level is reached.
    down : list of float
        One value for each level: while the indicator is not below it, the level is kept.
    fall_after_days : int
        How long it has to be below without a break before the level is left.
    window_days : int
        Of counts, sums and changes.
    against_days : int
        Of a change: length of the time before the window.
    least_events : int
        Of a change: with fewer events in the window there is none.
    series, worse : str
        Of a value: the series, and whether ``higher`` or ``lower`` is worse.
    target, kinds : str, list of str
        Which incidents count.
    within : length
        How far around the area, beside those inside it.
    where_prec : int
        Vaguest place that counts (UCDP's code); vaguer ones are named beside it.
    areas : list of str
        Areas it is measured in; all without it.
    """

    __pydantic_config__ = _FORBID

    name: Words
    measure: Measure
    up: list[Number]
    down: list[Number]
    fall_after_days: WholeDays
    window_days: Days | None = None
    against_days: Days | None = None
    least_events: Days | None = None
    series: str = ""
    worse: Literal["", "higher", "lower"] = ""
    target: Target = "all"
    kinds: list[Kind] = field(default_factory=list)
    within: Metres = 0.0
    where_prec: Annotated[int, Field(ge=1, le=5, strict=True)] = 3
    areas: list[str] = field(default_factory=list)

    @property
    def sign(self) -> float:
        """1 where higher is worse, -1 where lower is: a value times this rises with what it warns of."""
        return -1.0 if self.measure == "days_since" or self.worse == "lower" else 1.0


@dataclass(frozen=True, kw_only=True)
class TriggerSpec:
    """One ``[[triggers]]``: when somebody has to decide. Exactly one of ``level, rise, indicator``.

    Parameters
    ----------
    name : str
    decision : str
        What is to be decided.
    decide_within_days : int
    level : str
        Code: the area has this level or a higher one.
    rise : int
        The area's level is so many higher than it was at some time in the last ``within_days``.
    indicator : str
        Its value is ``reaches`` or worse.
    areas : list of str
        All without it.
    """

    __pydantic_config__ = _FORBID

    name: Words
    decision: Words
    decide_within_days: WholeDays
    level: str = ""
    rise: Annotated[int, Field(ge=1, strict=True)] | None = None
    within_days: Days | None = None
    indicator: str = ""
    reaches: Number | None = None
    areas: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class IndicatorsFile:
    """A whole indicators file as written."""

    __pydantic_config__ = _FORBID

    assess: AssessSpec
    levels: LevelsSpec
    areas: Annotated[list[AreaRule], Field(min_length=1)]
    indicators: Annotated[list[IndicatorSpec], Field(min_length=1)]
    record: RecordSpec = field(default_factory=RecordSpec)
    series: list[SeriesSpec] = field(default_factory=list)
    triggers: list[TriggerSpec] = field(default_factory=list)

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the levels in use, W0 first."""
        return CODES[: len(self.levels.names) + 1]


def read_indicators_file(path: Path) -> IndicatorsFile:
    """What an indicators file says, as far as its keys and types go.

    Raises
    ------
    ConfigError
        If any key or value is wrong, all faults listed; or if it is a theatre or plan file.
    """
    repair = "the indicators file comes after --indicators"
    others = {"theatre": ("a theatre file", repair), "plan": ("a plan file", repair)}
    return read_toml(path, IndicatorsFile, others=others)
