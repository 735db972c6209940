"""What an earlier assessment wrote, read back as the picture of its day."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray

from geo_poc.errors import Fault, InputError
from geo_poc.layers.layer import file_sha256
from geo_poc.layers.threat.surface import Threat
from geo_poc.layers.threat.totals import Total
from geo_poc.output import RUN_RECORD
from geo_poc.provenance import plain
from geo_poc.theatre import Theatre

_THREAT, _LEVEL, _CONTENT = "threat.tif", "threat_level.tif", "assessment.json"


def read_last(folder: Path, theatre: Theatre, *, horizon_days: int) -> Threat:
    """Threat as an earlier run of ``geo-poc assess`` recorded it.

    Parameters
    ----------
    folder : Path
        An output of ``geo-poc assess``.
    theatre : Theatre
        On the day of the assessment that is compared with it.
    horizon_days : int

    Raises
    ------
    InputError
        If the folder holds no such output, one of its files was changed since, or it is of another theatre, grid,
        marking or horizon, or not of an earlier day. All faults are named.
    """
    record = _json(folder / RUN_RECORD)
    if record.get("command") != "assess":
        raise InputError(
            _fault(folder, "no output of geo-poc assess", "must be one", "name its folder")
        )
    content = _json(folder / _CONTENT)
    faults = _changed(folder, record) + _unlike(folder, content, theatre, horizon_days)
    if faults:
        raise InputError(faults)
    expected, level = _surface(folder / _THREAT), _surface(folder / _LEVEL)
    number = content["outlook"]["expected"]
    nan = float("nan")
    total = Total(
        expected=nan if number is None else float(number),
        low=nan,
        high=nan,
        decay_days=nan,
        size=nan,
    )
    return Threat(
        grid=theatre.grid,
        expected=expected.astype(np.float32),
        as_of=dt.date.fromisoformat(content["as_of"]),
        horizon_days=horizon_days,
        method="as recorded then",
        incidents_used=int(content["incidents_used"]),
        newest=dt.date.fromisoformat(content["newest"]) if content["newest"] else None,
        reported=level > 0,
        total=total,
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise InputError(
            _fault(
                path.parent,
                f"no readable {path.name}",
                "must be an output of geo-poc assess",
                "name the folder that an earlier assessment was written to",
            )
        )
    return found


def _changed(folder: Path, record: dict[str, Any]) -> list[Fault]:
    outputs = record.get("outputs", {})
    return [
        _fault(
            folder / name,
            "another content than was written" if (folder / name).is_file() else "no file",
            "must be as the assessment wrote it",
            "take the folder from where it was kept unchanged, or leave --last out",
        )
        for name in (_CONTENT, _THREAT, _LEVEL)
        if not (folder / name).is_file() or file_sha256(folder / name) != outputs.get(name)
    ]


def _unlike(
    folder: Path, content: dict[str, Any], theatre: Theatre, horizon_days: int
) -> list[Fault]:
    wanted = {
        "theatre": theatre.name,
        "marking": theatre.marking,
        "grid": plain(theatre.grid),
        "horizon_days": horizon_days,
    }
    faults = [
        _fault(
            folder,
            f"{name} {content.get(name)}",
            f"must be that of this theatre: {value}",
            "name an assessment of this theatre, or leave --last out",
        )
        for name, value in wanted.items()
        if content.get(name) != value
    ]
    day = content.get("as_of")
    if not (isinstance(day, str) and day < theatre.as_of.isoformat()):
        faults.append(
            _fault(
                folder,
                f"an assessment of {day}",
                f"must be of a day before {theatre.as_of.isoformat()}",
                "name an earlier one, or give a later --as-of",
            )
        )
    return faults


def _surface(path: Path) -> NDArray[np.float64]:
    with rasterio.open(path) as raster:
        return np.asarray(raster.read(1), dtype=np.float64)


def _fault(path: Path, found: str, rule: str, repair: str) -> Fault:
    return Fault(where=f"--last {path}", found=found, rule=rule, repair=repair)
