"""What the search over threat models works on: densities by day and cell, weights, and scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from bench_threat import inputs_of, placed_anew
from numpy.typing import NDArray

from geo_poc.inputs import Inputs
from geo_poc.layers.threat.backtest import top_credit
from geo_poc.layers.threat.em import em_weights
from geo_poc.layers.threat.events import day_number, events_of
from gaussians_old import gaussians
from geo_poc.layers.threat.record import Record, record_of
from geo_poc.layers.threat.setting import Setting, setting_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """An area on one grid with its events, and the days that densities are wanted on.

    ``last`` is the last day of any event that the search may see.
    """

    setting: Setting
    record: Record
    days: Floats
    actors: NDArray[np.int64]
    extra: dict[str, Floats]
    inputs: Inputs
    made: dict[object, NDArray[np.float32]] = field(default_factory=dict)

    @cached_property
    def seen(self) -> NDArray[np.bool_]:
        """Whether a cell had an event before a day, (days, cells)."""
        first = np.full(self.setting.cells.size, np.inf)
        np.minimum.at(first, self.record.cell, self.record.end_day)
        return first[None, :] < self.days[:, None]

    @cached_property
    def own_cell(self) -> NDArray[np.int64]:
        """Cell of each event, those of centroids apart."""
        points = np.column_stack([self.record.cell, self.record.where_prec >= 4])
        return np.unique(points, axis=0, return_inverse=True)[1].ravel()

    @cached_property
    def centre(self) -> tuple[Floats, Floats]:
        """Centre of the cell of each event."""
        grid = self.setting.grid
        row, col = np.divmod(self.setting.cells[self.record.cell], grid.cols)
        half = grid.cell_size_m / 2
        return grid.left_m + col * 2 * half + half, grid.top_m - row * 2 * half - half

    @cached_property
    def place(self) -> NDArray[np.int64]:
        """Distinct coded point of each event."""
        points = np.column_stack([self.record.x_m, self.record.y_m, self.record.where_prec >= 4])
        return np.unique(points, axis=0, return_inverse=True)[1].ravel()


@dataclass(frozen=True, kw_only=True)
class Kernel:
    """Kernels around past events: how wide, weighted by what, and which events count how much."""

    sd_km: float = 25.0
    decay: float = np.inf
    by: str = "settlements"  # a density of the setting or an extra one, or "" for area alone
    share: float = 0.8
    amount: str = "number"
    codes: tuple[int, ...] = (1, 2, 3, 4, 5)
    centroid_km: float = 60.0
    code3_km: float = 0.0
    unseen: bool = False
    at: str = "point"

    def __call__(self, ground: Ground) -> NDArray[np.float32]:
        record, setting = ground.record, ground.setting
        chosen = np.isin(record.where_prec, self.codes)
        if np.isfinite(self.decay):
            chosen &= record.dated
        widen = np.where(record.where_prec >= 4, self.centroid_km * 1e3, 0.0)
        widen = np.where(record.where_prec == 3, self.code3_km * 1e3, widen)
        weight = self.weight(ground)
        x, y = ground.centre if self.at == "cell" else (record.x_m, record.y_m)
        around = gaussians(
            x,
            y,
            sd_m=np.hypot(self.sd_km * 1e3, widen),
            weight=weight,
            setting=setting,
        )
        amount = AMOUNTS[self.amount + ("_cell" if self.at=="cell" and self.amount in ("distinct","root") else "")](ground, self.decay, chosen)
        by_place = np.zeros((len(ground.days), len(around.down)))
        for day, row in enumerate(amount):
            by_place[day] = np.bincount(around.place, weights=row, minlength=len(around.down))
        summed = np.array([around.total(row) for row in by_place])
        return normalised(summed * ~ground.seen if self.unseen else summed, setting)

    def weight(self, ground: Ground) -> Floats:
        n = ground.setting.cells.size
        if not self.by:
            return np.ones(n)
        return self.share * n * density_of(ground, self.by) + 1 - self.share


def density_of(ground: Ground, name: str) -> Floats:
    return ground.extra[name] if name in ground.extra else getattr(ground.setting, name)


def normalised(summed: Floats, setting: Setting) -> NDArray[np.float32]:
    total = summed.sum(axis=1, keepdims=True)
    some = total > 1e-250
    return np.where(some, summed / np.where(some, total, 1), 1 / setting.cells.size).astype(
        np.float32
    )


def _age(ground: Ground) -> Floats:
    return ground.days[:, None] - ground.record.end_day[None, :]


def number(ground: Ground, decay: float, chosen: NDArray[np.bool_]) -> Floats:
    age = _age(ground)
    return np.where((age > 0) & chosen, np.exp(-np.maximum(age, 0) / decay), 0.0)


def distinct(ground: Ground, decay: float, chosen: NDArray[np.bool_]) -> Floats:
    """Each place counts once, by its last event."""
    return _power(ground, decay, chosen, 0.0, ground.place)


def root(ground: Ground, decay: float, chosen: NDArray[np.bool_]) -> Floats:
    """Each place counts as the root of its decayed number."""
    return _power(ground, decay, chosen, 0.5, ground.place)


def distinct_cell(g,d,c): return _power(g,d,c,0.0,g.own_cell)
def root_cell(g,d,c): return _power(g,d,c,0.5,g.own_cell)

def _power(ground: Ground, decay: float, chosen: NDArray[np.bool_], power: float, places) -> Floats:
    amount = number(ground, decay, chosen)
    out = np.zeros_like(amount)
    order = np.argsort(ground.record.end_day, kind="stable")
    last = np.zeros_like(amount)
    for place in np.unique(places):
        mine = order[places[order] == place]
        total = amount[:, mine].sum(axis=1)
        most = amount[:, mine].max(axis=1)
        last[:, mine[0]] = most if power == 0 else total**power
    out[:] = last
    return out


def season(ground: Ground, decay: float, chosen: NDArray[np.bool_]) -> Floats:
    """Events of the same time of the year count most (von Mises, concentration 2)."""
    turn = 2 * np.pi * ((ground.days[:, None] + 15 - ground.record.start_day) / 365.25)
    return number(ground, decay, chosen) * np.exp(2 * (np.cos(turn) - 1))


def actor(ground: Ground, decay: float, chosen: NDArray[np.bool_]) -> Floats:
    """All events of an actor count by the age of its last event."""
    age = np.where(_age(ground) > 0, _age(ground), np.inf)
    youngest = np.full((len(ground.days), ground.actors.max() + 1), np.inf)
    for one in range(youngest.shape[1]):
        youngest[:, one] = age[:, (ground.actors == one).any(axis=1)].min(axis=1, initial=np.inf)
    mine = youngest[:, ground.actors].min(axis=2)
    return np.where((age < np.inf) & chosen, np.exp(-mine / decay), 0.0)


AMOUNTS: dict[str, Callable[[Ground, float, NDArray[np.bool_]], Floats]] = {
    "number": number,
    "distinct": distinct,
    "root": root, "distinct_cell":distinct_cell, "root_cell":root_cell,
    "season": season,
    "actor": actor,
}

Component = str | Kernel | Callable[[Ground], NDArray[np.float32]]


def table(ground: Ground, component: Component) -> NDArray[np.float32]:
    """Density of a component by day and cell, kept once made."""
    if component not in ground.made:
        if isinstance(component, str):
            one = density_of(ground, component).astype(np.float32)
            ground.made[component] = np.broadcast_to(one, (len(ground.days), one.size))
        else:
            ground.made[component] = component(ground)
    return ground.made[component]


@dataclass(frozen=True, kw_only=True)
class Setup:
    """How weights are learnt and what is asked for."""

    first: dt.date = dt.date(2014, 1, 1)
    last: dt.date = dt.date(2017, 12, 31)
    horizon_days: float = 30.0
    half_life_days: float = 730.5
    pseudo: float = 1.0


def asked(ground: Ground, setup: Setup) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Day and event of each precise event that starts within the horizon of a day."""
    record = ground.record
    inside = record.starting(ground.days[:, None], days=setup.horizon_days) & record.precise
    return np.nonzero(inside)


