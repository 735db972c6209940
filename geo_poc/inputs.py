"""Everything that a run reads, checked together so that all faults are named at once."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.errors import ConfigError, Fault, GeoPocError, InputError
from geo_poc.layers.area import read_area
from geo_poc.layers.layer import Layer, SourceRecord
from geo_poc.layers.rasters import LandCover, read_elevation, read_land_cover, read_population
from geo_poc.layers.read import read_layer, require_rows
from geo_poc.plan import PlanFile, read_plan_file
from geo_poc.routing.movers import movers_of
from geo_poc.theatre import Source, Theatre, TheatreFile, read_theatre_file, theatre_over

Progress = Callable[[str, float], None]
Value = TypeVar("Value")

LAYERS = ("incidents", "camps", "places", "bases", "roads", "areas", "airfields")
_VARIABLE = re.compile(r"\$\{(?P<name>[A-Z][A-Z0-9_]*)(?::-(?P<default>[^}]*))?\}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Inputs:
    """All that was read, on one theatre and one grid; nothing is computed yet.

    Parameters
    ----------
    layers : mapping of str to Layer
        Every layer of :data:`LAYERS`; those the files do not name are empty.
    people, elevation_m : float32 array (rows, cols) or None
    land_cover : LandCover or None
    sources : tuple of SourceRecord
        Of tables and rasters, in reading order.
    """

    theatre: Theatre
    theatre_file: TheatreFile
    plan: PlanFile
    layers: Mapping[str, Layer]
    people: NDArray[np.float32] | None
    elevation_m: NDArray[np.float32] | None
    land_cover: LandCover | None
    sources: tuple[SourceRecord, ...]

    def areas(self, kind: str) -> gpd.GeoDataFrame:
        """Rows of the areas layer of one kind."""
        table = self.layers["areas"].table
        return table[table["kind"] == kind]


def read_inputs(theatre_path: Path, plan_path: Path, *, progress: Progress) -> Inputs:
    """Every input of a theatre file and a plan file, checked.

    Parameters
    ----------
    theatre_path, plan_path : Path
    progress : callable (step, share done)

    Raises
    ------
    GeoPocError
        With the faults of all files together, as far as each could be read.
    """
    faults: list[Fault] = []
    theatre_file = _tried(faults, lambda: read_theatre_file(theatre_path))
    plan = _tried(faults, lambda: read_plan_file(plan_path))
    _tried(faults, lambda: movers_of(plan) if plan else None)
    folder = _tried(
        faults,
        lambda: data_folder(theatre_file.theatre.data_folder, theatre_path)
        if theatre_file
        else None,
    )
    if theatre_file is None or plan is None or folder is None:
        raise _joined(faults)
    theatre = _tried(faults, lambda: _theatre(theatre_file, folder))
    if theatre is None:
        raise _joined(faults)
    folders = {"bases": plan_path.parent if _is_beside(plan, plan_path) else folder}
    layers = {}
    for number, name in enumerate(LAYERS):
        progress(f"reading {name}", number / len(LAYERS))
        layer = _tried(
            faults,
            lambda name=name: _layer(  # type: ignore[misc]
                name, theatre_file, plan, folders.get(name, folder), theatre
            ),
        )
        if layer is not None:
            layers[name] = layer
    rasters = _tried(faults, lambda: _rasters(theatre_file, folder, theatre))
    if "bases" in layers:
        faults.extend(_unknown_bases(plan, layers["bases"].table, plan_path))
    if faults or rasters is None:
        raise _joined(faults)
    people, elevation_m, land_cover, records = rasters
    return Inputs(
        theatre=theatre,
        theatre_file=theatre_file,
        plan=plan,
        layers=layers,
        people=people,
        elevation_m=elevation_m,
        land_cover=land_cover,
        sources=tuple(s for layer in layers.values() for s in layer.sources) + tuple(records),
    )


def data_folder(text: str, theatre_path: Path) -> Path:
    """Folder of the data, relative to the theatre file; ``${NAME:-default}`` is read from the environment.

    Raises
    ------
    ConfigError
        If the folder does not exist, naming the variable that would set it.

    Examples
    --------
    >>> data_folder(".", Path("examples/theatre.toml")).as_posix()
    'examples'
    """
    names = [match["name"] for match in _VARIABLE.finditer(text)]
    expanded = _VARIABLE.sub(lambda m: os.environ.get(m["name"]) or m["default"] or "", text)
    from_environment = any(os.environ.get(name) for name in names)
    folder = Path(expanded) if from_environment else theatre_path.parent / expanded
    if not folder.is_dir():
        hint = f"set the environment variable {names[0]} to it" if names else "correct the key"
        raise ConfigError(
            Fault(
                where=f"{theatre_path}: [theatre] data_folder",
                found=f"no folder {folder.resolve()}",
                rule="must be the folder that holds the data",
                repair=hint,
            )
        )
    return folder


def _tried(faults: list[Fault], read: Callable[[], Value]) -> Value | None:
    """What a reader returns, or None with its faults noted."""
    try:
        return read()
    except GeoPocError as e:
        faults.extend(e.faults)
        return None


def _joined(faults: Sequence[Fault]) -> InputError:
    return InputError(faults)


def _theatre(file: TheatreFile, folder: Path) -> Theatre:
    return theatre_over(file.theatre, read_area(file.theatre.area, folder=folder))


def _is_beside(plan: PlanFile, plan_path: Path) -> bool:
    """Whether the bases' files lie beside the plan file rather than in the theatre's data folder."""
    return all((plan_path.parent / source.path).is_file() for source in plan.bases)


def _layer(
    name: str, file: TheatreFile, plan: PlanFile, folder: Path, theatre: Theatre
) -> Layer:
    sources: list[Source] = plan.bases if name == "bases" else getattr(file, name)
    layer = read_layer(name, sources, folder=folder, theatre=theatre)
    if name == "bases":
        require_rows(layer)
    return layer


def _rasters(
    file: TheatreFile, folder: Path, theatre: Theatre
) -> tuple[
    NDArray[np.float32] | None,
    NDArray[np.float32] | None,
    LandCover | None,
    list[SourceRecord],
]:
    faults: list[Fault] = []
    found: dict[str, object] = {}
    records: list[SourceRecord] = []
    readers = {
        "population": read_population,
        "elevation": read_elevation,
        "land_cover": read_land_cover,
    }
    for name, reader in readers.items():
        spec = getattr(file, name)
        read = None
        if spec is not None:
            read = _tried(
                faults,
                lambda reader=reader, spec=spec: reader(spec, folder=folder, theatre=theatre),  # type: ignore[misc]
            )
        if read is not None:
            found[name] = read[0]
            records.append(read[1])
    if faults:
        raise _joined(faults)
    return (  # type: ignore[return-value]
        found.get("population"),
        found.get("elevation"),
        found.get("land_cover"),
        records,
    )


def _unknown_bases(plan: PlanFile, bases: gpd.GeoDataFrame, plan_path: Path) -> list[Fault]:
    """A fault for every base that an asset names and the bases layer does not have."""
    known = set(bases["name"])
    return [
        Fault(
            where=f"{plan_path}: [assets] {number} bases",
            found=f"'{name}'",
            rule="must be the name of a base",
            repair=f"use one of {', '.join(sorted(known))}",
        )
        for number, asset in enumerate(plan.assets, start=1)
        if not isinstance(asset.bases, str)
        for name in asset.bases
        if name not in known
    ]
