"""What the terminal shows at the end of ``geo-poc race``."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table
from rich.text import Text

from geo_poc import figures
from geo_poc.coverage.race import LETTERS, Verdict
from geo_poc.race import FoundRace
from geo_poc.report.race import RaceProduct, tally
from geo_poc.report.race_words import margin_words, notice_words, time_words, who_words
from geo_poc.screen.parts import Part, notes, table_of
from geo_poc.wording import text

_FIRST_PLACES = 15


def race_tables(found: FoundRace, out: Path) -> list[Part]:
    """Who could be first, the worst places, what it rests on, and where the files are."""
    product = found.product
    title = {
        "theatre": product.theatre.name,
        "plan": product.plan.plan.name,
        "date": figures.day(product.theatre.as_of),
    }
    return [
        Text(text("terminal_title", **title), style="bold"),
        *notes(found.warnings),
        *(Text(note, style="yellow") for note in product.notes),
        _counts(product),
        _places(product),
        Text(text("race_could")),
        Text(text("terminal_written", files=str(out))),
    ]


def _counts(product: RaceProduct) -> Table:
    rows = [
        (
            LETTERS[verdict],
            text(f"race_verdict_{verdict}"),
            text("number", n=own.places),
            figures.people(own.people),
            text("number", n=own.unknown_people),
        )
        for verdict, own in ((verdict, tally(product, verdict)) for verdict in Verdict)
    ]
    columns = (
        "race_column_first", "race_column_verdict", "race_column_places", "column_people",
        "column_unsure",
    )  # fmt: skip
    title = text("race_terminal_counts", who=who_words(product))
    return table_of(title, columns, rows, numbers_from=2)


def _places(product: RaceProduct) -> Table:
    main = "first" if product.troops is None else "troops"
    rows = [
        (
            place.letter,
            str(place.name) or str(place.id),
            figures.people(float(place.people)),
            time_words(place.contact_earliest_s),
            place.group,
            time_words(getattr(place, f"{main}_s")),
            margin_words(getattr(place, f"{main}_margin_s"), place.contact_earliest_s),
            notice_words(place.alert_earlier_s),
        )
        for place in product.places.head(_FIRST_PLACES).itertuples()
    ]
    columns = (
        "race_column_first", "race_column_place", "column_people", "race_column_contact",
        "race_column_group", "race_column_mission", "race_column_margin", "race_column_notice",
    )  # fmt: skip
    return table_of(text("race_terminal_places"), columns, rows, numbers_from=99)
