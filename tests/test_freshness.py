"""Old sources: seen, refused or accepted."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re

import pandas as pd
import pytest
from rich.console import Console

from geo_poc.layers.freshness import age_doubts, newest_record, stale_faults
from geo_poc.layers.layer import SourceRecord
from geo_poc.screen.inputs import layer_parts
from geo_poc.theatre_file import FreshnessSpec

AS_OF = dt.date(2021, 12, 31)
DAY_S = 86_400.0
LIMIT = FreshnessSpec(incidents=60 * DAY_S, population=365 * DAY_S)


def source(
    newest: dt.date | None = None, date: dt.date | None = None, layer: str = "incidents"
) -> SourceRecord:
    return SourceRecord(
        layer=layer, file=f"{layer}.csv", label="", licence="", sha256="", date=date, read=0, kept=0,
        rejected=0, newest=newest,
    )  # fmt: skip


def test_the_newest_record_counts_up_to_the_day_and_wherever_it_lies() -> None:
    days = pd.to_datetime(["2021-10-01", "2021-11-15", None, "2022-01-01"])
    table = pd.DataFrame({"date_end": days})
    assert newest_record(table, layer="incidents", as_of=AS_OF) == dt.date(2021, 11, 15)
    assert newest_record(table.iloc[2:], layer="incidents", as_of=AS_OF) is None
    assert newest_record(pd.DataFrame({"name": ["x"]}), layer="roads", as_of=AS_OF) is None


@pytest.mark.parametrize(("age", "faults"), [(0, 0), (60, 0), (61, 1)])
def test_a_source_may_be_as_old_as_its_limit_and_no_older(age: int, faults: int) -> None:
    old = source(newest=AS_OF - dt.timedelta(days=age))
    assert len(stale_faults([old], LIMIT, as_of=AS_OF)) == faults


def test_the_fault_says_where_what_the_rule_and_the_repair() -> None:
    (fault,) = stale_faults([source(newest=dt.date(2021, 10, 1))], LIMIT, as_of=AS_OF)
    assert str(fault) == (
        "incidents: incidents.csv: must be at most 60 days old on 2021-12-31 ([freshness] incidents). "
        "Found: 91 days old: its newest record is of 2021-10-01. Repair: get a newer file, or accept this "
        "one with accept_stale = true or accepted_until = a day, beside its path."
    )


def test_a_source_of_unknown_age_is_not_fresh() -> None:
    (fault,) = stale_faults([source()], LIMIT, as_of=AS_OF)
    assert fault.found.startswith("of unknown age")
    assert stale_faults([source()], FreshnessSpec(camps=DAY_S), as_of=AS_OF) == []


def test_incidents_are_as_old_as_their_newest_record_whatever_is_said_of_the_file() -> None:
    said = source(newest=dt.date(2021, 10, 1), date=AS_OF)
    assert said.age_days(AS_OF) == 91
    assert source(date=AS_OF).age_days(AS_OF) == 0


def test_a_list_is_as_old_as_the_file_says_and_else_as_its_newest_row() -> None:
    assert source(dt.date(2017, 1, 1), dt.date(2021, 12, 1), "camps").age_days(AS_OF) == 30
    assert source(dt.date(2021, 12, 30), None, "camps").age_days(AS_OF) == 1


def test_a_date_after_the_day_is_no_negative_age() -> None:
    assert source(date=dt.date(2023, 1, 1)).age_days(AS_OF) is None


@pytest.mark.parametrize(
    ("accepted", "faults"),
    [
        ({"accept_stale": True}, 0),
        ({"accepted_until": AS_OF}, 0),
        ({"accepted_until": AS_OF - dt.timedelta(days=1)}, 1),
    ],
)
def test_an_old_source_is_used_as_long_as_the_file_accepts_it(
    accepted: dict[str, bool | dt.date], faults: int
) -> None:
    old = dataclasses.replace(source(newest=dt.date(2021, 10, 1)), **accepted)  # type: ignore[arg-type]
    assert len(stale_faults([old], LIMIT, as_of=AS_OF)) == faults
    notes = age_doubts([old], LIMIT, as_of=AS_OF)
    assert len(notes) == 1 - faults
    assert all("is older than the 60 days" in note.rule for note in notes)
    words = "accept_stale" if "accept_stale" in accepted else "2021-12-31 is over"
    assert all(words in note.repair for note in notes)


def test_every_layer_can_have_a_limit_and_rasters_too() -> None:
    old = source(date=dt.date(2020, 1, 1), layer="population")
    (fault,) = stale_faults([old], LIMIT, as_of=AS_OF)
    assert fault.found == "730 days old: dated 2020-01-01"


def test_without_a_limit_nothing_fails_and_the_age_of_incidents_is_noted() -> None:
    sources = [source(newest=dt.date(2021, 12, 30)), source(date=AS_OF, layer="roads"), source()]
    assert stale_faults(sources, None, as_of=AS_OF) == []
    notes = age_doubts(sources, None, as_of=AS_OF)
    assert [note.found for note in notes] == [
        "1 day old: its newest record is of 2021-12-30",
        "of unknown age: neither its records nor the theatre file give a date",
    ]
    assert age_doubts(sources[:2], LIMIT, as_of=AS_OF) == []


def test_a_file_that_only_completes_another_is_not_asked_for() -> None:
    beside = dataclasses.replace(source(), beside="incidents.csv")
    assert stale_faults([beside], LIMIT, as_of=AS_OF) == []


def test_a_source_of_a_later_day_is_noted_has_no_age_and_is_not_stale() -> None:
    camps = source(date=dt.date(2022, 1, 6), layer="camps")
    beside = dataclasses.replace(camps, beside="camps.csv")
    later = source(date=dt.date(2022, 1, 1))
    assert (camps.age_days(AS_OF), camps.age_months(AS_OF)) == (None, None)
    assert source(date=AS_OF).age_months(AS_OF) == 0
    assert stale_faults([camps], FreshnessSpec(camps=DAY_S), as_of=AS_OF) == []
    notes = age_doubts([camps, beside, later], None, as_of=AS_OF)
    assert [(note.where, note.found) for note in notes] == [
        ("camps: camps.csv", "dated 2022-01-06, after as_of 2021-12-31"),
        ("incidents: incidents.csv", "dated 2022-01-01, after as_of 2021-12-31"),
    ]
    assert "has no age" in notes[0].rule
    assert "from before 2021-12-31" in notes[0].repair


def test_the_terminal_says_after_as_of_instead_of_an_age() -> None:
    later = dataclasses.replace(source(date=dt.date(2022, 1, 6), layer="camps"), label="Camps")
    console = Console(width=120, record=True, file=io.StringIO())
    for part in layer_parts([later], AS_OF):
        console.print(part)
    assert re.search(r"06.JAN.22 +after as_of", console.export_text())
