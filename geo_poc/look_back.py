"""Inputs on a day before the theatre's own, with what is said of their age on that day."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from geo_poc.errors import ConfigError, Fault
from geo_poc.inputs import Inputs
from geo_poc.layers.freshness import newest_record
from geo_poc.layers.layer import SourceRecord
from geo_poc.report_quality import too_old


def on_day(inputs: Inputs, as_of: dt.date | None) -> tuple[Inputs, dt.date]:
    """Inputs with the theatre on an earlier day, and the theatre's own day.

    What is said of the age of the incidents is of the earlier day; camps, people and roads stay those of the
    theatre's own. Incidents that were too old by then are no fault but a note: no newer ones of that day can be had.

    Raises
    ------
    ConfigError
        If the day is later than the theatre's.
    """
    own = inputs.theatre.as_of
    if as_of is None or as_of == own:
        return inputs, own
    if as_of > own:
        raise ConfigError(
            Fault(
                where="assess: --as-of",
                found=as_of.isoformat(),
                rule=f"must not be later than the theatre's as_of, {own.isoformat()}",
                repair="add the newer incidents and set as_of in the theatre file, or give an earlier day",
            )
        )
    theatre = dataclasses.replace(inputs.theatre, as_of=as_of)
    sources = tuple(_as_known(source, inputs, as_of) for source in inputs.sources)
    _, now = too_old(_of_incidents(inputs.sources), inputs.theatre_file, inputs.theatre)
    old, then = too_old(_of_incidents(sources), inputs.theatre_file, theatre)
    kept = [fault for fault in inputs.warnings if fault not in now]
    return (
        dataclasses.replace(
            inputs, theatre=theatre, sources=sources, warnings=(*kept, *old, *then)
        ),
        own,
    )


def _of_incidents(sources: Sequence[SourceRecord]) -> list[SourceRecord]:
    return [source for source in sources if source.layer == "incidents"]


def _as_known(source: SourceRecord, inputs: Inputs, as_of: dt.date) -> SourceRecord:
    """A source of incidents with its newest record by a day.

    Its rows that were refused are not at hand any more, and those of several files stand in one table: its newest
    record is then that of the table.
    """
    if source.layer != "incidents" or source.newest is None or source.newest <= as_of:
        return source
    table = inputs.layers["incidents"].table
    newest = newest_record(table, layer="incidents", as_of=as_of)
    date = None if source.date is None or source.date > as_of else source.date
    return dataclasses.replace(source, newest=newest, date=date)
