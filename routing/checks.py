"""What is wrong or doubtful about restrictions and ferries before anything is computed."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_poc.errors import Fault
from geo_poc.plan import Ferries
from geo_poc.routing.catalogue import Mover, Vehicle
from geo_poc.routing.network import is_ferry
from geo_poc.routing.restrictions import ON_GROUND
from geo_poc.routing.speeds import NOT_DRIVEN, NOT_USABLE
from geo_poc.routing.stretches import roads_named

_DELAYED = {"needs_approval": "approval", "clearance": "clearing"}
_RULES = ("no_go", "no_night", "needs_approval")
_MINED_RULES = ("no_go", "clearance")
_NAMED = 5


def restriction_faults(areas: gpd.GeoDataFrame, roads: pd.DataFrame | None) -> list[Fault]:
    """A fault for each rule, delay, contingent or name of a road of an area that cannot be meant so.

    A rule must fit the kind of the area; a rule that takes a delay must have one, and no other may; and
    every road that is named must be there.

    Parameters
    ----------
    areas : GeoDataFrame
        Columns ``id, name, kind, rule, delay_s, roads, contingents``.
    roads : DataFrame or None
        Columns ``id, name``; None where they could not be read.
    """
    checks: list[Callable[[Any], Iterator[Fault]]] = [_rule_faults, _delay_faults, _comma_faults]
    if roads is not None:
        checks.append(lambda area: _road_faults(area, roads))
    return [fault for area in areas.to_dict("records") for check in checks for fault in check(area)]


def _where(area: Any) -> str:
    return f"areas: {area['kind']} {area['id']} ({area['name']})"


def _rule_faults(area: Any) -> Iterator[Fault]:
    kind, rule = area["kind"], area["rule"]
    allowed = _MINED_RULES if kind == "mined" else _RULES if kind in ON_GROUND else ()
    if rule and rule not in allowed:
        yield Fault(
            where=f"{_where(area)}: rule",
            found=f"'{rule}'",
            rule=f"is no rule of the kind {kind}",
            repair=f"choose one of {', '.join(allowed)}" if allowed else "leave it empty",
        )
    if area["roads"] and not allowed:
        yield Fault(
            where=f"{_where(area)}: roads",
            found=f"'{area['roads']}'",
            rule=f"must not be given for the kind {kind}, which restricts no road",
            repair=f"leave it empty, or choose one of the kinds {', '.join(ON_GROUND)}",
        )


def _delay_faults(area: Any) -> Iterator[Fault]:
    known, rule = not np.isnan(area["delay_s"]), area["rule"]
    if rule in _DELAYED and not known:
        yield Fault(
            where=f"{_where(area)}: delay",
            found="nothing",
            rule=f"must say how long the {_DELAYED[rule]} takes, as '{rule}' rests on it",
            repair="write a duration such as 45 min or 6 h, or the rule no_go if nobody knows",
        )
    if known and rule not in _DELAYED:
        yield Fault(
            where=f"{_where(area)}: delay",
            found=f"{area['delay_s'] / 60:g} min and the rule '{rule or 'no_go'}'",
            rule="must not be given for a rule that takes no delay",
            repair=f"choose the rule {' or '.join(_DELAYED)}, or leave the delay empty",
        )


def _comma_faults(area: Any) -> Iterator[Fault]:
    """Names parted with a comma would be one name that nobody has: the caveat would bind nobody."""
    if "," in area["contingents"]:
        yield Fault(
            where=f"{_where(area)}: contingents",
            found=f"'{area['contingents']}'",
            rule="must part names with ';', and no name may hold a comma",
            repair=f"write '{area['contingents'].replace(',', ';')}'",
        )
    if area["contingents"].strip() and area["kind"] in ON_GROUND and area["kind"] != "caveat":
        yield Fault(
            where=f"{_where(area)}: contingents",
            found=f"'{area['contingents']}'",
            rule=f"must be empty for the kind {area['kind']}, which binds everyone",
            repair="leave it empty, or make the area a caveat",
        )


def _road_faults(area: Any, roads: pd.DataFrame) -> Iterator[Fault]:
    known = sorted({str(name) for column in ("id", "name") for name in roads[column]} - {""})
    for name, rows in roads_named(area["roads"], roads).items():
        if not rows.size:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            yield Fault(
                where=f"{_where(area)}: roads",
                found=f"'{name}'",
                rule="is neither the id nor the name of a road in the theatre",
                repair="part several with ';'"
                if "," in name
                else f"did you mean '{near[0]}'?"
                if near
                else "correct it, or give a shape",
            )


def unused_ferries(roads: gpd.GeoDataFrame, ferries: Ferries | None) -> list[Fault]:
    """A warning that says how many km of ferries carry nobody, and what would have them used.

    Parameters
    ----------
    roads : GeoDataFrame
        Columns ``road_class, speed_kmh, length_m``, in metres.
    ferries : Ferries or None
        Of the plan.
    """
    there = roads[is_ferry(roads)]
    if ferries is None:
        rule = "nobody uses a ferry without it: a timetable is a fact about a place"
        repair = "write [ferries] with wait, speed_kmh, night and source, if they can be relied on"
        idle, found = there, "no such section, and {km:,.1f} km of ferries in the roads"
    else:
        rule = "ferries of unknown speed carry nobody"
        repair = "give speed_kmh in [ferries], or the speed of each in the roads"
        unknown = ~(there["speed_kmh"] > 0) & (ferries.speed_kmh is None)
        idle, found = there[unknown], "no speed_kmh, and {km:,.1f} km of ferries without their own"
    if idle.empty:
        return []
    km = float(idle["length_m"].fillna(idle.geometry.length).sum() / 1000)
    return [Fault(where="plan: [ferries]", found=found.format(km=km), rule=rule, repair=repair)]


def unknown_classes(roads: pd.DataFrame, movers: Sequence[Mover]) -> list[Fault]:
    """A warning that names road classes that nobody knows, such as a slip in the word for a ferry.

    Parameters
    ----------
    roads : DataFrame
        Column ``road_class``.
    movers : sequence of Mover
    """
    driven = {name for m in movers if isinstance(m, Vehicle) for name in m.road_kmh}
    if not driven:
        return []
    known = {"", "path", "living_street", "road", "busway", *driven, *NOT_USABLE, *NOT_DRIVEN}
    classes = roads["road_class"].astype(str).str.removesuffix("_link")
    counts = classes[~classes.isin(known)].value_counts()
    if counts.empty:
        return []
    first = ", ".join(f"'{name}' ({n})" for name, n in counts.head(_NAMED).items())
    return [
        Fault(
            where="roads: road_class",
            found=first + (" and more" if len(counts) > _NAMED else ""),
            rule="is no class that has a speed: vehicles drive there at the slowest, also over rivers",
            repair=f"write one of {', '.join(sorted(driven))}, or ferry, path, footway",
        )
    ]
