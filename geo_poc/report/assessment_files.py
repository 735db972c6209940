"""The weekly assessment as data: what its JSON file holds, CSV, a GeoPackage and rasters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_poc.coverage.assessment import Assessment, Dissent
from geo_poc.coverage.minority import OVERLOOKED_SHARE
from geo_poc.coverage.posture import (
    FIRM_FROM,
    FRESH_DAYS,
    LACKING,
    LEAST_PRECISE,
    POSTURES,
    QUIET_DAYS,
)
from geo_poc.coverage.risk_areas import FALLEN, RISEN
from geo_poc.coverage.risk_scene import LEVEL, REACH_M, TOP_SHARE
from geo_poc.layers.threat import draws
from geo_poc.layers.threat.models import KEYS
from geo_poc.layers.threat.score_tables import LEAST_EVENTS
from geo_poc.layers.threat.totals import INTERVAL
from geo_poc.report.assessment_words import lead
from geo_poc.report.geodata import about_theatre, write_gpkg, write_raster
from geo_poc.report.tables import write_csv
from geo_poc.wording import plain, text

_JOINED = ("models_agree", "lacking", "models")
_WHOLE = (
    "rank",
    "sites",
    "sites_unknown_people",
    "camps_unknown_people",
    "events_year",
    "events_all",
    "days_since",
)
_FIRMNESS = "2 firm, 1 marginal, 0 low, -1 outside the area or unknown"
_LEVELS = "5 very high .. 1 very low, 0 no reports, -1 outside the area"
_NOTE = (
    "Advice, not an order. An area that is not listed is not safe. A named analyst may override it."
)


def write_assessment_files(assessment: Assessment, folder: Path) -> None:
    """Write tables, layers and rasters into an existing folder."""
    theatre = assessment.theatre
    write_csv(flat(assessment.areas), theatre.marking, folder / "risk_areas.csv")
    write_assessment_gpkg(assessment, folder / "assessment.gpkg")
    for name, (values, unit) in _surfaces(assessment).items():
        tags = _about(assessment) | {"unit": unit, "method": assessment.threat.method}
        write_raster(folder / f"{name}.tif", values, theatre.grid, tags)


def assessment_content(assessment: Assessment, *, made: str, version: str) -> dict[str, Any]:
    """Content of ``assessment.json``; what is unknown is null, what is not reached "inf".

    Parameters
    ----------
    assessment : Assessment
    made : str
        In ISO form.
    version : str
    """
    theatre, threat = assessment.theatre, assessment.threat
    return {
        "geo_poc": version,
        "made": made,
        "marking": theatre.marking,
        "theatre": theatre.name,
        "fictional": theatre.fictional,
        "as_of": theatre.as_of.isoformat(),
        "horizon_days": threat.horizon_days,
        "data_of": assessment.data_of.isoformat(),
        "newest": None if threat.newest is None else threat.newest.isoformat(),
        "incidents_used": threat.incidents_used,
        "incidents_vague": threat.incidents_vague,
        "compared_with": {
            "as_of": assessment.before_of.isoformat(),
            "recorded": assessment.recorded,
        },
        "grid": theatre.grid,
        "seed": assessment.seed,
        "draws": assessment.draws,
        "plan": None if assessment.under is None else assessment.under,
        "lead": [plain(sentence) for sentence in lead(assessment, top=len(assessment.areas))],
        "note": _NOTE,
        "outlook": {name: _known(value) for name, value in vars(assessment.outlook).items()},
        "areas": _rows(assessment.areas),
        "overlooked": _rows(assessment.overlooked),
        "gone": _rows(assessment.gone),
        "dissent": [_view(one) for one in assessment.dissent],
        "models": {KEYS[name]: name for name in assessment.models},
        "method": threat.method,
        "parameters": PARAMETERS,
        "definitions": _definitions(assessment),
    }


PARAMETERS: Mapping[str, Any] = {
    "threat_level": LEVEL,
    "top_share": TOP_SHARE,
    "reach_m": REACH_M,
    "firm_draws_from": draws.FIRM_FROM,
    "marginal_draws_from": draws.MARGINAL_FROM,
    "interval": INTERVAL,
    "risen_above": RISEN,
    "fallen_below": FALLEN,
    "overlooked_share": OVERLOOKED_SHARE,
    "firm_area_from": FIRM_FROM,
    "least_precise": LEAST_PRECISE,
    "quiet_days": QUIET_DAYS,
    "fresh_days": FRESH_DAYS,
    "least_incidents": LEAST_EVENTS,
}
"""Thresholds; all are choices."""


def _definitions(assessment: Assessment) -> dict[str, Any]:
    return {
        "posture": {one: text(f"assess_posture_{one}") for one in POSTURES},
        "posture_rule": (
            "watch where less than half of what is expected is firm; else by the class of protection with the "
            "largest part of what is expected: N deploy, C lift, ? find_out, P patrol, E inform; not_assessed "
            "without a plan"
        ),
        "confidence_rule": "high: nothing lacking; moderate: one thing; low: two or more",
        "lacking": {one: _lacking(one) for one in LACKING},
        "expected": f"incidents within {assessment.threat.horizon_days} days",
        "expected_range": "middle 80 % of what the draws expect in the area; what comes spreads wider",
        "outlook_range": "middle 80 % of what may come in the whole area",
        "exposed": "expected incidents of each cell times the people known in it; not casualties",
        "rank_weight": (
            "as exposed, with the mean of the known numbers where one is unknown; expected where no residents are known"
        ),
        "models_agree": "the cell where most is expected is in the model's own top 5 % of the area",
        "overlooked": "in the top 1 % of the area by another model and below level 5",
        "gone": "of level 5 at the last assessment, and no cell of it is now",
    }


def _lacking(one: str) -> str:
    return {
        "not_firm": "less than half of what is expected lies in firm cells",
        "few_precise": f"fewer than {LEAST_PRECISE} incidents in it were coded to a point",
        "quiet": f"no incident in it for more than {QUIET_DAYS} days",
        "stale": f"the newest record of the theatre is older than {FRESH_DAYS} days",
        "alone": "fewer than half of the other models agree",
    }[one]


def _view(one: Dissent) -> dict[str, str | None]:
    day = None if one.day is None else one.day.isoformat()
    return {"name": one.name, "text": one.text, "date": day}


def flat(table: gpd.GeoDataFrame) -> pd.DataFrame:
    """A table of areas without outlines, dates as days."""
    plain_table = pd.DataFrame(table.drop(columns=["geometry", "peak_cell"], errors="ignore"))
    if "last_event" in plain_table:
        day = plain_table["last_event"].dt.strftime("%Y-%m-%d")
        plain_table["last_event"] = day.astype(object).where(day.notna(), None)
    for column in plain_table.columns.intersection(list(_WHOLE)):
        plain_table[column] = plain_table[column].astype("Int64")
    return plain_table


def _rows(table: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): _value(str(name), value) for name, value in row.items()}
        for row in flat(table).to_dict("records")
    ]


def _value(name: str, value: Any) -> Any:
    if name in _JOINED:
        return value.split("; ") if value else []
    return _known(value)


def _known(value: Any) -> Any:
    """A value as JSON holds it: what is unknown is null."""
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    return value


def write_assessment_gpkg(assessment: Assessment, path: Path) -> None:
    """Write ``risk_areas, overlooked, gone`` in the theatre's CRS, and the table ``about``."""
    layers = {
        "risk_areas" if name == "areas" else name: (
            _shaped(getattr(assessment, name)),
            "MultiPolygon",
        )
        for name in ("areas", "overlooked", "gone")
    }
    about = _about(assessment) | {
        "note": _NOTE,
        "note_numbers": "NULL = unknown, inf = not reached",
    }
    write_gpkg(layers, about, path, as_of=assessment.theatre.as_of)


def _shaped(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(flat(table), geometry=table.geometry, crs=table.crs)


def _surfaces(assessment: Assessment) -> dict[str, tuple[Any, str]]:
    return {
        "threat": (assessment.threat.expected, "expected incidents per km2 per 30 days"),
        "threat_level": (assessment.level.astype(np.int16), _LEVELS),
        "firmness": (assessment.firmness.astype(np.int16), _FIRMNESS),
    }


def _about(assessment: Assessment) -> dict[str, str]:
    return about_theatre(assessment.theatre) | {
        "data_of": assessment.data_of.isoformat(),
        "horizon_days": f"{assessment.threat.horizon_days}",
        "compared_with": assessment.before_of.isoformat(),
        "plan": "" if assessment.under is None else assessment.under.plan,
    }
