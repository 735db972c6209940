"""All that the page shows, as one plain document without any markup."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geo_poc.coverage.findings import Findings
from geo_poc.maps.cases import headline
from geo_poc.maps.credits import credits_of
from geo_poc.maps.incidents import incidents
from geo_poc.maps.labels import labels
from geo_poc.maps.lines import drawing
from geo_poc.maps.sites import bases, places
from geo_poc.maps.surfaces import surfaces
from geo_poc.maps.times import movers
from geo_poc.maps.ways import ways
from geo_poc.maps.zones import zones


def map_document(findings: Findings, *, made: dt.datetime, version: str) -> dict[str, Any]:
    """Everything that the page shows, ready for JSON.

    Parameters
    ----------
    findings : Findings
        The run; nothing in it is changed or computed anew.
    made : datetime
        With a time zone; printed as the date of the product.
    version : str
        Of geo-poc.

    Returns
    -------
    dict
        ``credits, headline, movers, zones, places, bases, drawing, surfaces, incidents, ways,
        labels, bounds``. All text is plain text and must be shown as such. Sensitive incidents are counted
        in it and otherwise absent.

    Raises
    ------
    ValueError
        If ``made`` has no time zone.
    """
    return {
        "credits": credits_of(findings, made=made, version=version),
        "headline": headline(findings),
        "movers": movers(findings),
        "zones": zones(findings),
        "places": places(findings),
        "bases": bases(findings),
        "drawing": drawing(findings),
        "surfaces": surfaces(findings),
        "incidents": incidents(findings),
        "ways": ways(findings),
        "labels": labels(findings),
        "bounds": [round(b, 5) for b in findings.theatre.lonlat_bounds],
    }
