"""Everything that a run reads, checked together so that all faults are named at once."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc.doubts import doubts, position_doubts, refused_rows, unknown_bases
from geo_poc.doubts_people import people_doubts
from geo_poc.errors import ConfigError, Fault, GeoPocError, InputError, OutputError
from geo_poc.layers.area import read_area
from geo_poc.layers.layer import Layer, SourceRecord, file_sha256
from geo_poc.layers.rasters import LandCover, read_elevation, read_land_cover, read_population
from geo_poc.layers.read import read_layer
from geo_poc.layers.usable import require_rows
from geo_poc.memory import MemoryNeed, memory_faults, memory_need
from geo_poc.patrol_rules import patrol_doubts, require_sound, site_faults
from geo_poc.plan import PlanFile, read_plan_file
from geo_poc.report_quality import judged_reports, too_old
from geo_poc.routing.checks import restriction_faults
from geo_poc.routing.closures import idle_caveats, restricted_by
from geo_poc.routing.restrictions import impossible_dates
from geo_poc.theatre import Theatre, theatre_over
from geo_poc.theatre_file import Source, TheatreFile, read_theatre_file

Progress = Callable[[str, float], None]
Value = TypeVar("Value")

LAYERS = ("incidents", "camps", "places", "bases", "roads", "areas", "airfields")
_VARIABLE = re.compile(r"\$\{(?P<name>[A-Z][A-Z0-9_]*)(?::-(?P<default>[^}]*))?\}")


def quiet(step: str, share: float) -> None:
    """Progress that tells nobody."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Inputs:
    """All that was read, on one theatre and one grid; nothing is computed yet.

    Parameters
    ----------
    layers : mapping of str to Layer
        Every layer of :data:`LAYERS`; those the files do not name are empty.
    people, elevation_m : float32 array (rows, cols) or None
    land_cover : LandCover or None
    plan_file : PlanFile or None
        None when only a theatre was read; then the bases layer is empty.
    sources : tuple of SourceRecord
        Of tables and rasters, in reading order.
    warnings : tuple of Fault
        What is no error and may still be a mistake: files of which no row is used.
    """

    theatre: Theatre
    theatre_file: TheatreFile
    plan_file: PlanFile | None
    layers: Mapping[str, Layer]
    people: NDArray[np.float32] | None
    elevation_m: NDArray[np.float32] | None
    land_cover: LandCover | None
    sources: tuple[SourceRecord, ...]
    warnings: tuple[Fault, ...]
    memory: MemoryNeed | None = None

    @property
    def plan(self) -> PlanFile:
        """The plan; a ConfigError where only a theatre was read."""
        if self.plan_file is None:
            raise ConfigError(
                Fault(
                    where="inputs",
                    found="a theatre without a plan",
                    rule="times and coverage need bases and a standard",
                    repair="name a plan file",
                )
            )
        return self.plan_file

    @cached_property
    def restricted(self) -> pd.DataFrame:
        """Restrictions in force and what they hold, as `geo_poc.routing.closures.restricted_by`."""
        tables = {name: self.layers[name].table for name in ("roads", "areas")}
        return restricted_by(theatre=self.theatre, **tables)

    def areas(self, kind: str) -> gpd.GeoDataFrame:
        """Rows of the areas layer of one kind."""
        table = self.layers["areas"].table
        return table[table["kind"] == kind]


