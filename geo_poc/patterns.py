"""Patterns of incidents from checked inputs, written as a page, figures and layers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc import __version__
from geo_poc.base_history import read_history
from geo_poc.errors import ConfigError, Fault
from geo_poc.inputs import Inputs, Progress, quiet, read_inputs
from geo_poc.layers.layer import Layer, SourceRecord
from geo_poc.layers.links import as_events, standing
from geo_poc.layers.patterns.areas import (
    PRECISE,
    district_numbers,
    districts_of,
    hot_cells,
    touching,
)
from geo_poc.layers.patterns.bases import base_changes
from geo_poc.layers.patterns.clusters import Density, cluster_numbers, cluster_table, most_named
from geo_poc.layers.patterns.displacement import Pooled, Window, around, change_table, pooled
from geo_poc.layers.patterns.hotspots import FEWEST_CELLS, hot_districts
from geo_poc.layers.patterns.near_repeat import Bands, NearRepeats, near_repeats
from geo_poc.layers.patterns.trends import monthly, months_before, trend_table
from geo_poc.layers.threat.events import Events, day_number, day_of, events_of
from geo_poc.output import require_made_by, written_whole
from geo_poc.pattern_record import write_patterns_json, write_record
from geo_poc.patterns_spec import PatternsSpec
from geo_poc.report.patterns import (
    PatternProduct,
    Trends,
    Used,
    day_of_number,
    write_patterns_gpkg,
)
from geo_poc.report.patterns_page import write_patterns_page

_DAY, _MONTH = 2, 4
_DISTRICT_DRAWS = 9_999
_YEAR_DAYS = 365


@dataclass(frozen=True, kw_only=True, eq=False)
class FoundPatterns:
    """Patterns of a theatre, what they were made from, and what may be a mistake in it."""

    product: PatternProduct
    sources: tuple[SourceRecord, ...]
    warnings: tuple[Fault, ...]


def write_patterns(
    theatre_path: Path,
    plan_path: Path | None,
    out: Path,
    *,
    made: dt.datetime,
    progress: Progress = quiet,
) -> FoundPatterns:
    """Read, compute and write everything; the folder changes only when all of it succeeded.

    Parameters
    ----------
    theatre_path : Path
        Incidents and an area are all that is needed; admin polygons and ``[[base_history]]`` add parts.
    plan_path : Path or None
        Its bases are drawn.
    out : Path
        Folder of the results; one that an earlier such command made is replaced whole.
    made : datetime
        When the product is made, with its zone.
    progress : callable (step, share done)

    Raises
    ------
    GeoPocError
        If an input cannot be used, there are no incidents, or the folder cannot be written.
    """
    require_made_by(out, "patterns")
    inputs = read_inputs(theatre_path, plan_path, progress=progress)
    history = read_history(inputs, theatre_path)
    found = patterns(inputs, history, progress=progress)
    with written_whole(out) as folder:
        write_patterns_json(found.product, folder / "patterns.json")
        write_patterns_gpkg(found.product, folder / "patterns.gpkg")
        write_patterns_page(
            found.product,
            folder / "patterns.html",
            sources=found.sources,
            made=made,
            version=__version__,
        )
        write_record(found.product, inputs, folder, sources=found.sources, warnings=found.warnings)
    return found


def patterns(inputs: Inputs, history: Layer | None, *, progress: Progress = quiet) -> FoundPatterns:
    """Patterns from checked inputs, without touching a file.

    Parameters
    ----------
    inputs : Inputs
    history : Layer or None
        As of `geo_poc.base_history.read_history`.
    progress : callable (step, share done)

    Raises
    ------
    ConfigError
        If the theatre file has no incidents.
    """
    record = _record(inputs)
    spec, theatre = record.spec, inputs.theatre
    here = record.events.only(record.recent & record.placed)
    progress("hot spots", 0.1)
    hot = hot_cells(here, theatre, cell_m=spec.cell, radius_m=spec.radius)
    districts, trends, without = _by_district(record, inputs)
    progress("near repeats", 0.3)
    repeats, repeats_in_year = _near_repeats(record)
    progress("displacement", 0.9)
    changes, together = _displacement(record, history)
    begun = record.events.start_day[record.known]
    product = PatternProduct(
        theatre=theatre,
        spec=spec,
        seed=record.seed,
        until=day_of_number(record.until),
        last=day_of_number(float(begun.max())) if begun.size else None,
        used=_used(record, paired=repeats.events, without_area=without),
        hot=hot,
        hot_areas=_named_areas(hot.areas(), record.incidents[record.shown]),
        districts=districts,
        clusters=_clusters(record),
        repeats=repeats,
        repeats_in_year=repeats_in_year,
        trends=trends,
        changes=changes,
        pooled=together,
        bases=inputs.layers["bases"].table,
    )
    layers = [inputs.layers["incidents"], inputs.layers["areas"], *([history] if history else [])]
    return FoundPatterns(
        product=product,
        sources=tuple(source for layer in layers for source in layer.sources),
        warnings=(*inputs.warnings, *(history.remarks if history else ())),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Record:
    """Incidents with what each part may use, as masks of one length."""

    incidents: gpd.GeoDataFrame
    events: Events
    spec: PatternsSpec
    seed: int
    until: float
    known: NDArray[np.bool_]
    recent: NDArray[np.bool_]
    placed: NDArray[np.bool_]
    dated: NDArray[np.bool_]
    sensitive: NDArray[np.bool_]
    linked: int

    @property
    def shown(self) -> NDArray[np.bool_]:
        """Recent incidents that stand at a place and may be shown there, mask (n,)."""
        return self.recent & self.placed & ~self.sensitive

    def rng(self, part: int) -> np.random.Generator:
        """Generator of one part, which no other part's draws disturb."""
        return np.random.default_rng([self.seed, part])


