"""When a place got its first base or lost its last one, from days or from maps of bases."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from numpy.typing import NDArray

CHANGE_COLUMNS = ("base", "change", "earliest_day", "latest_day", "x_m", "y_m")


def base_changes(history: pd.DataFrame, *, radius_m: float) -> pd.DataFrame:
    """When a place got its first base within a radius, or lost its last one.

    Of bases known day by day the day itself is meant. Of maps or years it is only known that the change
    lies between the start of the last one that shows the old state and the end of the first one that
    shows the new. A base that another replaces within the radius, or that is written otherwise on the
    next map, is no change. Bases of other missions count for nothing.

    Parameters
    ----------
    history : DataFrame
        ``name``, ``mission``, ``kind`` (``stay`` or ``snapshot``), ``from_day``, ``to_day`` (days since
        1970-01-01, the last one included; ``nan`` unknown or open), ``x_m``, ``y_m``.
    radius_m : float

    Returns
    -------
    DataFrame
        ``base, change, earliest_day, latest_day, x_m, y_m``: the old state holds before ``earliest_day``
        and the new one from ``latest_day`` on.
    """
    found: list[dict[str, object]] = []
    for _, own in history.groupby("mission", sort=True):
        seen = own[own["kind"] == "snapshot"]
        found += _of_snapshots(seen, radius_m) if len(seen) else []
        found += _of_stays(own[own["kind"] == "stay"], radius_m)
    table = pd.DataFrame(found, columns=list(CHANGE_COLUMNS))
    return table.sort_values(["earliest_day", "base"], kind="stable", ignore_index=True)


def _of_snapshots(seen: pd.DataFrame, radius_m: float) -> list[dict[str, object]]:
    seen = seen.sort_values(["from_day", "name"], kind="stable")
    shots = [shot for _, shot in seen.groupby(["from_day", "to_day"], sort=True)]
    found: list[dict[str, object]] = []
    for old, new in itertools.pairwise(shots):
        days = (float(old["from_day"].iloc[0]), float(new["to_day"].iloc[0]) + 1)
        for change, here, other in (("opened", new, old), ("closed", old, new)):
            gone = here[~_covered(here, other, radius_m)]
            found += _changes(gone, change, days, radius_m)
    return found


def _of_stays(stays: pd.DataFrame, radius_m: float) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for change, column, step in (("opened", "from_day", 0.0), ("closed", "to_day", 1.0)):
        for day in np.unique(stays[column].dropna().to_numpy(dtype=np.float64)):
            own = stays[stays[column] == day]
            at, side = float(day) + step, -1.0 if change == "opened" else 0.0
            others = stays[_standing(stays, at + side) & ~stays.index.isin(own.index)]
            found += _changes(own[~_covered(own, others, radius_m)], change, (at, at), radius_m)
    return found


def _standing(stays: pd.DataFrame, day: float) -> NDArray[np.bool_]:
    begun = stays["from_day"].fillna(-np.inf) <= day
    return np.asarray(begun & (stays["to_day"].fillna(np.inf) >= day))


def _covered(here: pd.DataFrame, others: pd.DataFrame, radius_m: float) -> NDArray[np.bool_]:
    """Whether each base has another of a table within the radius, mask (n,)."""
    apart = np.hypot(
        here["x_m"].to_numpy()[:, None] - others["x_m"].to_numpy(),
        here["y_m"].to_numpy()[:, None] - others["y_m"].to_numpy(),
    )
    return np.asarray((apart <= radius_m).any(axis=1))


def _changes(
    bases: pd.DataFrame, change: str, days: tuple[float, float], radius_m: float
) -> list[dict[str, object]]:
    """A row for each base, one alone of those within the radius of each other."""
    kept: list[int] = []
    for number in range(len(bases)):
        if not _covered(bases.iloc[[number]], bases.iloc[kept], radius_m)[0]:
            kept.append(number)
    return [
        {
            "base": base["name"],
            "change": change,
            "earliest_day": days[0],
            "latest_day": days[1],
            "x_m": base["x_m"],
            "y_m": base["y_m"],
        }
        for base in bases.iloc[kept].to_dict("records")
    ]
