"""Patrol reach from checked inputs, written as tables, rasters and a drawing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_poc.coverage.demand import demand
from geo_poc.coverage.patrols import (
    BASE_COLUMNS,
    PERIMETER_COLUMNS,
    Counted,
    base_counts,
    counts_of,
    not_sent,
    perimeter_shares,
    place_times,
    reached_area,
)
from geo_poc.errors import Fault
from geo_poc.inputs import Inputs, Progress, quiet, read_inputs
from geo_poc.output import require_made_by, written_whole
from geo_poc.patrol_options import Asked, plan_with_patrols
from geo_poc.patrol_rules import ground_movers
from geo_poc.plan import PlanFile
from geo_poc.provenance import write_run_record
from geo_poc.report.patrols import PatrolProduct, write_patrol_files
from geo_poc.routing.catalogue import Foot
from geo_poc.routing.field import Tables
from geo_poc.routing.ground import points_m
from geo_poc.routing.mobile import Deployment, deployments, with_mobile_bases
from geo_poc.routing.outings import not_sending, outing_of
from geo_poc.routing.patrol import CODE, Outing, patrol_trips
from geo_poc.routing.patrol_ground import patrol_ground
from geo_poc.routing.patrol_reach import PatrolReach, nearer, no_reach
from geo_poc.routing.perimeter import Outlines, outlines
from geo_poc.routing.travel_time import Reason
from geo_poc.theatre import Theatre

_NAMES = ["patrol", "mover", "season", "light"]


@dataclass(frozen=True, kw_only=True, eq=False)
class FoundPatrols:
    """What the patrols of a plan reach.

    Parameters
    ----------
    product : PatrolProduct
    totals : DataFrame
        One row a patrol: what is reached from any base, each cell and site counted once.
    deployments : tuple of Deployment
        Of the mobile bases.
    warnings : tuple of Fault
    """

    product: PatrolProduct
    totals: pd.DataFrame
    deployments: tuple[Deployment, ...]
    warnings: tuple[Fault, ...]


def write_patrols(
    theatre_path: Path,
    plan_path: Path,
    out: Path,
    asked: Asked | None = None,
    *,
    progress: Progress = quiet,
) -> FoundPatrols:
    """Read, compute and write everything; the folder changes only when all of it succeeded.

    Parameters
    ----------
    theatre_path, plan_path : Path
        TOML files.
    out : Path
        Folder of the results; one that an earlier such command made is replaced whole.
    asked : Asked, optional
    progress : callable (step, share done)

    Raises
    ------
    GeoPocError
        If an input cannot be used, no patrol is given, or the results cannot be written; the folder is
        then as it was.
    """
    require_made_by(out, "patrols")
    with written_whole(out) as folder:
        inputs = read_inputs(theatre_path, plan_path, progress=progress)
        found = patrols(inputs, asked or Asked(), progress=progress)
        progress("writing", 0.0)
        write_patrol_files(found.product, folder)
        content = _content(found, inputs)
        write_run_record(folder, inputs, command="patrols", content=content)
    return found


def patrols(
    inputs: Inputs, asked: Asked | None = None, *, progress: Progress = quiet
) -> FoundPatrols:
    """What all patrols reach from checked inputs, without touching a file.

    Parameters
    ----------
    inputs : Inputs
    asked : Asked, optional
    progress : callable (step, share done)

    Raises
    ------
    ConfigError
        If neither plan nor options give a patrol, or those of the options break a rule.
    """
    plan, warnings = plan_with_patrols(inputs, asked or Asked())
    scene = _scene(inputs, plan, progress)
    bests, rows, areas = _searched(scene, progress)
    product = PatrolProduct(
        theatre=inputs.theatre,
        plan=plan,
        by_base=_by_base(scene, rows, areas),
        places=_table(
            (_named(scene, n), place_times(best, scene.tables.places, scene.base_ids))
            for n, best in enumerate(bests)
        ),
        perimeters=_perimeters(scene, bests),
        mobile_bases=pd.DataFrame(
            [
                (
                    each.name,
                    each.parent,
                    each.mover,
                    # Rounded up, as all times in tables are.
                    np.ceil(each.seconds * 10) / 10,
                    str(each.reason),
                )
                for each in scene.deployed
            ],
            columns=["base_id", "from", "mover", "seconds", "reason"],
        ),
        seconds=tuple(best.seconds(inputs.theatre.inside) for best in bests),
    )
    return FoundPatrols(
        product=product,
        totals=pd.DataFrame(
            [_named(scene, n) | _total(scene, best) for n, best in enumerate(bests)]
        ),
        deployments=scene.deployed,
        warnings=warnings,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Scene:
    """All that the patrols of one plan have in common."""

    inputs: Inputs
    plan: PlanFile
    tables: Tables
    deployed: tuple[Deployment, ...]
    camps: gpd.GeoDataFrame
    outlines: Outlines
    at_cells: NDArray[np.int64]
    outings: tuple[Outing, ...]

    @property
    def theatre(self) -> Theatre:
        """The theatre of the inputs."""
        return self.inputs.theatre

    @property
    def base_ids(self) -> NDArray[np.object_]:
        """Ids of the bases, mobile ones last."""
        return np.asarray(self.tables.bases["id"], dtype=object)

    @property
    def counted(self) -> Counted:
        """What is counted."""
        return Counted(grid=self.theatre.grid, sites=self.tables.places, people=self.inputs.people)


def _scene(inputs: Inputs, plan: PlanFile, progress: Progress) -> _Scene:
    theatre, layers = inputs.theatre, inputs.layers
    own = Tables(
        bases=layers["bases"].table,
        places=demand(layers["camps"].table, layers["places"].table),
        roads=layers["roads"].table,
        areas=layers["areas"].table,
        land_cover=inputs.land_cover,
        elevation_m=inputs.elevation_m,
    )
    if plan.mobile_bases:
        progress("patrols: mobile bases", 0.0)
    movers = ground_movers(plan)
    deployed = deployments(plan, list(movers.values()), own, theatre, plan.conditions)
    bases = with_mobile_bases(plan, own.bases, own.places, theatre)
    camps = layers["camps"].table
    found = outlines(
        theatre.grid, points_m(camps.geometry), camps["radius_m"].to_numpy(dtype=np.float64)
    )
    return _Scene(
        inputs=inputs,
        plan=plan,
        tables=dataclasses.replace(own, bases=bases),
        deployed=deployed,
        camps=own.places[own.places["layer"] == "camp"],
        outlines=found,
        at_cells=np.unique(found.cell[found.cell >= 0]),
        outings=tuple(
            outing_of(
                patrol,
                movers[patrol.mover],
                plan=plan,
                bases=(own.bases, bases),
                deployed=deployed,
                theatre=theatre,
            )
            for patrol in plan.patrols
        ),
    )


_Key = tuple[int, int]


def _searched(
    scene: _Scene, progress: Progress
) -> tuple[list[PatrolReach], dict[_Key, dict[str, object]], dict[_Key, shapely.MultiPolygon]]:
    """The best of each patrol; rows and areas of each patrol and base."""
    progress("patrols: ground", 0.0)
    there = patrol_ground(scene.theatre, scene.tables, scene.at_cells, plan=scene.plan)
    cells = there.ground.nodes.first_vertex
    points = len(scene.tables.places) + scene.at_cells.size
    bests = [no_reach(cells, points) for _ in scene.outings]
    rows: dict[_Key, dict[str, object]] = {}
    areas: dict[_Key, shapely.MultiPolygon] = {}
    for trip in patrol_trips(
        there, scene.outings, progress=lambda share: progress("patrols", share)
    ):
        key = trip.outing, trip.base
        bests[trip.outing] = nearer(bests[trip.outing], trip)
        rows[key] = base_counts(trip, scene.counted)
        areas[key] = reached_area(scene.theatre.grid, trip.cell_s)
    return bests, rows, areas


def _named(scene: _Scene, number: int) -> dict[str, object]:
    """What every row of a patrol begins with."""
    patrol = scene.plan.patrols[number]
    values = (patrol.name, patrol.mover, scene.plan.plan.season, patrol.light)
    return dict(zip(_NAMES, values, strict=True))


def _by_base(
    scene: _Scene,
    rows: dict[_Key, dict[str, object]],
    areas: dict[_Key, shapely.MultiPolygon],
) -> gpd.GeoDataFrame:
    """One row a patrol and base that has its mover, mobile bases included."""
    bases, table, shapes = scene.tables.bases, [], []
    for n, (patrol, outing) in enumerate(zip(scene.plan.patrols, scene.outings, strict=True)):
        absent = not_sending(patrol, scene.plan, scene.deployed)
        for base, (base_id, name) in enumerate(zip(bases["id"], bases["name"], strict=True)):
            row = rows.get((n, base))
            if row is None and base_id not in absent:
                continue
            times = {
                "length_s": float(outing.length_s[base]),
                "on_the_spot_s": outing.on_the_spot_s,
                "base_id": base_id,
                "base": name,
                "mobile": base >= len(bases) - len(scene.plan.mobile_bases),
            }
            table.append(_named(scene, n) | times | (row or not_sent(absent[base_id])))
            shapes.append(areas.get((n, base), shapely.MultiPolygon()))
    columns = [*_NAMES, "length_s", "on_the_spot_s", "base_id", "base", "mobile", *BASE_COLUMNS]
    frame = pd.DataFrame(table, columns=columns)
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=scene.theatre.grid.crs)


def _total(scene: _Scene, best: PatrolReach) -> dict[str, object]:
    """What is reached from any base, each cell and site once; nan where that is unknown."""
    reached = np.isfinite(best.cell_s)
    at_site = best.codes[: len(scene.tables.places)] == CODE[Reason.REACHED]
    counts = counts_of(reached, at_site, scene.counted)
    inside = scene.theatre.inside.ravel()
    if (best.cell_unknown & ~reached & inside).any():
        return dict.fromkeys(counts, np.nan)
    return counts


def _table(parts: Iterable[tuple[dict[str, object], pd.DataFrame]]) -> pd.DataFrame:
    """Tables one below the other, each with what its patrol's rows begin with."""
    return pd.concat(
        [
            pd.concat([pd.DataFrame(names, index=table.index), table], axis=1)
            for names, table in parts
        ],
        ignore_index=True,
    )


def _perimeters(scene: _Scene, bests: Sequence[PatrolReach]) -> pd.DataFrame:
    """Outlines of camps for each patrol on foot by night; no rows where the plan has none."""
    parts = [
        (
            _named(scene, n),
            perimeter_shares(best, scene.outlines, scene.at_cells, scene.camps),
        )
        for n, (best, outing) in enumerate(zip(bests, scene.outings, strict=True))
        if isinstance(outing.mover, Foot) and outing.conditions.light == "night"
    ]
    return _table(parts) if parts else pd.DataFrame(columns=[*_NAMES, *PERIMETER_COLUMNS])


def _content(found: FoundPatrols, inputs: Inputs) -> dict[str, object]:
    """What ``run.json`` says of patrols alone."""
    return {
        "parameters": {"theatre": inputs.theatre_file, "plan": found.product.plan},
        "warnings": found.warnings,
        "totals": found.totals.to_dict(orient="records"),
        "mobile_bases": found.deployments,
    }