def read_inputs(
    theatre_path: Path | str,
    plan_path: Path | str | None,
    *,
    threat_alone: bool = False,
    progress: Progress = quiet,
) -> Inputs:
    """Every input of a theatre file and a plan file, checked.

    Parameters
    ----------
    theatre_path : Path or str
    plan_path : Path, str or None
        None reads the theatre alone.
    threat_alone : bool
        Read only what a threat rests on: incidents, which may be none, places, areas and people.
    progress : callable (step, share done)

    Raises
    ------
    GeoPocError
        With the faults of all files together, as far as each could be read.
    """
    theatre_path, plan_path = Path(theatre_path), Path(plan_path) if plan_path else None
    faults: list[Fault] = []
    file = _tried(faults, lambda: _theatre_file(theatre_path, threat_alone=threat_alone))
    plan = _tried(faults, lambda: _plan(plan_path), file=plan_path) if plan_path else None
    theatre = (
        _tried(faults, lambda: _theatre(file, theatre_path), file=theatre_path) if file else None
    )
    if file is None or theatre is None or (plan is None and plan_path is not None):
        raise InputError(faults)
    folder = data_folder(file.theatre.data_folder, theatre_path)
    layers: dict[str, Layer] = {}
    warnings: list[Fault] = []
    for number, name in enumerate(LAYERS):
        progress(f"reading {name}", number / len(LAYERS))
        sources, beside = _sources(name, file, plan), folder
        if name == "bases" and plan_path is not None:
            beside = _folder_of_bases(sources, folder, plan_path.parent)
        layer = _tried(faults, partial(read_layer, name, sources, folder=beside, theatre=theatre))
        if layer is not None:
            layers[name] = layer
            if sources:
                empty = warnings if threat_alone and name == "incidents" else faults
                warnings.extend(_tried(empty, partial(require_rows, layer)) or ())
                warnings.extend((*refused_rows(layer), *layer.remarks))
    judged = judged_reports(layers, file.threat)
    layers = judged.layers
    faults += judged.faults + _area_faults(layers)
    warnings += judged.notes
    warnings += _idle_caveats(layers, theatre)
    warnings += position_doubts(layers, theatre, plan)
    if plan is not None and plan_path is not None and "bases" in layers:
        faults.extend(unknown_bases(plan, layers["bases"].table, plan_path))
        faults.extend(site_faults(plan, layers, theatre))
        warnings += [
            _in_file(doubt, plan_path) for doubt in [*doubts(plan, layers), *patrol_doubts(plan)]
        ]
    memory = _tried(faults, partial(_memory, theatre, plan, layers, may_be_known=not faults))
    rasters = _tried(faults, partial(_rasters, file, folder, theatre))
    used = _all_sources(layers, rasters)
    old, ages = too_old(used, file, theatre)
    faults += old
    if faults or rasters is None:
        raise InputError(faults)
    warnings += people_doubts(layers["places"].table, rasters.people, theatre)
    return Inputs(
        theatre=theatre,
        theatre_file=file,
        plan_file=plan,
        layers=layers,
        people=rasters.people,
        elevation_m=rasters.elevation_m,
        land_cover=rasters.land_cover,
        sources=used,
        warnings=(*warnings, *ages),
        memory=memory,
    )


def _all_sources(layers: Mapping[str, Layer], rasters: _Rasters | None) -> tuple[SourceRecord, ...]:
    tables = tuple(source for layer in layers.values() for source in layer.sources)
    return tables + (rasters.records if rasters else ())


def _memory(
    theatre: Theatre, plan: PlanFile | None, layers: Mapping[str, Layer], *, may_be_known: bool
) -> MemoryNeed | None:
    """What a run needs, where all is known that decides on it; an InputError where that does not fit."""
    if plan is None or not may_be_known:
        return None
    need = memory_need(theatre, plan, layers)
    faults = memory_faults(need)
    if faults:
        raise InputError(faults)
    return need


def _area_faults(layers: Mapping[str, Layer]) -> list[Fault]:
    """Refused rows, impossible dates and rules of areas are faults: each may be a closure or a caveat."""
    areas, roads = layers.get("areas"), layers.get("roads")
    if areas is None:
        return []
    rule = "must all be readable: each may be a closure"
    refused = [dataclasses.replace(fault, rule=rule) for fault in refused_rows(areas)]
    rules = restriction_faults(areas.table, None if roads is None else roads.table)
    return refused + impossible_dates(areas.table) + rules


def _idle_caveats(layers: Mapping[str, Layer], theatre: Theatre) -> list[Fault]:
    """A warning for each caveat that keeps nobody from anywhere, if all could be read."""
    tables = {name: layers[name].table for name in ("roads", "areas") if name in layers}
    return idle_caveats(theatre=theatre, **tables) if len(tables) > 1 else []


