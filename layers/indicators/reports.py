"""Incidents as indicators count them, and the time for which there is a record of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.indicators_file import IndicatorSpec, RecordSpec
from geo_poc.layers.layer import Layer, SourceRecord
from geo_poc.layers.links import standing
from geo_poc.layers.threat.events import day_number, day_of
from geo_poc.layers.threat.record import wanted_of

_VAGUEST_DATE = 4
_SD_REACH = 2.0
DEATHS = ("deaths_best", "deaths_low", "deaths_high")


@dataclass(frozen=True, kw_only=True)
class Span:
    """From the first to the last day for which a source has a record, both included.

    Parameters
    ----------
    source : str
    first_day, last_day : float
        In days since 1970-01-01.
    """

    source: str
    first_day: float
    last_day: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Reports:
    """Incidents as arrays of one length, those that ended first coming first.

    Parameters
    ----------
    ident, source : object array of str (n,)
        The id is empty where the incident is sensitive: it is counted and not named.
    point : object array of points (n,)
    end_day : float array (n,)
    where_prec, date_prec : float array (n,)
    position_sd_m : float array (n,)
    deaths : mapping of str to float array (n,)
        ``nan`` unknown.
    table : GeoDataFrame
        The rows themselves, in the same order.
    """

    ident: NDArray[np.object_]
    source: NDArray[np.object_]
    point: NDArray[np.object_]
    end_day: NDArray[np.float64]
    where_prec: NDArray[np.float64]
    date_prec: NDArray[np.float64]
    position_sd_m: NDArray[np.float64]
    deaths_best: NDArray[np.float64]
    deaths_low: NDArray[np.float64]
    deaths_high: NDArray[np.float64]
    table: gpd.GeoDataFrame

    def only(self, chosen: NDArray[np.bool_]) -> Reports:
        """Reports of a mask (n,)."""
        return Reports(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})


def reports_of(incidents: gpd.GeoDataFrame) -> Reports:
    """Incidents of a checked layer, by their last day; one without a last day ends on its first.

    Parameters
    ----------
    incidents : GeoDataFrame
        Passed the schema of incidents; in metres. Of linked reports of one event the one that stands for
        it counts.
    """
    incidents = standing(incidents)
    start, end = (day_of(incidents[column]) for column in ("date_start", "date_end"))
    end = np.where(np.isnan(end), start, end)
    order = np.lexsort((incidents["id"].to_numpy(dtype=str), end))
    table = incidents.iloc[order]
    numbers = {
        name: table[name].to_numpy(dtype=np.float64, na_value=np.nan)
        for name in ("where_prec", "date_prec", "position_sd_m", *DEATHS)
    }
    named = table["id"].where(~table["sensitive"].astype(bool), "")
    return Reports(
        ident=named.to_numpy(dtype=object),
        source=table["source"].to_numpy(dtype=object),
        point=np.asarray(table.geometry.to_numpy(), dtype=object),
        end_day=end[order],
        table=table,
        **numbers,
    )


def chosen_reports(reports: Reports, indicator: IndicatorSpec) -> Reports:
    """Reports of the target and the kinds that an indicator counts, wherever they are."""
    chosen = wanted_of(reports.table, indicator.target)
    if indicator.kinds:
        chosen = chosen & reports.table["kind"].isin(indicator.kinds).to_numpy(dtype=np.bool_)
    return reports.only(chosen)


def counted_here(
    reports: Reports, away_m: NDArray[np.float64], indicator: IndicatorSpec, *, whole: bool
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which reports count for an area, and which may lie in it and are known too vaguely to count.

    Counted is what is known to the month or better and lies in the area or within ``within`` of it,
    with a place that is known well enough; in the whole theatre every place is. May lie in it: all
    others within two standard deviations of their position, or of quite unknown place.

    Parameters
    ----------
    reports : Reports
    away_m : float array (n,)
        Distance from the area.
    indicator : IndicatorSpec
    whole : bool
        The area is the whole theatre.

    Returns
    -------
    bool array (n,), bool array (n,)
    """
    dated = reports.date_prec <= _VAGUEST_DATE
    if whole:
        return dated, ~dated
    placed = reports.where_prec <= indicator.where_prec
    counted = dated & placed & (away_m <= indicator.within)
    reach_m = indicator.within + _SD_REACH * reports.position_sd_m
    possible = ~(away_m > reach_m)
    return counted, possible & ~counted & ~(dated & placed)


def spans_of(layer: Layer, record: RecordSpec) -> tuple[Span, ...]:
    """For each source of incidents the time for which it has a record.

    It begins with the first incident and ends the quiet days after the newest one, in or out of the area, unless
    ``record`` says when.

    Parameters
    ----------
    layer : Layer
        The incidents.
    record : RecordSpec
    """
    start = layer.table["date_start"]
    spans = []
    for label in _labels(layer.sources):
        of_source = start[layer.table["source"] == label]
        newest = _newest(layer.sources, label)
        first = record.first or (of_source.min().date() if len(of_source) else None)
        last = record.last or (newest and newest + dt.timedelta(days=record.quiet_days))
        if first is not None and last is not None:
            spans.append(Span(source=label, first_day=day_number(first), last_day=day_number(last)))
    return tuple(spans)


def covered(
    spans: Sequence[Span], first_day: NDArray[np.float64], last_day: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Times that one source at least has a record of from end to end, mask (n,)."""
    found = np.zeros(first_day.shape, dtype=np.bool_)
    for span in spans:
        found |= (span.first_day <= first_day) & (last_day <= span.last_day)
    return found


def _labels(sources: Sequence[SourceRecord]) -> list[str]:
    return list(dict.fromkeys(source.label for source in sources))


def _newest(sources: Sequence[SourceRecord], label: str) -> dt.date | None:
    """Day of the newest record among the files of one label; None where no file has one."""
    return max((s.newest for s in sources if s.label == label and s.newest), default=None)
