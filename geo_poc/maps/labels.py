"""Words of the page's controls, legends and cards: the page itself holds none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from geo_poc import figures
from geo_poc.answer import CLASS_KEYS, no_zone, threat_code
from geo_poc.coverage.findings import Findings
from geo_poc.plan import ALL_CONDITIONS
from geo_poc.wording import Entry, catalogue, plain, text

_OF_THE_PAGE = "ui_"


class Labels(TypedDict):
    """Words by where they stand; ``ui`` are sentences whose slots the page fills."""

    ui: dict[str, Entry]
    thousands: str
    standard: str
    standard_s: float
    conditions: list[str]
    air: list[str]
    zone_case: str
    zone_own_case: str
    zones_none: str
    classes: dict[str, tuple[str, str]]
    bands: list[str]
    threat: list[str]
    threat_codes: list[str]
    threat_means: list[str]
    threat_note: str


def labels(findings: Findings) -> Labels:
    """All words that the page prints itself."""
    standard = figures.duration(findings.plan.standard.response)
    own = text(f"case_{findings.conditions}")
    return {
        "ui": _ui(catalogue().entries),
        "thousands": text("thousands"),
        "standard": standard,
        "standard_s": findings.plan.standard.response,
        "conditions": [text(f"case_{c}") for c in ALL_CONDITIONS],
        "air": [text("air_on"), text("air_off")],
        "zone_case": text("zone_case", case=own.lower()),
        "zone_own_case": own.lower(),
        "zones_none": plain(no_zone(findings)),
        "classes": {letter: _class(key, standard) for letter, key in CLASS_KEYS.items()},
        "bands": [text(f"band_{n}") for n in range(1, 6)],
        "threat": [text(f"threat_{n}") for n in range(6)],
        "threat_codes": [threat_code(n) for n in range(6)],
        "threat_means": [text(f"threat_means_{n}") for n in range(6)],
        "threat_note": _threat_note(findings),
    }


def _ui(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    return {
        key.removeprefix(_OF_THE_PAGE): entry
        for key, entry in entries.items()
        if key.startswith(_OF_THE_PAGE)
    }


def _class(key: str, standard: str) -> tuple[str, str]:
    slots = {"standard": standard} if key in {"p", "n"} else {}
    return text(f"class_{key}"), text(f"class_{key}_means", **slots)


def _threat_note(findings: Findings) -> str:
    threat = findings.threat
    if threat.newest is None:
        return text("threat_note_empty")
    newest = figures.day(threat.newest)
    return text("threat_note", n=threat.incidents_used, newest=newest)