def require_closures_match(inputs: Inputs) -> None:
    """Refuse a closure in force that closes nothing, as the computing does.

    Raises
    ------
    NetworkError
        All such closures are named.
    """
    _ = inputs.restricted


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


class _Rasters(NamedTuple):
    people: NDArray[np.float32] | None
    elevation_m: NDArray[np.float32] | None
    land_cover: LandCover | None
    records: tuple[SourceRecord, ...]


def _tried(
    faults: list[Fault], read: Callable[[], Value], *, file: Path | None = None
) -> Value | None:
    """What a reader returns, or None with its faults noted under the name of the file, if it is given."""
    try:
        return read()
    except GeoPocError as e:
        faults.extend(e.faults if file is None else (_in_file(fault, file) for fault in e.faults))
        return None


def _in_file(fault: Fault, file: Path) -> Fault:
    """A fault of a plan or theatre with the name of its file, where that is not said yet."""
    where = fault.where.removeprefix("plan: ")
    if where == fault.where and not where.startswith("[theatre]"):
        return fault
    return dataclasses.replace(fault, where=f"{file}: {where}")


def _theatre_file(path: Path, *, threat_alone: bool) -> TheatreFile:
    """A theatre file; where only a threat is asked for, without what does not bear on it."""
    file = read_theatre_file(path)
    if not threat_alone:
        return file
    return dataclasses.replace(
        file, camps=[], roads=[], airfields=[], elevation=None, land_cover=None
    )


def _plan(path: Path) -> PlanFile:
    return require_sound(read_plan_file(path))


def _theatre(file: TheatreFile, theatre_path: Path) -> Theatre:
    folder = data_folder(file.theatre.data_folder, theatre_path)
    return theatre_over(file.theatre, read_area(file.theatre.area, folder=folder))


def _sources(name: str, file: TheatreFile, plan: PlanFile | None) -> list[Source]:
    if name == "bases":
        return plan.bases if plan else []
    sources: list[Source] = getattr(file, name)
    return sources


def _folder_of_bases(sources: Sequence[Source], folder: Path, plan_folder: Path) -> Path:
    """The plan's own folder if the files lie there, else the theatre's data folder."""
    beside = all((plan_folder / source.path).is_file() for source in sources)
    return plan_folder if beside else folder


def _rasters(file: TheatreFile, folder: Path, theatre: Theatre) -> _Rasters:
    faults: list[Fault] = []
    people = elevation = cover = None
    if file.population is not None:
        read = partial(read_population, file.population, folder=folder, theatre=theatre)
        people = _tried(faults, read)
    if file.elevation is not None:
        read = partial(read_elevation, file.elevation, folder=folder, theatre=theatre)
        elevation = _tried(faults, read)
    if file.land_cover is not None:
        read_cover = partial(read_land_cover, file.land_cover, folder=folder, theatre=theatre)
        cover = _tried(faults, read_cover)
    if faults:
        raise InputError(faults)
    found = (people, elevation, cover)
    return _Rasters(
        people=people[0] if people else None,
        elevation_m=elevation[0] if elevation else None,
        land_cover=cover[0] if cover else None,
        records=tuple(item[1] for item in found if item),
    )


def require_no_input(inputs: Inputs, theatre_path: Path, plan_path: Path, *outs: Path) -> None:
    """Refuse to write over anything that was read.

    Raises
    ------
    OutputError
        If one of the files is an input; all such files are named.
    """
    read = {theatre_path.resolve(), plan_path.resolve()}
    hashes = {source.sha256 for source in inputs.sources}
    faults = [
        Fault(
            where=f"output file {out}",
            found="a file that was read as an input",
            rule="must not be an input",
            repair="choose another name",
        )
        for out in outs
        if out.resolve() in read or (out.is_file() and file_sha256(out) in hashes)
    ]
    if faults:
        raise OutputError(faults)
