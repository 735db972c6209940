"""Header and footer of the page: marking, plan, sources with their age, dates, disclaimer."""

from __future__ import annotations

import datetime as dt
from typing import TypedDict

from geo_poc import figures
from geo_poc.coverage.findings import Findings
from geo_poc.layers.layer import SourceRecord
from geo_poc.wording import text

OLD_MONTHS = 12


class Credit(TypedDict):
    """One source: its name with its date, and its age where it is old or unknown."""

    text: str
    age: str


class Credits(TypedDict):
    """Everything around the map that must stay in every state of the page."""

    marking: str
    title: str
    subtitle: str
    fictional: str
    sources: list[Credit]
    dates: str
    disclaimer: list[str]
    reachable: str


def credits_of(findings: Findings, *, made: dt.datetime, version: str) -> Credits:
    """Header and footer of a run.

    Raises
    ------
    ValueError
        If ``made`` has no time zone.
    """
    theatre = findings.theatre
    marking = text(f"marking_{theatre.marking.lower().replace(' ', '_')}")
    day = figures.day(theatre.as_of)
    name = findings.plan.plan.name
    disclaimers = ["fictional_note", "disclaimer"] if theatre.fictional else ["disclaimer"]
    return {
        "marking": marking,
        "title": text("title", theatre=theatre.name),
        "subtitle": text("subtitle", plan=name, date=day),
        "fictional": text("fictional") if theatre.fictional else "",
        "sources": _credits(findings.sources, theatre.as_of),
        "dates": text("dates", data=day, product=figures.dtg(made), version=version),
        "disclaimer": [text(key) for key in disclaimers],
        "reachable": text("reachable_note"),
    }


def _credits(sources: tuple[SourceRecord, ...], as_of: dt.date) -> list[Credit]:
    """One credit for each name and date, with the layers that it fed."""
    layers: dict[tuple[str, dt.date | None], list[SourceRecord]] = {}
    for source in sources:
        layers.setdefault((source.label or source.file, source.date), []).append(source)
    return [_credit(records, as_of) for records in layers.values()]


def _credit(records: list[SourceRecord], as_of: dt.date) -> Credit:
    record = records[0]
    name = record.label or record.file
    fed = ", ".join(dict.fromkeys(text(f"layer_{r.layer}") for r in records))
    if record.date is None:
        return {"text": text("source", layers=fed, name=name), "age": text("age_unknown")}
    age = record.age_months(as_of) or 0
    dated = text("source_dated", layers=fed, name=name, date=figures.day(record.date))
    return {"text": dated, "age": text("age_old", n=age) if age > OLD_MONTHS else ""}
