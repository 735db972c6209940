"""Which closures, caveats and no-fly areas hold on a day, and for whom."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.errors import Fault

CLOSING = ("closure", "host_state", "mined")
"""Kinds of area that bind everyone on the ground."""
ON_GROUND = (*CLOSING, "caveat")
_RESTRICTING = (*ON_GROUND, "no_fly", "landing_zone")


@dataclass(frozen=True, kw_only=True, eq=False)
class Restrictions:
    """Rows of the area table that restrict movement on one day.

    Parameters
    ----------
    barriers : int64 array
        Never crossed off a road.
    closures : int64 array
        Closed for everyone on the ground: closures, what the host state forbids, and what is mined.
    caveats : int64 array
        Closed for the bases of some contingents.
    no_fly : int64 array
        Not flown through.
    landing_zones : int64 array
        Where aircraft can land.
    at_night : frozenset of int
        Rows among closures and caveats that hold by night only.
    approval_s : mapping of int to float
        Rows that are entered once approval is there, and how long after the alert that is.
    clearing_s : mapping of int to float
        Rows that are mined, and what it takes to clear a road each time it is entered there.
    no_landing : frozenset of int
        Rows among closures in which aircraft do not land either.
    """

    barriers: NDArray[np.int64]
    closures: NDArray[np.int64]
    caveats: NDArray[np.int64]
    no_fly: NDArray[np.int64]
    landing_zones: NDArray[np.int64]
    at_night: frozenset[int] = frozenset()
    approval_s: Mapping[int, float] = field(default_factory=dict)
    clearing_s: Mapping[int, float] = field(default_factory=dict)
    no_landing: frozenset[int] = frozenset()


def restrictions_on(areas: gpd.GeoDataFrame, day: dt.date) -> Restrictions:
    """Rows of the areas in force on a day: from ``from_date`` on, up to but without ``to_date``.

    A missing date leaves that side open. Approval or clearing whose delay is not known never comes.

    Parameters
    ----------
    areas : GeoDataFrame
        Columns ``kind, barrier, from_date, to_date``; ``rule, delay_s`` where they are known.
    day : date

    Examples
    --------
    >>> areas = gpd.GeoDataFrame({
    ...     "kind": ["closure", "closure"], "barrier": [False, False],
    ...     "from_date": pd.to_datetime(["2020-06-01", None]),
    ...     "to_date": pd.to_datetime([None, "2020-06-01"]),
    ... })
    >>> restrictions_on(areas, dt.date(2020, 6, 1)).closures.tolist()
    [0]
    """
    today = pd.Timestamp(day)
    start, end = pd.to_datetime(areas["from_date"]), pd.to_datetime(areas["to_date"])
    in_force = (start.isna() | (start <= today)) & (end.isna() | (today < end))
    active = in_force.to_numpy(dtype=np.bool_)
    kind = areas["kind"].to_numpy(dtype=str)
    barrier = areas["barrier"].to_numpy(dtype=np.bool_)
    binding = active & np.isin(kind, ON_GROUND)
    rule, delay_s = rules_of(areas)
    return Restrictions(
        barriers=np.flatnonzero(active & barrier & ~np.isin(kind, _RESTRICTING)),
        closures=np.flatnonzero(active & np.isin(kind, CLOSING)),
        caveats=np.flatnonzero(active & (kind == "caveat")),
        no_fly=np.flatnonzero(active & (kind == "no_fly")),
        landing_zones=np.flatnonzero(active & (kind == "landing_zone")),
        at_night=frozenset(np.flatnonzero(binding & (rule == "no_night")).tolist()),
        approval_s=_delays(delay_s, binding & (rule == "needs_approval")),
        clearing_s=_delays(delay_s, active & (kind == "mined") & (rule == "clearance")),
        no_landing=frozenset(
            np.flatnonzero(active & np.isin(kind, ("host_state", "mined"))).tolist()
        ),
    )


def in_force(areas: gpd.GeoDataFrame, day: dt.date) -> pd.DataFrame:
    """The restrictions in force on a day: closures and their like, caveats, no-fly areas.

    Returns
    -------
    DataFrame
        ``row`` (of ``areas``), ``kind, name, rule, delay_s`` (nan none), ``to_date`` (NaT none) and
        ``contingents`` (empty: all). The rule of a no-fly area is ``no_go``.
    """
    held = restrictions_on(areas, day)
    rows = np.concatenate([held.closures, held.caveats, held.no_fly]).astype(np.int64)
    rule, delay_s = rules_of(areas)
    found = areas.iloc[rows]
    return pd.DataFrame(
        {
            "row": rows,
            "kind": found["kind"].to_numpy(),
            "name": found["name"].to_numpy(),
            "rule": np.where(found["kind"] == "no_fly", "no_go", rule[rows]),
            "delay_s": delay_s[rows],
            "to_date": pd.to_datetime(found["to_date"]).to_numpy(),
            "contingents": found["contingents"].to_numpy(),
        }
    )


def rules_of(areas: gpd.GeoDataFrame) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
    """Rule and delay of each area; ``no_go`` where it has no rule, nan where no delay is given."""
    none = pd.Series("", index=areas.index)
    rule = areas.get("rule", none).to_numpy(dtype=str)
    delay_s = areas.get("delay_s", pd.Series(np.nan, index=areas.index)).to_numpy(np.float64)
    return np.where(rule == "", "no_go", rule), delay_s


def _delays(delay_s: NDArray[np.float64], rows: NDArray[np.bool_]) -> dict[int, float]:
    known = np.flatnonzero(rows & np.isfinite(delay_s))
    return dict(zip(known.tolist(), delay_s[known].tolist(), strict=True))


def impossible_dates(areas: gpd.GeoDataFrame) -> list[Fault]:
    """A fault for each closure, caveat or no-fly area that ends before it begins, and so never holds.

    Parameters
    ----------
    areas : GeoDataFrame
        Columns ``id, name, kind, from_date, to_date``.
    """
    start, end = pd.to_datetime(areas["from_date"]), pd.to_datetime(areas["to_date"])
    never = (end <= start) & areas["kind"].isin(_RESTRICTING)
    return [
        Fault(
            where=f"areas: {row['kind']} {row['id']} ({row['name']})",
            found=f"from_date {row['from_date']:%Y-%m-%d}, to_date {row['to_date']:%Y-%m-%d}",
            rule="must end after it begins, or it never holds",
            repair="correct the two dates",
        )
        for row in areas[never].to_dict("records")
    ]


def unknown_contingents(areas: gpd.GeoDataFrame, bases: gpd.GeoDataFrame) -> list[Fault]:
    """A warning for each contingent of a caveat that no base has: the caveat binds nobody there.

    Parameters
    ----------
    areas : GeoDataFrame
        Columns ``id, name, kind, contingents``.
    bases : GeoDataFrame
        Column ``contingent``.
    """
    known = sorted({str(name).strip() for name in bases["contingent"]} - {""})
    folded = {name.casefold() for name in known}
    warnings = []
    for row in areas[areas["kind"] == "caveat"].to_dict("records"):
        for name in filter(None, (part.strip() for part in str(row["contingents"]).split(";"))):
            if name.casefold() not in folded:
                near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
                hint = f"did you mean '{near[0]}'?" if near else "correct it if it is a slip"
                warnings.append(
                    Fault(
                        where=f"areas: caveat {row['id']} ({row['name']}): contingents",
                        found=f"'{name}'",
                        rule="is the contingent of no base, so that the caveat does not bind it",
                        repair=hint,
                    )
                )
    return warnings


def applies_to(contingents: str, contingent: str) -> bool:
    """Whether a caveat for some contingents, ``;`` between, binds one; an empty list binds all.

    Examples
    --------
    >>> applies_to("Alpha; Bravo", "bravo"), applies_to("", "bravo"), applies_to("Alpha", "")
    (True, True, False)
    """
    named = {name.strip().casefold() for name in contingents.split(";") if name.strip()}
    return not named or contingent.strip().casefold() in named


def caveats_of(
    bases: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, caveats: NDArray[np.int64]
) -> tuple[frozenset[int], ...]:
    """Rows of the caveat areas that bind each base.

    Parameters
    ----------
    bases : GeoDataFrame
        Column ``contingent``.
    areas : GeoDataFrame
        Column ``contingents``.
    caveats : int64 array
        Rows of the areas that are caveats in force.

    Returns
    -------
    tuple of frozenset, one per base
    """
    named = areas["contingents"].to_numpy(dtype=str)
    return tuple(
        frozenset(int(row) for row in caveats if applies_to(str(named[row]), str(contingent)))
        for contingent in bases["contingent"]
    )
