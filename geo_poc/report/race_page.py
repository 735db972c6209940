"""The page of a race: one HTML file that asks for no other file and runs no script."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from geo_poc import figures
from geo_poc.coverage.race import LETTERS, Verdict
from geo_poc.palette import DAY
from geo_poc.report.blocks import Cell
from geo_poc.report.race import RaceProduct, tally
from geo_poc.report.race_drawing import (
    BAND_FILLS,
    band_edges,
    legend_dot,
    legend_sign,
    race_map,
)
from geo_poc.report.race_words import (
    contact_words,
    margin_words,
    notice_words,
    time_words,
    who_words,
)
from geo_poc.report.sheet import Sheet, name_words, sheet_of, write_sheet
from geo_poc.report.symbols import legend_symbol
from geo_poc.wording import Span, mover_name, spans, text

MOST_ROWS = 150
Sentence = tuple[Span, ...]


@dataclass(frozen=True, kw_only=True)
class Count:
    """One verdict: its sign and letter, what it means, how many places and people."""

    sign: Markup
    letter: str
    name: str
    means: str
    places: str
    people: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One place: its verdict's letter and its cells in the order of the heads."""

    letter: str
    verdict: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class RacePage:
    """All that the page says, in order."""

    sheet: Sheet
    lead: Sentence
    lead_people: Sentence
    could: str
    map_title: str
    map: Markup
    bands: tuple[tuple[str, str], ...]
    no_way: str
    signs: tuple[tuple[Markup, str], ...]
    counts_title: str
    count_heads: tuple[str, str, str, str]
    counts: tuple[Count, ...]
    counts_sum: str
    groups_title: str
    group_heads: tuple[str, ...]
    groups: tuple[tuple[Cell, ...], ...]
    places_title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    rows_more: str
    margin_note: str
    notes_title: str
    notes: tuple[str, ...]
    datum: str


def write_race_page(product: RaceProduct, path: Path, *, made: dt.datetime, version: str) -> None:
    """Write the page of a race.

    Parameters
    ----------
    product : RaceProduct
    path : Path
    made : datetime
        When the product is made, with its zone.
    version : str
        Of geo-poc.
    """
    write_sheet("race.html", race_page(product, made=made, version=version), path)


def race_page(product: RaceProduct, *, made: dt.datetime, version: str) -> RacePage:
    """Everything that the page says.

    Parameters
    ----------
    product : RaceProduct
    made : datetime
    version : str
    """
    theatre = product.theatre
    name, plan = name_words(theatre.name), name_words(product.plan.plan.name)
    case = text(f"case_{product.plan.conditions}").lower()
    return RacePage(
        sheet=sheet_of(
            theatre,
            title=text("race_title"),
            subtitle=text("race_subtitle", theatre=name, plan=plan, case=case),
            made=made,
            version=version,
        ),
        lead=_lead(product, case),
        lead_people=_lead_people(product),
        could=text("race_could"),
        map_title=text("race_map_title"),
        map=Markup(race_map(product)),  # noqa: S704  (escaped by the XML library)
        bands=_bands(),
        no_way=text("race_band_none"),
        signs=_signs(),
        counts_title=text("race_counts_title"),
        count_heads=(
            text("race_head_sign"),
            text("race_head_verdict"),
            text("race_head_places"),
            text("race_head_people"),
        ),
        counts=_counts(product),
        counts_sum=text("race_counts_sum", n=len(product.places)),
        groups_title=text("race_groups_title"),
        group_heads=_group_heads(),
        groups=_groups(product),
        places_title=text("race_places_title"),
        heads=_heads(product),
        rows=tuple(_row(product, place) for place in product.places.head(MOST_ROWS).itertuples()),
        rows_more=_more(product),
        margin_note=" ".join(_table_notes(product)),
        notes_title=text("race_notes_title"),
        notes=product.notes,
        datum=text("report_datum"),
    )


_NOT_SURE = (Verdict.GROUP_FIRST, Verdict.TOO_CLOSE, Verdict.UNKNOWN)


def _lead(product: RaceProduct, case: str) -> Sentence:
    first, close, unknown = (tally(product, verdict).places for verdict in _NOT_SURE)
    common: dict[str, str | int] = {
        "alert": figures.dtg(product.alert),
        "case": case,
        "total": len(product.places),
        "who": who_words(product),
    }
    if not first + close + unknown:
        return spans("race_lead_nowhere", **common)
    could = first + close + unknown
    return spans("race_lead", could=could, first=first, close=close, unknown=unknown, **common)


def _lead_people(product: RaceProduct) -> Sentence:
    """People where the mission is not sure to be first; nothing where there is no such place."""
    tallies = [tally(product, verdict) for verdict in _NOT_SURE]
    if not any(each.places for each in tallies):
        return ()
    people = figures.people(sum(each.people for each in tallies))
    unknown = sum(each.unknown_people for each in tallies)
    if unknown:
        return spans("race_lead_people_unknown", people=people, n=unknown)
    return spans("race_lead_people", people=people)


def _sign(verdict: Verdict | None) -> Markup:
    return Markup(legend_sign(verdict))  # noqa: S704  (drawn here, without any text from data)


