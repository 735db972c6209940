"""How old the newest record of each source is on a day, and which sources are too old to be used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from geo_poc.errors import Fault
from geo_poc.layers.layer import SourceRecord
from geo_poc.theatre_file import FreshnessSpec

_DAY_S = 86_400.0
_DATED = {"incidents": "date_end", "camps": "date"}


def newest_record(table: pd.DataFrame, *, layer: str, as_of: dt.date) -> dt.date | None:
    """Date of the newest record of a file on a day; None where its records have no date.

    Later ones do not count: a slip of the pen in one date must not make a source look fresh.

    Parameters
    ----------
    table : DataFrame
        All rows that the theatre file selects, also those outside the area: a quiet area is no old
        source.
    layer : str
    as_of : date

    Examples
    --------
    >>> days = pd.DataFrame({"date": pd.to_datetime(["2020-05-01", "2031-01-01"])})
    >>> newest_record(days, layer="camps", as_of=dt.date(2021, 1, 1))
    datetime.date(2020, 5, 1)
    """
    if layer not in _DATED:
        return None
    days = table[_DATED[layer]]
    latest = days[days <= pd.Timestamp(as_of)].max()
    return None if pd.isna(latest) else latest.date()


def stale_faults(
    sources: Sequence[SourceRecord], spec: FreshnessSpec | None, *, as_of: dt.date
) -> list[Fault]:
    """A fault for each source older than its layer's limit, or of unknown age, that nobody accepted.

    Files that only complete another one are not asked for.

    Examples
    --------
    >>> source = SourceRecord(layer="camps", file="camps.csv", label="", licence="", sha256="",
    ...     date=dt.date(2020, 1, 1), read=0, kept=0, rejected=0)
    >>> spec = FreshnessSpec(camps=30 * 86400.0)
    >>> [fault.found for fault in stale_faults([source], spec, as_of=dt.date(2020, 3, 1))]
    ['60 days old: dated 2020-01-01']
    """
    return [
        Fault(
            where=f"{source.layer}: {source.file}",
            found=_age_words(source, as_of),
            rule=f"must be at most {limit_days:g} days old on {as_of} ([freshness] {source.layer})",
            repair="get a newer file, or accept this one with accept_stale = true or "
            "accepted_until = a day, beside its path",
        )
        for source, limit_days in _too_old(sources, spec, as_of)
        if not source.accepted(as_of)
    ]


def age_doubts(
    sources: Sequence[SourceRecord], spec: FreshnessSpec | None, *, as_of: dt.date
) -> list[Fault]:
    """Notes on accepted old sources, on the age of incidents without a limit, on sources of a later day."""
    accepted = [
        Fault(
            where=f"{source.layer}: {source.file}",
            found=_age_words(source, as_of),
            rule=f"is older than the {limit_days:g} days of [freshness] {source.layer}, and accepted so",
            repair=_until(source),
        )
        for source, limit_days in _too_old(sources, spec, as_of)
        if source.accepted(as_of)
    ]
    free = [s for s in sources if s.layer == "incidents" and _limit_s(spec, s) is None]
    unlimited = [
        Fault(
            where=f"{source.layer}: {source.file}",
            found=_age_words(source, as_of),
            rule="no limit is given, so that a source of any age is used",
            repair=f"write {source.layer} = the age that the mission accepts, in days, under [freshness]",
        )
        for source in free
        if not source.is_after(as_of)
    ]
    return accepted + unlimited + _after(sources, as_of)


def _after(sources: Sequence[SourceRecord], as_of: dt.date) -> list[Fault]:
    """A note on each source that is dated after the day of the data."""
    return [
        Fault(
            where=f"{source.layer}: {source.file}",
            found=f"dated {source.day}, after as_of {as_of}",
            rule="what it shows may not yet have been so on that day; it has no age",
            repair=f"take a file from before {as_of}, or correct its date or as_of in the theatre file",
        )
        for source in sources
        if source.is_after(as_of) and not source.beside
    ]


def _too_old(
    sources: Sequence[SourceRecord], spec: FreshnessSpec | None, as_of: dt.date
) -> list[tuple[SourceRecord, float]]:
    """Sources beyond the limit of their layer or of unknown age, with that limit in days."""
    found = []
    for source in sources:
        limit_s = _limit_s(spec, source)
        if limit_s is None or source.beside or source.is_after(as_of):
            continue
        age = source.age_days(as_of)
        if age is None or age * _DAY_S > limit_s:
            found.append((source, limit_s / _DAY_S))
    return found


def _limit_s(spec: FreshnessSpec | None, source: SourceRecord) -> float | None:
    limit: float | None = getattr(spec, source.layer, None)
    return limit


def _age_words(source: SourceRecord, as_of: dt.date) -> str:
    age = source.age_days(as_of)
    if age is None:
        return "of unknown age: neither its records nor the theatre file give a date"
    days = "1 day" if age == 1 else f"{age} days"
    if source.day != source.newest:
        return f"{days} old: dated {source.date}"
    return f"{days} old: its newest record is of {source.newest}"


def _until(source: SourceRecord) -> str:
    if source.accept_stale:
        return "take accept_stale away once there is a newer file"
    return f"get a newer file before {source.accepted_until} is over"
