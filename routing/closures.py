"""What each closure closed, and an error for one that closed nothing; the same of all like it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_poc.errors import Fault, NetworkError
from geo_poc.routing.ground import Ground, ground_of
from geo_poc.routing.moves import barred_moves, centres_within
from geo_poc.routing.network import road_network
from geo_poc.routing.restrictions import Restrictions, in_force, restrictions_on, rules_of
from geo_poc.routing.stretches import with_stretches
from geo_poc.theatre import Theatre

CLOSED_COLUMNS = (
    "id",
    "name",
    "from_date",
    "to_date",
    "source",
    "kind",
    "rule",
    "delay_s",
    "edges",
    "road_km",
    "cells",
    "legs",
)


def closed_by(
    *, theatre: Theatre, roads: gpd.GeoDataFrame, areas: gpd.GeoDataFrame
) -> pd.DataFrame:
    """What each closure in force on the theatre's day closes.

    Parameters
    ----------
    theatre : Theatre
    roads, areas : GeoDataFrame
        With the columns of their layers, in the theatre's CRS.

    Returns
    -------
    DataFrame
        One row for each closure, restriction of the host state and mined area: ``id, name, from_date,
        to_date, source, kind, rule, delay_s`` (nan none), ``edges`` (pieces of road, at most 1 km each),
        ``road_km``, ``cells`` (whose centre lies in it) and ``legs`` (straight ways between cells or
        from a road into a cell).

    Raises
    ------
    NetworkError
        If a closure closes nothing; all such closures are named.
    """
    restrictions = restrictions_on(areas, theatre.as_of)
    ground = restricted_ground(
        theatre=theatre,
        roads=roads,
        areas=areas,
        restrictions=restrictions,
        bases=gpd.GeoSeries([]),
        places=gpd.GeoSeries([]),
    )
    return closed_table(ground, areas, restrictions)


def restricted_ground(
    *,
    theatre: Theatre,
    roads: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    restrictions: Restrictions,
    bases: gpd.GeoSeries,
    places: gpd.GeoSeries,
) -> Ground:
    """The ground of a theatre, cut by the barriers, closures and caveats in force."""
    cutting = np.concatenate([restrictions.closures, restrictions.caveats])
    ground = ground_of(
        theatre=theatre,
        network=road_network(roads, cell_size_m=theatre.grid.cell_size_m),
        bases=bases,
        places=places,
        barriers=areas.geometry.iloc[restrictions.barriers],
        cutting=areas.geometry.iloc[cutting].set_axis(cutting),
    )
    return with_stretches(ground, areas, roads, restrictions.clearing_s)


def restricted_by(
    *, theatre: Theatre, roads: gpd.GeoDataFrame, areas: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Every restriction in force on the theatre's day, and how much of the ground it holds.

    Returns
    -------
    DataFrame
        As `geo_poc.routing.restrictions.in_force`, with ``road_km`` and ``cells`` as in `closed_by`; nan for
        no-fly areas.

    Raises
    ------
    NetworkError
        As `closed_by`.
    """
    restrictions = restrictions_on(areas, theatre.as_of)
    ground = restricted_ground(
        theatre=theatre,
        roads=roads,
        areas=areas,
        restrictions=restrictions,
        bases=gpd.GeoSeries([]),
        places=gpd.GeoSeries([]),
    )
    closed_table(ground, areas, restrictions)
    held = in_force(areas, theatre.as_of)
    amounts = [
        _amounts(ground, areas, row) if row in ground.cuts else {"road_km": np.nan, "cells": np.nan}
        for row in held["row"].tolist()
    ]
    columns = {name: [each[name] for each in amounts] for name in ("road_km", "cells")}
    return held.assign(**columns).astype(dict.fromkeys(columns, np.float64))


def _amounts(ground: Ground, areas: gpd.GeoDataFrame, row: int) -> dict[str, float]:
    """Km of road and cells that a restriction holds."""
    edges = ground.cuts[row].edges
    return {
        "road_km": float(ground.network.length_m[edges].sum() / 1000),
        "cells": centres_within(ground.nodes.grid, areas.geometry.iloc[row]).size,
    }


def closed_table(
    ground: Ground, areas: gpd.GeoDataFrame, restrictions: Restrictions
) -> pd.DataFrame:
    """As `closed_by`, from a ground that is there already."""
    rows, faults = [], []
    rule, delay_s = rules_of(areas)
    for row in restrictions.closures:
        area = areas.iloc[row]
        cut = ground.cuts[int(row)]
        amounts = {
            "kind": area["kind"],
            "rule": rule[row],
            "delay_s": delay_s[row],
            "edges": cut.edges.size,
            **_amounts(ground, areas, int(row)),
            "legs": cut.ways,
        }
        if not cut.edges.size + cut.ways:
            faults.append(_nothing_closed(area))
        rows.append({**area[list(CLOSED_COLUMNS[:5])].to_dict(), **amounts})
    if faults:
        raise NetworkError(faults)
    return pd.DataFrame(rows, columns=list(CLOSED_COLUMNS))


def _nothing_closed(area: pd.Series) -> Fault:
    return Fault(
        where=f"areas: {area['kind']} {area['id']} ({area['name']})",
        found="no road and no cell in it",
        rule="must close at least one road or cell",
        repair="check its position, or remove it if the road is not in the data",
    )


def idle_caveats(
    *, theatre: Theatre, roads: gpd.GeoDataFrame, areas: gpd.GeoDataFrame
) -> list[Fault]:
    """A warning for each caveat in force that touches no road and no way between cells.

    Parameters
    ----------
    theatre : Theatre
    roads, areas : GeoDataFrame
        With the columns of their layers, in the theatre's CRS.
    """
    rows = areas.iloc[restrictions_on(areas, theatre.as_of).caveats]
    rows = rows[rows.geometry.notna()]
    barred = barred_moves(theatre.grid, rows.geometry.to_numpy())
    return [
        Fault(
            where=f"areas: caveat {area['id']} ({area['name']})",
            found="no road and no cell in it",
            rule="keeps nobody from anywhere on the ground",
            repair="check its position",
        )
        for (_, area), cut in zip(rows.iterrows(), barred, strict=True)
        if not cut.moves and not roads.intersects(area.geometry).any()
    ]