def scored(ground: Ground, components: Sequence[Component], setup: Setup) -> pd.DataFrame:
    """One row an event asked for: hits and bits of the mixture of components."""
    tables = [table(ground, c) for c in components]
    day, event = asked(ground, setup)
    cell = ground.record.cell[event]
    density = np.column_stack([t[day, cell] for t in tables]).astype(np.float64)
    low, high = (float(day_number(d)) for d in (setup.first, setup.last))
    rows, weights = [], []
    for k, origin in enumerate(ground.days):
        if not low <= origin <= high - setup.horizon_days + 1:
            continue
        over = ground.days[day] + setup.horizon_days <= origin
        weight = em_weights(
            density[over],
            0.5 ** ((origin - ground.days[day[over]]) / setup.half_life_days),
            pseudo_events=setup.pseudo,
        )
        weights.append(weight)
        now = day == k
        if not now.any():
            continue
        found = sum(w * t[k].astype(np.float64) for w, t in zip(weight, tables, strict=True))
        at = found[cell[now]]
        rows.append(
            pd.DataFrame(
                {
                    "origin": origin,
                    "bits": np.log2(at * found.size),
                    "hit_01": top_credit(found, at, share=0.01),
                    "hit_05": top_credit(found, at, share=0.05),
                    "hit_10": top_credit(found, at, share=0.10),
                    "new": ~ground.seen[k, cell[now]],
                }
            )
        )
    out = pd.concat(rows, ignore_index=True)
    out.attrs["weights"] = np.mean(weights, axis=0)
    return out


def grounds(
    cell_km: float,
    *,
    until: dt.date,
    shifts: Sequence[tuple[float, float]],
    extras: Callable[[Inputs, Setting], dict[str, Floats]],
) -> list[Ground]:
    """South Sudan on grids placed anew, with the events that started by a day and no later one."""
    inputs = inputs_of(cell_km)
    return [_ground(placed_anew(inputs, *shift), until, extras) for shift in shifts]


def _ground(
    inputs: Inputs, until: dt.date, extras: Callable[[Inputs, Setting], dict[str, Floats]]
) -> Ground:
    theatre, places = inputs.theatre, inputs.layers["places"].table
    incidents = inputs.layers["incidents"].table
    incidents = incidents[incidents["date_start"] <= pd.Timestamp(until)]
    setting = setting_of(
        theatre,
        people=inputs.people,
        settlements=places,
        towns=places[places["kind"] != "health"],
    )
    events = events_of(incidents, theatre=theatre)
    one_by_one = [
        record_of(events.only(np.arange(len(events.x_m)) == i), setting)
        for i in range(len(events.x_m))
    ]
    kept = np.array([one.cell.size > 0 and one.cell[0] >= 0 for one in one_by_one])
    record = record_of(events, setting).placed
    names = incidents[["actor_a", "actor_b"]].fillna("").to_numpy()[kept]
    actors = np.unique(names, return_inverse=True)[1].reshape(names.shape)
    first = dt.date(1970, 1, 1) + dt.timedelta(days=float(record.end_day.min()) + 1)
    days = np.array([float(day_number(d.date())) for d in pd.date_range(first, until, freq="MS")])
    return Ground(
        setting=setting,
        record=record,
        days=days,
        actors=actors,
        extra=extras(inputs, setting),
        inputs=inputs,
    )
