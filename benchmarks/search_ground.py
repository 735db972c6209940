"""What the search over threat models works on: densities by day and cell, weights learnt, and scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from bench_threat import background_of, inputs_of, placed_anew
from numpy.typing import NDArray

from geo_poc.inputs import Inputs
from geo_poc.layers.threat.em import em_weights
from geo_poc.layers.threat.events import Events, day_number, events_of
from geo_poc.layers.threat.kernel import column_edges_m, gaussian_shares, row_edges_m
from geo_poc.layers.threat.ranking import ranking_of
from geo_poc.layers.threat.record import Record, in_area, record_of
from geo_poc.layers.threat.setting import Setting, setting_of

Floats = NDArray[np.float64]
Extras = Callable[[Inputs, Setting], dict[str, Floats]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """An area on one grid, its events in the order of their ends, and first days of its months.

    ``actors`` (n, 2) are both sides of each event, ``extra`` densities beside those of the setting,
    ``made`` the densities by day and cell that were asked for already.
    """

    setting: Setting
    record: Record
    days: Floats
    actors: NDArray[np.int64]
    extra: dict[str, Floats]
    made: dict[object, NDArray[np.float32]] = field(default_factory=dict)

    @cached_property
    def seen(self) -> NDArray[np.bool_]:
        """Whether a cell had an event before a day, (days, cells)."""
        first = np.full(self.setting.cells.size, np.inf)
        np.minimum.at(first, self.record.cell, self.record.end_day)
        return first[None, :] < self.days[:, None]

    @cached_property
    def age(self) -> Floats:
        """Days since each event on each day, (days, n); ``inf`` before it was over."""
        age = self.days[:, None] - self.record.end_day
        return np.where(age > 0, age, np.inf)

    @cached_property
    def centres(self) -> tuple[Floats, Floats]:
        """Centre of the cell of each event."""
        grid = self.setting.grid
        row, col = np.divmod(self.setting.cells[self.record.cell], grid.cols)
        x = grid.left_m + (col + 0.5) * grid.cell_size_m
        return x, grid.top_m - (row + 0.5) * grid.cell_size_m

    def density(self, name: str) -> Floats:
        """A density that needs no event, (cells,)."""
        return self.extra[name] if name in self.extra else np.asarray(getattr(self.setting, name))


@dataclass(frozen=True, kw_only=True)
class Kernel:
    """A density of past events.

    ``by`` is the density whose ``share`` weighs cells, "" for area alone; ``amount`` one of ``AMOUNTS``;
    ``codes`` the ``where_prec`` that count; ``code3_km`` widens code 3; ``unseen`` leaves out cells with
    an earlier event; ``cells`` moves events to the centres of their cells.
    """

    sd_km: float = 25.0
    decay: float = np.inf
    by: str = "settlements"
    share: float = 0.8
    amount: str = "number"
    codes: tuple[int, ...] = (1, 2, 3, 4, 5)
    code3_km: float = 0.0
    unseen: bool = False
    cells: bool = False

    def table(self, ground: Ground) -> NDArray[np.float32]:
        """Density by day and cell, (days, cells)."""
        record, n = ground.record, ground.setting.cells.size
        chosen = np.isin(record.where_prec, self.codes) & (record.dated | np.isinf(self.decay))
        weight = (
            self.share * n * ground.density(self.by) + 1 - self.share if self.by else np.ones(n)
        )
        widen_km = np.where(record.where_prec >= 4, 60.0, 0.0)
        widen_km = np.where(record.where_prec == 3, self.code3_km, widen_km)
        x, y = ground.centres if self.cells else (record.x_m, record.y_m)
        points, place = np.unique(
            np.column_stack([x, y, np.hypot(self.sd_km, widen_km) * 1e3]),
            axis=0,
            return_inverse=True,
        )
        faded = np.where(chosen, np.exp(-ground.age / self.decay), 0.0)
        faded[np.isinf(ground.age)] = 0.0
        fading = Fading(ground=ground, faded=faded, place=place.ravel(), decay=self.decay)
        amount = AMOUNTS[self.amount](fading)
        summed = _gaussians(points, amount, weight, ground.setting)
        return _scaled(summed * ~ground.seen if self.unseen else summed)


Component = str | Kernel


def table(ground: Ground, component: Component) -> NDArray[np.float32]:
    """Density of a component by day and cell, kept once made."""
    if component not in ground.made:
        if isinstance(component, str):
            one = ground.density(component).astype(np.float32)
            ground.made[component] = np.broadcast_to(one, (ground.days.size, one.size))
        else:
            ground.made[component] = component.table(ground)
    return ground.made[component]


def _gaussians(points: Floats, amount: Floats, weight: Floats, setting: Setting) -> Floats:
    """Sum of Gaussians around points, each scaled to 1 over the area, times their amounts by day."""
    x, y, sd = points.T
    across = gaussian_shares(x, sd, column_edges_m(setting.grid))
    down = gaussian_shares(-y, sd, row_edges_m(setting.grid))
    whole = np.zeros(setting.grid.shape)
    whole.ravel()[setting.cells] = weight
    mass = ((down @ whole) * across).sum(axis=1)
    by_day = [((down * (one / mass)[:, None]).T @ across).ravel()[setting.cells] for one in amount]
    return np.array(by_day) * weight


def _scaled(summed: Floats) -> NDArray[np.float32]:
    total = summed.sum(axis=1, keepdims=True)
    some = total > 1e-250
    flat = 1.0 / summed.shape[1]
    return np.where(some, summed / np.where(some, total, 1.0), flat).astype(np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class Fading:
    """Events of a kernel: what is left of each by day (days, n), its place, and its decay in days."""

    ground: Ground
    faded: Floats
    place: NDArray[np.int64]
    decay: float

    def by_place(self, left: Floats) -> Floats:
        """Sum by day and place, (days, places)."""
        places = int(self.place.max()) + 1
        return np.array([np.bincount(self.place, weights=one, minlength=places) for one in left])


def _number(fading: Fading) -> Floats:
    return fading.by_place(fading.faded)


def _distinct(fading: Fading) -> Floats:
    """Each place once, as its event that has faded least."""
    most = np.zeros((int(fading.place.max()) + 1, len(fading.faded)))
    np.maximum.at(most, fading.place, fading.faded.T)
    return most.T


def _root(fading: Fading) -> Floats:
    return np.sqrt(_number(fading))


def _season(fading: Fading) -> Floats:
    """Events of the same time of the year count most (von Mises, concentration 2)."""
    ground = fading.ground
    turn = 2 * np.pi * (ground.days[:, None] + 15 - ground.record.start_day) / 365.25
    return fading.by_place(fading.faded * np.exp(2 * (np.cos(turn) - 1)))


def _actor(fading: Fading) -> Floats:
    """All events of an actor by the age of its last event."""
    ground = fading.ground
    youngest = np.array(
        [
            ground.age[:, (ground.actors == one).any(axis=1)].min(axis=1, initial=np.inf)
            for one in range(ground.actors.max() + 1)
        ]
    ).T
    mine = np.exp(-youngest[:, ground.actors].min(axis=2) / fading.decay)
    return fading.by_place(np.where(fading.faded > 0, mine, 0.0))


AMOUNTS: dict[str, Callable[[Fading], Floats]] = {
    "number": _number,
    "distinct": _distinct,
    "root": _root,
    "season": _season,
    "actor": _actor,
}


@dataclass(frozen=True, kw_only=True)
class Learning:
    """How weights are learnt, what is asked for, and from when on."""

    first: dt.date = dt.date(2014, 1, 1)
    last: dt.date = dt.date(2017, 12, 31)
    horizon_days: float = 30.0
    half_life_days: float = 730.5
    pseudo: float = 1.0


def scored(ground: Ground, components: Sequence[Component], learning: Learning) -> pd.DataFrame:
    """One row an event asked for: ``origin, bits, hit_01, hit_05, hit_10, new`` of the mixture of components."""
    tables = [table(ground, one) for one in components]
    record, h = ground.record, learning.horizon_days
    day, event = np.nonzero(record.starting(ground.days[:, None], days=h) & record.precise)
    cell = record.cell[event]
    density = np.column_stack([one[day, cell] for one in tables]).astype(np.float64)
    first, last = (float(day_number(one)) for one in (learning.first, learning.last))
    rows = []
    for k in np.flatnonzero((ground.days >= first) & (ground.days <= last - h + 1)):
        over, now = ground.days[day] + h <= ground.days[k], cell[day == k]
        age = ground.days[k] - ground.days[day[over]]
        weights = em_weights(
            density[over], 0.5 ** (age / learning.half_life_days), pseudo_events=learning.pseudo
        )
        found = np.sum([w * one[k] for w, one in zip(weights, tables, strict=True)], axis=0)
        rank = ranking_of(found)
        hits = {f"hit_{s:02}": rank.credit(share=s / 100)[now] for s in (1, 5, 10)}
        bits, new = np.log2(found[now] * found.size), ~ground.seen[k, now]
        rows.append(pd.DataFrame({"origin": ground.days[k], "bits": bits, **hits, "new": new}))
    return pd.concat(rows, ignore_index=True)


def grounds(
    cell_km: float, *, until: dt.date, shifts: Sequence[tuple[float, float]], extras: Extras
) -> list[Ground]:
    """South Sudan on grids placed anew, with the events that were over by a day and none after it."""
    inputs = inputs_of(cell_km)
    return [_ground(placed_anew(inputs, *shift), until, extras) for shift in shifts]


def _ground(inputs: Inputs, until: dt.date, extras: Extras) -> Ground:
    background = background_of(inputs)
    incidents = inputs.layers["incidents"].table
    incidents = incidents[incidents["date_end"] <= pd.Timestamp(until)]
    places = background.settlements
    assert places is not None
    # Without states: an event of code 4 stays a wide Gaussian, so that codes can be told apart.
    setting = setting_of(
        inputs.theatre,
        people=background.people,
        settlements=places,
        towns=places[places["kind"] != "health"],
    )
    events: Events = events_of(incidents, theatre=inputs.theatre)
    here = in_area(events, setting)
    record = record_of(events.only(here), setting)
    names = incidents[["actor_a", "actor_b"]].fillna("").to_numpy()[here][record.cell >= 0]
    record = record.placed
    first = dt.date(1970, 1, 1) + dt.timedelta(days=float(record.end_day.min()) + 1)
    months = pd.date_range(first, until, freq="MS")
    return Ground(
        setting=setting,
        record=record,
        days=np.array([float(day_number(month.date())) for month in months]),
        actors=np.unique(names, return_inverse=True)[1].reshape(names.shape),
        extra=extras(inputs, setting),
    )
