"""Every text stands in one catalogue, and is filled with exactly its slots."""

from __future__ import annotations

import re

import pytest

from geo_poc import wording
from geo_poc.layers.schemas import FIELDS
from geo_poc.plan import ALL_CONDITIONS
from geo_poc.routing.travel_time import Reason
from geo_poc.wording import Catalogue, Span, WordingError, catalogue, mover_name, text

SMALL = Catalogue(
    language="xx",
    entries={
        "lead": "**{share}** of {who}",
        "camps": {"one": "{n} camp", "other": "{n} camps"},
        "late": {"one": "a camp in {time}", "other": "{n} camps in {time}"},
        "thousands": "'",
        "stars": "plain {word}",
    },
)


def test_slots_are_filled_and_marks_left_out():
    assert SMALL.text("lead", share="35%", who="all") == "35% of all"


def test_marked_words_are_strong():
    assert SMALL.spans("lead", share="35%", who="all") == (
        Span(text="35%", strong=True),
        Span(text=" of all", strong=False),
    )


def test_what_fills_a_slot_is_never_read_as_mark_or_slot():
    assert SMALL.spans("stars", word="**{x}**") == (Span(text="plain **{x}**", strong=False),)


@pytest.mark.parametrize(
    ("n", "written"), [(1, "1 camp"), (0, "0 camps"), (12_000, "12'000 camps")]
)
def test_number_chooses_the_sentence(n, written):
    assert SMALL.text("camps", n=n) == written


def test_sentence_for_one_may_leave_the_number_out():
    assert SMALL.text("late", n=1, time="2 h") == "a camp in 2 h"


@pytest.mark.parametrize(
    ("key", "slots", "message"),
    [
        ("nothing", {}, "no such key"),
        ("lead", {"share": "1%"}, "needs exactly the slots share, who. Found: slots share"),
        ("lead", {"share": "1%", "who": "a", "x": "b"}, "Found: slots share, who, x"),
        ("camps", {}, "needs a whole number in slot n"),
        ("camps", {"n": "2"}, "needs a whole number in slot n"),
        ("late", {"n": 2}, "needs exactly the slots n, time"),
    ],
)
def test_wrong_key_or_slot_is_an_error(key, slots, message):
    with pytest.raises(WordingError, match=message):
        SMALL.text(key, **slots)


def test_language_without_a_catalogue_is_an_error():
    with pytest.raises(WordingError, match="must be a language that has a catalogue"):
        catalogue("qq")


def test_key_in_two_sections_is_an_error():
    with pytest.raises(WordingError, match=r"\[map\]: a key must stand in one section only.*a"):
        wording._merged("xx", '[common]\na = "1"\n[map]\na = "2"')


def test_every_sentence_of_the_catalogue_has_even_marks_and_named_slots():
    for key, entry in catalogue().entries.items():
        for sentence in [entry] if isinstance(entry, str) else entry.values():
            assert sentence.count("**") % 2 == 0, key
            assert re.findall(r"\{[^a-z]", sentence) == [], key


def codes():
    for layer in ("camps", "places", "bases"):
        yield from (f"kind_{code}" for code in FIELDS[layer]["kind"].codes)
    yield from (f"incident_{code}" for code in FIELDS["incidents"]["kind"].codes)
    yield from (f"role_{code}" for code in FIELDS["bases"]["role"].codes)
    yield from (f"layer_{layer}" for layer in FIELDS)
    yield from (f"reason_{reason}" for reason in Reason)
    yield from (f"why_{reason}" for reason in Reason if reason not in {"reached", "cut_off"})
    yield from (f"{head}_{case}" for case in ALL_CONDITIONS for head in ("case", "when", "worst"))


@pytest.mark.parametrize("key", list(codes()))
def test_every_code_that_data_may_hold_has_its_words(key):
    assert catalogue().entries[key]


def test_every_table_has_one_and_other():
    tables = [e for e in catalogue().entries.values() if not isinstance(e, str)]
    assert tables
    assert all(set(table) == {"one", "other"} for table in tables)


@pytest.mark.parametrize("word", ["enemy", "optimal", "safe ", "risk-free"])
def test_no_sentence_takes_a_side_or_promises_safety(word):
    allowed = {"class_unknown_means"}
    for key, entry in catalogue().entries.items():
        sentences = [entry] if isinstance(entry, str) else entry.values()
        assert key in allowed or all(word not in f"{s.lower()} " for s in sentences), key


def test_module_functions_speak_english():
    assert text("class_n") == "Not protected"
    assert "".join(s.text for s in wording.spans("sites", n=3)) == "3 sites"


def test_mover_without_a_name_keeps_its_key():
    assert mover_name("mi8") == "Helicopter Mi-8"
    assert mover_name("camel_train") == "camel train"
