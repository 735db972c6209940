"""Events with the deaths that their reports give: low, best and high, and how many are unknown."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_poc.layers.links import as_events, standing

DEATHS = ("deaths_low", "deaths_best", "deaths_high")
EVENT_COLUMNS = (
    "event", "date_start", "date_end", "kind", "place", "admin1", "admin2", "where_prec",
    "date_prec", *DEATHS, "deaths_civilians", "reports", "seen_by", "sources", "weight",
)  # fmt: skip


def event_table(incidents: gpd.GeoDataFrame) -> pd.DataFrame:
    """One row an event, in the order of the reports that stand for them.

    Parameters
    ----------
    incidents : GeoDataFrame
        With ``event``, ``seen_by`` and ``weight``; without them each report is an event of its own.

    Returns
    -------
    DataFrame
        Columns :data:`EVENT_COLUMNS`. Place and dates are those of the report that stands for the
        event. Deaths are the range over all its reports: ``deaths_low`` is the least of their lows (of
        the best where a report has no low), ``deaths_high`` the most of their highs, ``deaths_best`` that
        of the report that stands for it, or else of the next by source that has one; ``nan`` where no report
        says. Where only one report is there, each is what it says. ``deaths_civilians`` as the best; so
        is ``kind``, where ``other`` says nothing.

    Examples
    --------
    >>> table = gpd.GeoDataFrame({
    ...     "id": ["a", "b"], "event": "a", "seen_by": 2, "weight": 1.0, "source": ["A", "B"],
    ...     "deaths_low": [2.0, np.nan], "deaths_best": [3.0, 7.0], "deaths_high": [4.0, np.nan]})
    >>> event_table(table)[["event", *DEATHS, "reports"]].values.tolist()
    [['a', 2.0, 3.0, 7.0, 2]]
    """
    incidents = as_events(incidents)
    told = standing(incidents).set_index("event", drop=False)
    # The one that stands for the event first: "first" takes its number where it has one.
    later = (incidents["event"] != incidents["id"]).to_numpy()
    order = np.lexsort([incidents["id"].to_numpy(), incidents["source"].to_numpy(), later])
    by_event = _filled(incidents.iloc[order]).groupby("event", sort=False)
    deaths = by_event.agg(
        deaths_low=("deaths_low", "min"),
        deaths_best=("deaths_best", "first"),
        deaths_high=("deaths_high", "max"),
        deaths_civilians=("deaths_civilians", "first"),
        _kind=("kind", "first"),
        reports=("id", "size"),
        sources=("source", lambda names: "; ".join(sorted(set(names)))),
    )
    table = told.drop(columns=[*DEATHS, "deaths_civilians"], errors="ignore").join(deaths)
    table["kind"] = table["_kind"].astype(object).fillna("other")
    return pd.DataFrame(table.reindex(columns=list(EVENT_COLUMNS))).reset_index(drop=True)


def deaths_table(events: pd.DataFrame) -> pd.DataFrame:
    """Sums of low, best and high over the events that say them, and how many do not.

    Returns
    -------
    DataFrame
        One row a kind, and ``all``: ``kind, events``, and for each of :data:`DEATHS` the sum over the
        events whose number is known (``nan`` where none is) and ``<name>_unknown``, events without one.
        Sums of numbers known for different events are no range.
    """
    groups = [*((str(kind), rows) for kind, rows in events.groupby("kind")), ("all", events)]
    rows = []
    for kind, chosen in groups:
        row: dict[str, object] = {"kind": kind, "events": len(chosen)}
        for name in DEATHS:
            row[name] = chosen[name].sum(min_count=1)
            row[f"{name}_unknown"] = int(chosen[name].isna().sum())
        rows.append(row)
    return pd.DataFrame(rows)


def _filled(incidents: gpd.GeoDataFrame) -> pd.DataFrame:
    """Reports without a kind that says nothing, with their best for a missing low or high where linked."""
    table = pd.DataFrame(incidents).reindex(
        columns=[*incidents.columns.union(["deaths_civilians", "kind"])]
    )
    table["kind"] = table["kind"].replace("other", None)
    several = table["event"].duplicated(keep=False)
    for name in ("deaths_low", "deaths_high"):
        table[name] = table[name].where(~several | table[name].notna(), table["deaths_best"])
    return table