def _signs() -> tuple[tuple[Markup, str], ...]:
    base = Markup(legend_symbol("base", DAY))  # noqa: S704  (as above)
    dot = Markup(legend_dot())  # noqa: S704  (as above)
    return (
        (_sign(None), text("race_sign_group")),
        (base, text("race_sign_base")),
        (dot, text("race_sign_dot")),
    )


def _bands() -> tuple[tuple[str, str], ...]:
    """Colour and words of each band."""
    edges = [f"{edge:g}" for edge in band_edges()[:-1]]
    words = [text("race_band_first"), text("race_band_hours", end=edges[1])]
    words += [text("race_band_between", start=start, end=end) for start, end in pairwise(edges[1:])]
    words += [text("race_band_last", start=edges[-1])]
    return tuple(zip(BAND_FILLS, words, strict=True))


def _counts(product: RaceProduct) -> tuple[Count, ...]:
    rows = []
    for verdict in Verdict:
        own = tally(product, verdict)
        unknown = f" ({own.unknown_people})" if own.unknown_people else ""
        rows.append(
            Count(
                sign=_sign(verdict),
                letter=LETTERS[verdict],
                name=text(f"race_verdict_{verdict}"),
                means=text(f"race_means_{verdict}"),
                places=text("number", n=own.places),
                people=f"{figures.people(own.people)}{unknown}",
            )
        )
    return tuple(rows)


def _group_heads() -> tuple[str, ...]:
    keys = ("no", "group", "seen", "position", "moves", "source")
    return tuple(text(f"race_head_{key}") for key in keys)


def _groups(product: RaceProduct) -> tuple[tuple[Cell, ...], ...]:
    rows = []
    for number, seen in enumerate(product.sightings.itertuples(), 1):
        strength, within = "", ""
        if not np.isnan(seen.strength):
            strength = text("race_strength", n=int(seen.strength))
        if seen.seen_within_s:
            within = text("race_seen_within", within=figures.delay(seen.seen_within_s))
        position = {"mgrs": str(seen.mgrs)}
        known = text("race_position_exact", **position)
        if seen.radius_m:
            known = text("race_position", radius=figures.distance(seen.radius_m), **position)
        rows.append(
            (
                Cell(text=str(number)),
                Cell(text=str(seen.name), small=strength),
                Cell(text=figures.dtg(seen.seen_at), small=within),
                Cell(text=known),
                Cell(text=mover_name(str(seen.mover))),
                Cell(text=str(seen.source)),
            )
        )
    return tuple(rows)


def _heads(product: RaceProduct) -> tuple[str, ...]:
    own = [text("race_head_first")]
    if product.troops is not None:
        own.append(text("race_head_troops", n=product.troops))
    keys = ("place", "people", "contact"), ("margin", "notice", "binds")
    before, after = ([text(f"race_head_{key}") for key in part] for part in keys)
    return (*before, *own, *after)


def _row(product: RaceProduct, place: Any) -> Row:
    main = "first" if product.troops is None else "troops"
    names = dict(zip(product.tables["bases"]["id"], product.tables["bases"]["name"], strict=True))
    comings = ["first"] if product.troops is None else ["first", "troops"]
    notice = notice_words(place.alert_earlier_s)
    several = len(product.sightings) > 1
    earliest, small = contact_words(
        place.contact_earliest_s, place.contact_likely_s, place.contact_latest_s
    )
    return Row(
        letter=str(place.letter),
        verdict=text(f"race_verdict_{place.verdict}"),
        cells=(
            Cell(text=str(place.name) or str(place.id), small=str(place.mgrs)),
            Cell(text=figures.people(float(place.people))),
            Cell(
                text=f"{earliest} ({place.group})" if several and place.group else earliest,
                small=small,
            ),
            *(_coming(place, key, names, aside=key != main) for key in comings),
            Cell(text=margin_words(getattr(place, f"{main}_margin_s"), place.contact_earliest_s)),
            Cell(text=notice, small=text("race_before_sighting") if place.before_sighting else ""),
            Cell(text=text(f"race_binds_{place.binds}") if place.binds else ""),
        ),
    )


def _table_notes(product: RaceProduct) -> Iterator[str]:
    yield text("race_margin_note", who=who_words(product))
    if product.troops is not None:
        yield text("race_against_note")


def _coming(place: Any, key: str, names: dict[str, str], *, aside: bool) -> Cell:
    """When a part of the mission comes, from where and by what; aside also who is first against it alone."""
    base, mover = getattr(place, f"{key}_base"), getattr(place, f"{key}_mover")
    small = ""
    if base:
        small = text("race_by", base=str(names.get(base, base)), mover=mover_name(mover))
    time = time_words(getattr(place, f"{key}_s"))
    if aside:
        letter = LETTERS[Verdict(getattr(place, f"{key}_verdict"))]
        time = text("race_against", time=time, letter=letter)
    return Cell(text=time, small=small)


def _more(product: RaceProduct) -> str:
    more = len(product.places) - MOST_ROWS
    if not len(product.places):
        return text("race_places_none")
    return text("race_places_more", n=more) if more > 0 else ""
