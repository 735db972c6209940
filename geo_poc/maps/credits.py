"""Header and footer of the page: marking, plan, sources with their age, dates, disclaimer."""

from __future__ import annotations

import datetime as dt
from typing import TypedDict

from geo_poc import figures
from geo_poc.coverage.findings import Findings
from geo_poc.layers.layer import SourceRecord
from geo_poc.wording import marking_words, text

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
    day = figures.day(theatre.as_of)
    name = findings.plan.plan.name
    disclaimers = ["fictional_note", "disclaimer"] if theatre.fictional else ["disclaimer"]
    return {
        "marking": marking_words(theatre.marking),
        "title": text("title", theatre=theatre.name),
        "subtitle": text("subtitle", plan=name, date=day),
        "fictional": text("fictional") if theatre.fictional else "",
        "sources": _credits(findings.sources, theatre.as_of),
        "dates": text("dates", data=day, product=figures.dtg(made), version=version),
        "disclaimer": [text(key) for key in disclaimers],
        "reachable": text("reachable_note"),
    }


def _credits(sources: tuple[SourceRecord, ...], as_of: dt.date) -> list[Credit]:
    """One credit for each layer and date, or for each file that fed several layers.

    The date is that of the report: of incidents the newest record up to the day, else the date stated.
    """
    layers: dict[tuple[str, dt.date | None], list[str]] = {}
    for source in sources:
        if source.read:
            fed = layers.setdefault((source.label or source.file, source.day), [])
            fed.append(text(f"layer_{source.layer}"))
    names: dict[tuple[str, dt.date | None], list[str]] = {}
    for (name, date), fed in layers.items():
        names.setdefault((", ".join(dict.fromkeys(fed)), date), []).append(name)
    return [_credit(fed, date, ", ".join(same), as_of) for (fed, date), same in names.items()]


def _credit(fed: str, date: dt.date | None, names: str, as_of: dt.date) -> Credit:
    if date is None:
        return {"text": text("source", layers=fed, name=names), "age": text("age_unknown")}
    dated = text("source_dated", layers=fed, name=names, date=figures.day(date))
    if date > as_of:
        return {"text": dated, "age": text("age_after")}
    age = _age_months(date, as_of)
    return {"text": dated, "age": text("age_old", n=age) if age > OLD_MONTHS else ""}


def _age_months(date: dt.date, as_of: dt.date) -> int:
    months = (as_of.year - date.year) * 12 + as_of.month - date.month
    return months - (as_of.day < date.day)