def _record(inputs: Inputs) -> _Record:
    layer, spec = inputs.layers["incidents"], inputs.theatre_file.patterns
    if not inputs.theatre_file.incidents:
        raise ConfigError(
            Fault(
                where="theatre file: [[incidents]]",
                found="none",
                rule="patterns are those of incidents",
                repair="add a file of incidents",
            )
        )
    incidents = standing(layer.table)
    events = events_of(incidents, theatre=inputs.theatre)
    until = float(day_number(_until(inputs.theatre.as_of, layer.sources)))
    since = pd.Timestamp(day_of_number(until)) - pd.DateOffset(months=spec.months)
    known = events.known_by(until)
    dated = known & (events.date_prec <= _MONTH)
    return _Record(
        incidents=incidents,
        events=events,
        spec=spec,
        seed=inputs.theatre_file.theatre.seed,
        until=until,
        known=known,
        recent=dated & (events.start_day >= day_number(since.date())),
        placed=(events.where_prec <= PRECISE) & np.isfinite(events.x_m),
        dated=dated,
        sensitive=_sensitive(layer.table, incidents),
        linked=len(layer.table) - len(incidents),
    )


def _sensitive(reports: gpd.GeoDataFrame, incidents: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Incidents of which any report is sensitive, mask (n,)."""
    named = set(as_events(reports).loc[reports["sensitive"].astype(bool), "event"])
    return np.asarray(as_events(incidents)["event"].isin(named), dtype=np.bool_)


def _until(as_of: dt.date, sources: tuple[SourceRecord, ...]) -> dt.date:
    """First day not counted: that of the assessment, or the day after the newest file's if that is earlier.

    Days after the end of the record would read as days without an incident.
    """
    dates = [source.date + dt.timedelta(days=1) for source in sources if source.date is not None]
    return min([as_of, max(dates)]) if dates else as_of


def _used(record: _Record, *, paired: int, without_area: int) -> Used:
    placed = record.recent & record.placed
    return Used(
        known=int(record.known.sum()),
        recent=int(record.recent.sum()),
        hot=int(placed.sum()),
        clustered=int(record.shown.sum()),
        vague_place=int((record.recent & ~record.placed).sum()),
        sensitive=int((placed & record.sensitive).sum()),
        paired=paired,
        counted=int(record.dated.sum()),
        without_area=without_area,
        linked=record.linked,
    )


def _named_areas(areas: gpd.GeoDataFrame, incidents: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Hot areas with ``place``: what is most reported in each, not of sensitive incidents."""
    inside = [incidents["place"][incidents.intersects(shape)] for shape in areas.geometry]
    return areas.assign(place=[most_named(places) for places in inside])


def _by_district(record: _Record, inputs: Inputs) -> tuple[gpd.GeoDataFrame, Trends | None, int]:
    """Districts with Gi*, trends, and how many incidents of their months have no known district."""
    districts = districts_of(inputs.layers["areas"].table, inputs.theatre)
    number = district_numbers(record.events, districts)
    recent = number[record.recent]
    counts = np.bincount(recent[recent >= 0], minlength=len(districts))
    table = districts.assign(incidents=counts)
    if len(districts) >= FEWEST_CELLS:
        rates = counts / (districts.area.to_numpy() / 1e9)
        found = hot_districts(rates, touching(districts), draws=_DISTRICT_DRAWS, rng=record.rng(1))
        table = table.assign(z=found.z, p=found.p, q=found.q)
    trends = _trends(record, number, list(districts["name"]))
    without = 0
    if trends is not None and len(districts):
        lost = record.events.start_day[record.dated & (number < 0)]
        without = int(monthly(lost, trends.months).sum())
    return table, trends, without


def _trends(record: _Record, number: NDArray[np.int64], names: list[str]) -> Trends | None:
    spec, day = record.spec, record.events.start_day
    first = day[record.dated].min() if record.dated.any() else record.until
    months = months_before(
        pd.Timestamp(day_of_number(record.until)),
        recent=spec.recent_months,
        earlier=spec.earlier_months,
        first_day=float(first),
    )
    if months is None:
        return None
    counts = [monthly(day[record.dated], months)]
    counts += [
        monthly(day[record.dated & (number == district)], months) for district in range(len(names))
    ]
    table = trend_table(dict(enumerate(counts)), months)
    return Trends(table=table.assign(area=["", *names]), counts=np.array(counts), months=months)


def _clusters(record: _Record) -> gpd.GeoDataFrame:
    spec, events = record.spec, record.events.only(record.shown)
    density = Density(
        reach_m=spec.cluster_distance,
        least=spec.cluster_incidents,
        reach_days=spec.cluster_days,
    )
    numbers = cluster_numbers(events.x_m, events.y_m, events.start_day, density)
    return cluster_table(record.incidents[record.shown], numbers, reach_m=spec.cluster_distance)


def _near_repeats(record: _Record) -> tuple[NearRepeats, NearRepeats]:
    chosen = record.known & record.placed & (record.events.date_prec <= _DAY)
    events, spec = record.events.only(chosen), record.spec
    bands = Bands(distances_m=spec.near_distances, days=tuple(map(float, spec.near_days)))
    year = np.floor((record.until - events.start_day) / _YEAR_DAYS).astype(np.int64)
    over_all, in_year = (
        near_repeats(
            events.x_m,
            events.y_m,
            events.start_day,
            bands,
            rng=record.rng(2 + part),
            draws=spec.draws,
            block=block,
        )
        for part, block in enumerate((None, year))
    )
    return over_all, in_year


def _displacement(
    record: _Record, history: Layer | None
) -> tuple[pd.DataFrame | None, tuple[Pooled, ...]]:
    if history is None:
        return None, ()
    past = history.table
    table = pd.DataFrame(past.drop(columns="geometry")).assign(
        from_day=day_of(past["from_date"]),
        to_day=day_of(past["to_date"]),
        x_m=past.geometry.x,
        y_m=past.geometry.y,
    )
    spec, chosen = record.spec, record.dated & record.placed
    events = record.events.only(chosen)
    window = Window(
        radius_m=spec.base_radius,
        days=float(spec.base_days),
        first_day=float(events.start_day.min()) if chosen.any() else record.until,
        end_day=record.until,
    )
    changes = base_changes(table, radius_m=spec.base_radius)
    near = around(changes, events.x_m, events.y_m, events.start_day, window)
    found = change_table(changes, near, window)
    return found, pooled(found, near, window, rng=record.rng(4), draws=spec.draws)
