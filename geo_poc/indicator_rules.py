"""Rules of an indicators file that hold between its keys, with all faults at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from geo_poc.errors import ConfigError, Fault
from geo_poc.indicators_file import (
    AreaRule,
    IndicatorsFile,
    IndicatorSpec,
    LevelsSpec,
    TriggerSpec,
    read_indicators_file,
)

_COUNTED = frozenset({"events", "deaths_best", "deaths_low", "deaths_high"})
_NEEDS = {
    **dict.fromkeys(_COUNTED, ("window_days",)),
    "change": ("window_days", "against_days", "least_events"),
    "days_since": (),
    "value": ("series", "worse"),
}
_SPECIAL = ("window_days", "against_days", "least_events", "series", "worse")
_OF_INCIDENTS = {"target": "all", "kinds": [], "within": 0.0, "where_prec": 3}


def read_indicators(path: Path) -> IndicatorsFile:
    """What an indicators file says, if it keeps every rule that needs no other file.

    Raises
    ------
    ConfigError
        With all faults, each under the name of the file.
    """
    file = read_indicators_file(path)
    faults = list(indicator_faults(file, where=str(path)))
    if faults:
        raise ConfigError(faults)
    return file


def indicator_faults(file: IndicatorsFile, *, where: str) -> Iterator[Fault]:
    """Every rule that a file breaks.

    Parameters
    ----------
    file : IndicatorsFile
    where : str
        Name of the file.
    """
    yield from _levels(file.levels, len(file.indicators), where=f"{where}: [levels]")
    for n, area in enumerate(file.areas, 1):
        yield from _area(area, where=f"{where}: [areas] {n}")
    series = {each.name for each in file.series}
    for n, indicator in enumerate(file.indicators, 1):
        place = f"{where}: [indicators] {n}"
        yield from _keys(indicator, series, where=place)
        yield from _thresholds(indicator, len(file.levels.names), where=place)
    for n, trigger in enumerate(file.triggers, 1):
        yield from _trigger(trigger, file, where=f"{where}: [triggers] {n}")
    for section in ("series", "indicators", "triggers"):
        names = [each.name for each in getattr(file, section)]
        yield from _twice(names, where=f"{where}: [{section}] name")


def _levels(levels: LevelsSpec, indicators: int, *, where: str) -> Iterator[Fault]:
    counts = levels.rule == "count"
    if counts != (levels.indicators is not None):
        yield Fault(
            where=f"{where} indicators",
            found=str(levels.indicators or "nothing"),
            rule="must be given with rule = 'count', and only with it",
            repair="say how many indicators must have a level" if counts else "leave it out",
        )
    elif counts and levels.indicators is not None and levels.indicators > indicators:
        yield Fault(
            where=f"{where} indicators",
            found=f"{levels.indicators} of {indicators} indicators",
            rule="must not be more than there are, or no level is ever reached",
            repair="lower it, or add indicators",
        )
    if levels.policies and len(levels.policies) != len(levels.names):
        yield Fault(
            where=f"{where} policies",
            found=f"{len(levels.policies)} for {len(levels.names)} levels",
            rule="must be one for each level from W1 on",
            repair="write one for each name, or none",
        )


def _area(area: AreaRule, *, where: str) -> Iterator[Fault]:
    given = [key for key in ("admin", "around", "whole", "every") if getattr(area, key)]
    if len(given) != 1:
        yield Fault(
            where=where,
            found=" and ".join(given) or "none of them",
            rule="must have exactly one of admin, around, whole, every",
            repair="choose one; write an [[areas]] for each",
        )
        return
    needs_radius = bool(area.around) or area.every == "camp"
    if needs_radius != (area.radius is not None):
        yield Fault(
            where=f"{where} radius",
            found="nothing" if area.radius is None else f"{area.radius:g} m",
            rule="must be given around camps and places, and only there",
            repair="add a radius such as '10 km'" if needs_radius else "leave it out",
        )
    if area.every and area.name:
        yield Fault(
            where=f"{where} name",
            found=f"'{area.name}'",
            rule="must be left out with 'every': each area keeps its own name",
            repair="leave it out",
        )


def _keys(indicator: IndicatorSpec, series: set[str], *, where: str) -> Iterator[Fault]:
    """Keys that a measure needs and has not, and those that mean nothing for it."""
    needed = _NEEDS[indicator.measure]
    for key in _SPECIAL:
        if bool(getattr(indicator, key)) != (key in needed):
            yield Fault(
                where=f"{where} {key}",
                found="nothing" if key in needed else str(getattr(indicator, key)),
                rule=f"must be given with measure = '{indicator.measure}'"
                if key in needed
                else f"means nothing with measure = '{indicator.measure}'",
                repair="add it; no value is right everywhere" if key in needed else "leave it out",
            )
    if indicator.measure != "value":
        return
    if indicator.series and indicator.series not in series:
        yield Fault(
            where=f"{where} series",
            found=f"'{indicator.series}'",
            rule="must be the name of a [[series]]",
            repair=f"use one of {', '.join(sorted(series)) or 'none so far'}, or add it",
        )
    for key, unset in _OF_INCIDENTS.items():
        if getattr(indicator, key) != unset:
            yield Fault(
                where=f"{where} {key}",
                found=str(getattr(indicator, key)),
                rule="means nothing for a value of a series",
                repair="leave it out",
            )


def _thresholds(indicator: IndicatorSpec, levels: int, *, where: str) -> Iterator[Fault]:
    for key in ("up", "down"):
        values = getattr(indicator, key)
        if len(values) != levels:
            yield Fault(
                where=f"{where} {key}",
                found=f"{len(values)} value(s) for {levels} level(s)",
                rule="must be one for each level from W1 on",
                repair="write as many as [levels] has names",
            )
    if len(indicator.up) != levels or len(indicator.down) != levels:
        return
    up, down = ([indicator.sign * v for v in part] for part in (indicator.up, indicator.down))
    worse = "rise" if indicator.sign > 0 else "fall"
    if any(a >= b for a, b in pairwise(up)):
        yield _order(f"{where} up", indicator.up, f"must {worse} from level to level")
    if any(a > b for a, b in pairwise(down)):
        yield _order(f"{where} down", indicator.down, f"must {worse} from level to level, or stay")
    if any(low > high for low, high in zip(down, up, strict=True)):
        rule = "must not be worse than 'up' of the same level, or it would be left when reached"
        yield _order(f"{where} down", indicator.down, rule)
    if indicator.sign > 0 and indicator.measure != "value" and min(*up, *down) <= 0:
        rule = "must be above 0: nothing is below 0, and no event is no warning"
        yield _order(f"{where} up and down", [*indicator.up, *indicator.down], rule)


def _order(where: str, values: list[float], rule: str) -> Fault:
    return Fault(
        where=where,
        found=", ".join(f"{value:g}" for value in values),
        rule=rule,
        repair="correct the values",
    )


def _trigger(trigger: TriggerSpec, file: IndicatorsFile, *, where: str) -> Iterator[Fault]:
    given = [key for key in ("level", "rise", "indicator") if getattr(trigger, key)]
    if len(given) != 1:
        yield Fault(
            where=where,
            found=" and ".join(given) or "none of them",
            rule="must have exactly one of level, rise, indicator",
            repair="choose one; write a [[triggers]] for each",
        )
        return
    for key, belongs_to in (("within_days", "rise"), ("reaches", "indicator")):
        if (getattr(trigger, key) is not None) != (given == [belongs_to]):
            yield Fault(
                where=f"{where} {key}",
                found="nothing" if getattr(trigger, key) is None else str(getattr(trigger, key)),
                rule=f"must be given with '{belongs_to}', and only with it",
                repair="add it" if given == [belongs_to] else "leave it out",
            )
    names = [indicator.name for indicator in file.indicators]
    known = {"level": file.codes[1:], "indicator": names, "rise": range(1, len(file.codes))}
    if getattr(trigger, given[0]) not in known[given[0]]:
        yield Fault(
            where=f"{where} {given[0]}",
            found=f"'{getattr(trigger, given[0])}'",
            rule="must be one that there is",
            repair=f"use one of {', '.join(map(str, known[given[0]]))}",
        )


def _twice(names: Iterable[str], *, where: str) -> Iterator[Fault]:
    for name, times in Counter(names).items():
        if times > 1:
            yield Fault(
                where=where,
                found=f"'{name}' {times} times",
                rule="must be there once: results and logs go by it",
                repair="rename all but one",
            )
