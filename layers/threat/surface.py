"""Incidents -> where civilians were attacked lately, as expected incidents on the grid."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.grid import Grid
from geo_poc.layers.threat.background import Background
from geo_poc.layers.threat.events import DAY_S, Events, day_number, events_of
from geo_poc.layers.threat.rate import expected_number, time_decay
from geo_poc.layers.threat.spread import Spread, reported_near, spread_events
from geo_poc.theatre import Theatre
from geo_poc.theatre_file import ThreatSpec


@dataclass(frozen=True, kw_only=True, eq=False)
class Threat:
    """Expected incidents on the grid, and what they were made from.

    Parameters
    ----------
    grid : Grid
    expected : float32 array (rows, cols)
        Expected incidents per km2 per 30 days; ``nan`` outside the area.
    as_of : date
        No later incident was used.
    horizon_days : int
    method : str
        One sentence for the report.
    incidents_used : int
    newest : date or None
        Date of the newest incident used.
    reported : bool array (rows, cols), optional
        Cells near any incident used; elsewhere nothing was reported, which is not safety. Without
        it every cell where something is expected counts as reported.
    incidents_vague : int
        Of those used, the ones known too vaguely for the map: they count in the total alone.
    """

    grid: Grid
    expected: NDArray[np.float32]
    as_of: dt.date
    horizon_days: int
    method: str
    incidents_used: int
    newest: dt.date | None
    reported: NDArray[np.bool_] | None = None
    incidents_vague: int = 0


def threat_surface(
    incidents: gpd.GeoDataFrame,
    *,
    background: Background,
    spec: ThreatSpec,
) -> Threat:
    """Threat as expected incidents per km2 per 30 days, by people-weighted kernel density.

    ``expected_c = N * sum_i(w_i k_ic) / sum_i(w_i) / cell area``, where ``k_ic`` is the share of
    incident i that cell c has (`geo_poc.layers.threat.spread.spread_events`), ``w_i = exp(-age / decay)``
    (`geo_poc.layers.threat.rate.time_decay`) and ``N`` the exponentially weighted past rate per 30 days
    (`geo_poc.layers.threat.rate.expected_number`). The sum of ``expected * cell area * horizon / 30`` over
    the area is the number expected in it within the horizon.

    Parameters
    ----------
    incidents : GeoDataFrame
        A checked incidents layer in the theatre's CRS. All kinds count, those marked sensitive too,
        since only their sum is shown; none that was not over before the theatre's ``as_of``.
    background : Background
    spec : ThreatSpec

    Returns
    -------
    Threat
        ``expected`` is ``nan`` everywhere if no incident can be placed: unknown, not 0.

    Raises
    ------
    LayerError, CrsError
        If the incidents do not fit the theatre.

    Examples
    --------
    >>> import pandas as pd
    >>> import shapely
    >>> theatre = Theatre(
    ...     name="strip", as_of=dt.date(2021, 1, 1), area=shapely.box(0, 0, 3e4, 1e4),
    ...     grid=Grid(rows=1, cols=3, cell_size_m=1e4, left_m=0.0, top_m=1e4, crs="EPSG:32636"),
    ...     marking="UNCLASSIFIED",
    ... )
    >>> day = pd.to_datetime(["2020-12-31"])
    >>> incidents = gpd.GeoDataFrame(
    ...     {"date_start": day, "date_end": day, "where_prec": 1, "date_prec": 1,
    ...      "position_sd_m": 0.0, "admin1": "", "admin2": ""},
    ...     geometry=[shapely.Point(15e3, 5e3)], crs="EPSG:32636",
    ... )
    >>> background = Background(theatre=theatre)
    >>> threat = threat_surface(incidents, background=background, spec=ThreatSpec())
    >>> print(threat.expected.round(4))
    [[0.0016 0.0071 0.0016]]
    """
    theatre = background.theatre
    events = events_of(incidents, theatre=theatre)
    events = events.only(events.known_by(day_number(theatre.as_of)))
    spread = spread_events(events, background=background, bandwidth_m=spec.bandwidth)
    used = events.only(~spread.outside)
    placed = int(spread.placed.sum())
    vague = len(used.end_day) - placed
    return Threat(
        grid=theatre.grid,
        expected=_expected(events, spread, theatre, decay_days=spec.decay / DAY_S),
        as_of=theatre.as_of,
        horizon_days=round(spec.horizon / DAY_S),
        method=_method(spec, placed=placed, vague=vague, weighted_by=_weighted_by(background)),
        incidents_used=len(used.end_day),
        newest=_newest(used),
        reported=reported_near(spread, theatre=theatre, bandwidth_m=spec.bandwidth),
        incidents_vague=vague,
    )


def _expected(
    events: Events, spread: Spread, theatre: Theatre, *, decay_days: float
) -> NDArray[np.float32]:
    at_day = day_number(theatre.as_of)
    surface = spread.surface(
        time_decay(events.start_day, events.end_day, at_day=at_day, decay_days=decay_days)
    )
    counted = ~spread.outside
    number = expected_number(
        events.start_day[counted],
        events.end_day[counted],
        at_day=at_day,
        decay_days=decay_days,
        horizon_days=30.0,
    )
    total = surface.sum()
    density = surface / total if total > 0 else np.full(surface.shape, np.nan)
    per_km2 = number * density / theatre.grid.cell_area_km2
    return np.where(theatre.inside, per_km2, np.nan).astype(np.float32)


def _newest(events: Events) -> dt.date | None:
    if not len(events.end_day):
        return None
    return dt.date(1970, 1, 1) + dt.timedelta(days=float(events.end_day.max()))


def _method(spec: ThreatSpec, *, placed: int, vague: int, weighted_by: str) -> str:
    if not placed:
        return "No incident can be placed in the area by this day: the threat is unknown, not zero."
    in_total = f" {vague} more, known too vaguely for the map, count in the total." if vague else ""
    return (
        f"Kernel density of {placed} recorded incidents, weighted by {weighted_by}: bandwidth "
        f"{spec.bandwidth / 1000:g} km widened by how well each place is known, weight falling "
        f"with age by exp(-age / {spec.decay / DAY_S:g} days), scaled to the past rate weighted "
        f"the same way.{in_total}"
    )


def _weighted_by(background: Background) -> str:
    if background.people is not None:
        return "people"
    settlements = background.settlements
    known = settlements is not None and not settlements.empty
    return "settlements, for want of people" if known else "area alone, for want of people"
