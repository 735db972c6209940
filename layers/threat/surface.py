"""Incidents -> where the next ones are to be expected, as a surface on the grid."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from geo_poc.errors import ConfigError, Fault
from geo_poc.grid import Grid
from geo_poc.layers.threat.background import Background
from geo_poc.layers.threat.events import Events, day_number, events_of
from geo_poc.layers.threat.mixture import Mixture, fitted_mixture
from geo_poc.layers.threat.models import MIXTURE, MODELS
from geo_poc.layers.threat.past import Past
from geo_poc.layers.threat.record import record_of
from geo_poc.layers.threat.setting import setting_around
from geo_poc.layers.threat.spread import reported_near, spread_events
from geo_poc.layers.threat.totals import Total, expected_total

REPORTED_SD_M = 5_000.0


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
    total : Total, optional
        Events expected in the whole area within the horizon, with their range.
    past : Past, optional
        What the model was fitted on.
    mixture : Mixture, optional
        The densities that a mixture is made of, over the cells of ``past.setting``.
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
    total: Total | None = None
    past: Past | None = None
    mixture: Mixture | None = None


def fit(
    history: gpd.GeoDataFrame,
    as_of: dt.date,
    *,
    background: Background,
    horizon_days: int = 30,
    model: str = MIXTURE,
) -> Threat:
    """Threat on a day by one of the models, as expected incidents per km2 per 30 days.

    ``expected_c = N p_c / cell area * 30 / horizon``: ``p`` is the model's density over the cells
    (`geo_poc.layers.threat.models.MODELS`), ``N`` the number expected in the area within the horizon
    (`geo_poc.layers.threat.totals.expected_total`), the same for all models.

    Parameters
    ----------
    history : GeoDataFrame
        A checked incidents layer in the theatre's CRS. All kinds count, those marked sensitive too,
        since only their sum is shown; none that was not over before ``as_of``.
    as_of : date
    background : Background
    horizon_days : int
    model : str
        A name in `geo_poc.layers.threat.models.MODELS`.

    Returns
    -------
    Threat
        ``expected`` is ``nan`` everywhere if no incident can be placed: unknown, not 0.

    Raises
    ------
    LayerError, CrsError
        If the incidents do not fit the theatre.
    ConfigError
        If there is no such model.

    Examples
    --------
    >>> import pandas as pd
    >>> import shapely
    >>> from geo_poc.theatre import Theatre
    >>> theatre = Theatre(
    ...     name="strip", as_of=dt.date(2021, 1, 1), area=shapely.box(0, 0, 3e4, 1e4),
    ...     grid=Grid(rows=1, cols=3, cell_size_m=1e4, left_m=0.0, top_m=1e4, crs="EPSG:32636"),
    ...     marking="UNCLASSIFIED",
    ... )
    >>> day = pd.to_datetime(["2020-12-02"])
    >>> incidents = gpd.GeoDataFrame(
    ...     {"date_start": day, "date_end": day, "where_prec": 1, "date_prec": 1,
    ...      "position_sd_m": 0.0, "admin1": "", "admin2": ""},
    ...     geometry=[shapely.Point(15e3, 5e3)], crs="EPSG:32636",
    ... )
    >>> threat = fit(
    ...     incidents, theatre.as_of, background=Background(theatre=theatre), model="all-history counts"
    ... )
    >>> print(round(threat.total.expected, 2), threat.expected.round(4))
    0.97 [[0.0006 0.0084 0.0006]]
    """
    _require_model(model)
    theatre = background.theatre
    events = events_of(history, theatre=theatre)
    events = events.only(events.known_by(day_number(as_of)))
    setting = setting_around(background)
    past = Past(
        record=record_of(events, setting),
        as_of_day=float(day_number(as_of)),
        horizon_days=float(horizon_days),
        setting=setting,
    )
    # More threads only get into each other's way: the products are small.
    with threadpool_limits(limits=1, user_api="blas"):
        mixture = fitted_mixture(past) if model == MIXTURE else None
        density = MODELS[model].density(past) if mixture is None else mixture.density
    total = expected_total(past)
    placed = int((past.record.cell >= 0).sum())
    vague = past.record.cell.size - placed
    return Threat(
        grid=theatre.grid,
        expected=_per_km2_30d(density, past, total.expected if placed else float("nan")),
        as_of=as_of,
        horizon_days=horizon_days,
        method=_method(model, placed=placed, vague=vague),
        incidents_used=placed + vague,
        newest=_newest(past),
        reported=_reported(events, background),
        incidents_vague=vague,
        total=total,
        past=past,
        mixture=mixture,
    )


def _require_model(model: str) -> None:
    if model not in MODELS:
        raise ConfigError(
            Fault(
                where="threat: model",
                found=f"'{model}'",
                rule=f"must be one of: {'; '.join(MODELS)}",
                repair="choose one of them",
            )
        )


def _per_km2_30d(density: NDArray[np.float64], past: Past, number: float) -> NDArray[np.float32]:
    per_km2 = number * density / past.setting.grid.cell_area_km2 * 30.0 / past.horizon_days
    return past.setting.surface(per_km2).astype(np.float32)


def _reported(events: Events, background: Background) -> NDArray[np.bool_]:
    """Cells near where any event may have happened."""
    spread = spread_events(events, background=background, bandwidth_m=REPORTED_SD_M)
    return reported_near(spread, theatre=background.theatre, bandwidth_m=REPORTED_SD_M)


def _newest(past: Past) -> dt.date | None:
    end = past.record.end_day
    return dt.date(1970, 1, 1) + dt.timedelta(days=float(end.max())) if end.size else None


def _method(model: str, *, placed: int, vague: int) -> str:
    if not placed:
        return "No incident can be placed in the area by this day: the threat is unknown, not zero."
    in_total = f" {vague} more, known too vaguely for the map, count in the total." if vague else ""
    name = model[0].upper() + model[1:]
    incidents, they = ("incident", "it was") if placed == 1 else ("incidents", "they were")
    where = "place" if placed == 1 else "places"
    return (
        f"{name}, fitted to {placed} recorded {incidents} at the {where} {they} coded to, and scaled "
        f"to the number that past rates let expect.{in_total}"
    )
