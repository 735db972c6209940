"""The race between armed groups that were seen and the mission, from checked inputs, written as files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc import __version__
from geo_poc.coverage.demand import demand
from geo_poc.coverage.race import (
    LETTERS,
    Contact,
    contact,
    counted,
    first_contact,
    judged,
    margin_s,
    notice_s,
    worst_first,
)
from geo_poc.errors import ConfigError, Fault, GeoPocError, InputError
from geo_poc.inputs import Inputs, Progress, quiet, read_inputs
from geo_poc.layers.layer import file_sha256
from geo_poc.layers.positions import mgrs_of
from geo_poc.output import require_made_by, written_whole
from geo_poc.provenance import write_json, write_run_record
from geo_poc.race_groups import contact_cells_s, group_reaches, require_start, seen_table
from geo_poc.race_mission import Coming, mission_arrivals, racing_plan
from geo_poc.race_notes import race_notes
from geo_poc.race_rules import Asked, alert_of, require_race
from geo_poc.report.race import RaceProduct, race_record, write_race_files
from geo_poc.report.race_page import write_race_page
from geo_poc.sightings import Sighting, read_sightings

_Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class FoundRace:
    """A race and what was noted on the way.

    Parameters
    ----------
    product : RaceProduct
    warnings : tuple of Fault
    """

    product: RaceProduct
    warnings: tuple[Fault, ...]


def write_race(
    paths: tuple[Path, Path, Path],
    out: Path,
    asked: Asked | None = None,
    *,
    made: dt.datetime,
    progress: Progress = quiet,
) -> FoundRace:
    """Read, compute and write everything; the folder changes only when all of it succeeded.

    Parameters
    ----------
    paths : three Path
        TOML files of theatre, plan and sightings.
    out : Path
        Folder of the results; one that an earlier such command made is replaced whole.
    asked : Asked, optional
    made : datetime
        Time stamp of the product, with its zone.
    progress : callable (step, share done)

    Raises
    ------
    GeoPocError
        If an input cannot be used or the results cannot be written; the folder is then as it was.
    """
    require_made_by(out, "race")
    asked = asked or Asked()
    with written_whole(out) as folder:
        inputs, sightings = _read(paths, progress)
        found = race(inputs, sightings, asked, file=paths[2], progress=progress)
        progress("writing", 0.0)
        product = found.product
        write_race_files(product, folder)
        write_json(race_record(product), folder / "race.json")
        write_race_page(product, folder / "race.html", made=made, version=__version__)
        content = _content(found, inputs, sightings, asked, paths[2])
        write_run_record(folder, inputs, command="race", content=content)
    return found


def _read(
    paths: tuple[Path, Path, Path], progress: Progress
) -> tuple[Inputs, tuple[Sighting, ...]]:
    """All inputs; an InputError with the faults of all three files."""
    faults: list[Fault] = []
    sightings: tuple[Sighting, ...] = ()
    try:
        sightings = read_sightings(paths[2])
    except ConfigError as e:
        faults += e.faults
    try:
        inputs = read_inputs(paths[0], paths[1], progress=progress)
    except GeoPocError as e:
        raise InputError([*e.faults, *faults]) from None
    if faults:
        raise InputError(faults)
    return inputs, sightings


def race(
    inputs: Inputs,
    sightings: Sequence[Sighting],
    asked: Asked | None = None,
    *,
    file: Path = Path("sightings"),
    progress: Progress = quiet,
) -> FoundRace:
    """Who could be first at each camp and place, from checked inputs, without touching a file.

    Parameters
    ----------
    inputs : Inputs
        With a plan.
    sightings : sequence of Sighting
        At least one.
    asked : Asked, optional
    file : Path
        How the sightings are named in faults.
    progress : callable (step, share done)

    Raises
    ------
    ConfigError
        If sightings or options break a rule.
    """
    asked = asked or Asked()
    layers = inputs.layers
    places = demand(layers["camps"].table, layers["places"].table)
    require_race(sightings, asked, inputs, file=file, places=places)
    plan, alert = racing_plan(inputs.plan, asked.troops), alert_of(sightings, asked)
    seen = seen_table(sightings, places, inputs)
    progress("race: groups", 0.0)
    reaches = group_reaches(inputs, plan, sightings, seen, places)
    require_start(reaches, sightings, file)
    met, who = first_contact(
        [
            contact(
                reach.earliest_s,
                reach.likely_s,
                reach.latest_s,
                moving_h=one.moving_h,
                age_s=(alert - one.seen_at).total_seconds(),
                within_s=one.seen_within,
            )
            for reach, one in zip(reaches, sightings, strict=True)
        ]
    )
    table = _judged(mission_arrivals(inputs, plan, progress), met, who, seen, alert, places)
    people = table["people"].to_numpy(dtype=np.float64)
    product = RaceProduct(
        theatre=inputs.theatre,
        plan=plan,
        alert=alert,
        sightings=seen,
        places=table,
        counts=counted(table["verdict"].to_numpy(dtype=object), people),
        cell_s=contact_cells_s(reaches, sightings, alert, inputs),
        notes=race_notes(inputs, plan, sightings, alert, reaches),
        tables={name: layers[name].table for name in ("bases", "roads", "areas")},
    )
    return FoundRace(product=product, warnings=inputs.warnings)


def _judged(
    mission: tuple[Coming, Coming | None],
    met: Contact,
    who: NDArray[np.int64],
    seen: gpd.GeoDataFrame,
    alert: dt.datetime,
    places: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """One row a camp or place, worst first."""
    first, force = mission
    main = first if force is None else force
    verdicts = judged(met, main.times)
    needed_s = notice_s(met, main.times)
    age_s = [(alert - moment).total_seconds() for moment in seen["seen_at"]]
    lonlat = places.to_crs("EPSG:4326").geometry
    lon, lat = lonlat.x.to_numpy(), lonlat.y.to_numpy()
    table = places.drop(columns="admin1").assign(
        lon=lon.round(6),
        lat=lat.round(6),
        mgrs=mgrs_of(lon, lat),
        verdict=verdicts.astype(str),
        letter=[LETTERS[verdict] for verdict in verdicts],
        contact_earliest_s=_down(met.earliest_s),
        contact_likely_s=_down(met.likely_s),
        contact_latest_s=_down(met.latest_s),
        group=np.array([*seen["name"], ""], dtype=object)[who],
        **_coming_columns("first", first, met),
    )
    if force is not None:
        table = table.assign(**_coming_columns("troops", force, met))
    table = table.assign(
        alert_earlier_s=_up(needed_s),
        before_sighting=np.isfinite(needed_s) & (needed_s > np.array([*age_s, np.inf])[who]),
        binds=np.where(np.isinf(met.earliest_s), "", main.binds.astype(str)),
    )
    order = worst_first(verdicts, places["people"].to_numpy(dtype=np.float64), met)
    return table.iloc[order].reset_index(drop=True)


def _coming_columns(name: str, coming: Coming, met: Contact) -> dict[str, object]:
    times = coming.times
    return {
        f"{name}_s": _up(times.seconds),
        f"{name}_quick_s": _up(times.quick_s),
        f"{name}_slow_s": _up(times.slow_s),
        f"{name}_base": coming.base_id,
        f"{name}_mover": coming.mover,
        f"{name}_margin_s": _down(margin_s(met, times)),
        f"{name}_verdict": judged(met, times).astype(str),
    }


def _up(seconds: _Floats) -> _Floats:
    return np.ceil(seconds * 10) / 10


def _down(seconds: _Floats) -> _Floats:
    return np.floor(seconds * 10) / 10


def _content(
    found: FoundRace, inputs: Inputs, sightings: Sequence[Sighting], asked: Asked, file: Path
) -> dict[str, object]:
    """What ``run.json`` says of a race alone."""
    return {
        "parameters": {
            "theatre": inputs.theatre_file,
            "plan": inputs.plan,
            "sightings": list(sightings),
            "asked": asked,
            "alert": found.product.alert,
        },
        "inputs": [
            *inputs.sources,
            {"layer": "sightings", "file": file.name, "sha256": file_sha256(file)},
        ],
        "warnings": found.warnings,
        "counts": found.product.counts.to_dict(orient="records"),
    }
