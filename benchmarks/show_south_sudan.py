"""When every open site of South Sudan is reached from the UNMISS bases of 2020, why not, and five of the ways.

The data are those that GEO_POC_DATA names, as in the example. An argument names another plan.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
from geographiclib.geodesic import Geodesic
from numpy.typing import NDArray

from geo_poc.arrivals import Arrivals, arrivals
from geo_poc.errors import GeoPocError
from geo_poc.inputs import Inputs, read_inputs
from geo_poc.plan import ALL_CONDITIONS, Conditions
from geo_poc.routes import Wanted, routes
from geo_poc.routing.binding import binding
from geo_poc.routing.travel_time import Reason

EXAMPLES = Path(__file__).parent.parent / "examples"
FOLDER = Path(os.environ.get("GEO_POC_DATA") or EXAMPLES.parent.parent / "shared" / "data")
DRY, WET = Conditions(season="dry", light="day"), Conditions(season="wet", light="day")
VEHICLE = "wheeled_patrol"
CASES = {
    "vehicle dry day": (VEHICLE, DRY),
    "vehicle wet day": (VEHICLE, WET),
    "foot dry day": ("foot_patrol", DRY),
    "mi8 wet day": ("mi8", WET),
    "mi8 wet night": ("mi8", Conditions(season="wet", light="night")),
}
FIRST, TROOPS = "first element wet day", 120.0
WAYS, NEAR_KM, SAME_TOWN_M = 5, 10.0, 5_000.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """Of every site the seconds (``inf`` not reached, ``nan`` unknown), who comes, and why nobody does."""

    seconds: NDArray[np.float64]
    who: list[str]
    reasons: NDArray[np.object_]

    def cells(self) -> list[str]:
        """Hours and minutes, rounded up, and who; else the reason."""
        minutes = np.ceil(self.seconds / 60)
        return [
            f"{m // 60:.0f}:{m % 60:02.0f} {who}" if np.isfinite(m) else str(reason)
            for m, who, reason in zip(minutes, self.who, self.reasons, strict=True)
        ]

    def counts(self, response_s: float) -> dict[str, int | str]:
        """Sites within the standard, later, and by reason, which must be all of them."""
        reached, unknown = np.isfinite(self.seconds), np.isnan(self.seconds)
        unreached, within = np.isinf(self.seconds), self.seconds <= response_s
        by_reason = pd.Series(self.reasons[~reached].astype(str)).value_counts().to_dict()
        n_in, *out = (int(n) for n in (reached.size, reached.sum(), unreached.sum(), unknown.sum()))
        if n_in != sum(out) or by_reason.get(Reason.UNKNOWN, 0) != out[2]:
            sys.exit(f"{n_in} sites in, {out} out, {by_reason}")
        check = f"{n_in} = {' + '.join(map(str, out))}"
        later = out[0] - int(within.sum())
        return {"check": check, "within": out[0] - later, "later": later, **by_reason}


def columns(
    found: Arrivals, bases: pd.Series, site: NDArray[np.bool_]
) -> Iterator[tuple[str, Column]]:
    """Title and content; a mover that the plan does not have is left out."""
    travel = {(time.mover, time.conditions): time for time in found.travel}
    names = [*bases, ""]
    for title, case in CASES.items():
        if case in travel:
            row, seconds, reason = travel[case].nearest()
            who = [names[base] for base in row[site]]
            yield title, Column(seconds=seconds[site], who=who, reasons=reason[site])
    each = found.arrivals[ALL_CONDITIONS.index(WET)]
    trips, force = each.trips, found.plan.force
    movers = [carrier.mover for carrier in trips.carriers]
    sent = [f"{names[at]} {movers[by]}" for at, by in zip(trips.base, trips.carrier, strict=True)]
    troops = TROOPS if force is None else force.troops
    for title, k, seconds, last in (
        (FIRST, 1.0, each.first_s, each.first_trip),
        (f"{troops:g} troops wet day", troops, each.time_to_force(troops), each.last_trip(troops)),
    ):
        why = np.where(np.isnan(seconds), Reason.UNKNOWN, binding(each, k))
        who = [[*sent, ""][trip] for trip in last[site]]
        yield title, Column(seconds=seconds[site], who=who, reasons=why[site])


def fabflee_roads(inputs: Inputs) -> tuple[nx.Graph, gpd.GeoSeries]:
    """FabFlee's links with ``km``, and its towns by name."""
    links = pd.read_csv(FOLDER / "south_sudan/roads/fabflee_routes.csv")
    links.columns = pd.Index(["one", "other", "km", "forced"])
    towns = pd.read_csv(FOLDER / "south_sudan/places/fabflee_locations.csv")
    at = gpd.GeoSeries.from_xy(towns["longitude"], towns["latitude"], crs="EPSG:4326")
    at = at.to_crs(inputs.theatre.grid.crs).set_axis(towns["#name"])
    return nx.from_pandas_edgelist(links, "one", "other", "km"), at


def pairs(inputs: Inputs, found: Arrivals) -> pd.DataFrame:
    """Sites that are not at a base, each with the base whose vehicles are there first, by distance.

    ``base, place`` (ids), ``straight_km``; ``fabflee, theirs_km`` where the ends lie in towns of FabFlee.
    """
    roads, towns = fabflee_roads(inputs)
    time = next(t for t in found.travel if (t.mover, t.conditions) == (VEHICLE, DRY))
    rows = []
    for place, base in enumerate(time.nearest().row):
        if base < 0 or found.places["layer"].iloc[place] != "camp":
            continue
        ends = inputs.layers["bases"].table.geometry.iloc[base], found.places.geometry.iloc[place]
        (lon, lon_2), (lat, lat_2) = inputs.theatre.lonlat(*np.array([(e.x, e.y) for e in ends]).T)
        row = {"base": time.base_ids[base], "place": time.place_ids[place], "fabflee": ""}
        row["straight_km"] = Geodesic.WGS84.Inverse(lat, lon, lat_2, lon_2)["s12"] / 1000
        away = [towns.distance(end) for end in ends]
        one, other = (far.idxmin() for far in away)
        same = max(far.min() for far in away) <= SAME_TOWN_M and one != other
        if same and nx.has_path(roads, one, other):
            row["fabflee"] = f"{one} - {other}"
            row["theirs_km"] = nx.shortest_path_length(roads, one, other, "km")
        rows.append(row)
    table = pd.DataFrame(rows, columns=["base", "place", "straight_km", "fabflee", "theirs_km"])
    return table[table["straight_km"] > NEAR_KM].sort_values("straight_km", ignore_index=True)


def ways(inputs: Inputs, table: pd.DataFrame) -> pd.DataFrame:
    """The middle one of each fifth of the pairs, of those that FabFlee has as well if there are any."""
    rows = []
    for part in np.array_split(np.arange(len(table)), WAYS):
        both = [row for row in part if table["fabflee"].iloc[row]] or part
        pair = table.iloc[min(both, key=lambda row: abs(row - part.mean()))]
        ends = Wanted(
            bases=(pair["base"],), places=(pair["place"],), mover=VEHICLE, season=DRY.season
        )
        (found,) = routes(inputs, ends).rows
        assert found.route is not None
        legs = found.route.legs()
        km, off_km = legs["km"].sum(), legs.loc[legs["on"] == "cross-country", "km"].sum()
        rows.append(
            {
                "way": found.name,
                "straight_km": pair["straight_km"],
                "road_km": km - off_km,
                "off_road_km": off_km,
                "our_km": km,
                "minutes": legs["minutes"].sum(),
                "fabflee": pair["fabflee"] or "-",
                "theirs_km": pair["theirs_km"],
                "ratio": km / pair["theirs_km"],
            }
        )
    return pd.DataFrame(rows)


def show(title: str, table: pd.DataFrame) -> None:
    print(f"\n{title}\n")
    print(table.to_string(index=False, na_rep="-", float_format=lambda number: f"{number:.3g}"))


def main() -> None:
    plan = Path(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLES / "south_sudan_plan.toml"
    try:
        inputs = read_inputs(EXAMPLES / "south_sudan.toml", plan)
    except GeoPocError as error:
        sys.exit(str(error))
    found, standard = arrivals(inputs), inputs.plan.standard
    site = found.places["layer"].to_numpy() == "camp"
    named = dict(columns(found, inputs.layers["bases"].table["name"].astype(str), site))
    cells = {title: column.cells() for title, column in named.items()}
    print(f"Hours from the alert, notice included, by {inputs.plan.plan.name}, {plan.name}")
    show(f"{site.sum()} open sites", found.places.loc[site, ["id", "name"]].assign(**cells))
    response_h = standard.response / 3600
    counts = pd.DataFrame([column.counts(standard.response) for column in named.values()])
    counts = (
        counts.rename(columns={"within": f"within {response_h:g} h"}).convert_dtypes().fillna(0)
    )
    counts.insert(0, "case", list(named))
    show("Sites by case; check: n_in = n_reached + n_unreached + n_unknown", counts)
    missing = [*found.missing, *([] if inputs.plan.force else ["[force]"])]
    print(
        "\nNot given, so that times are unknown where they hang on it:", "; ".join(missing) or "-"
    )
    if CASES["vehicle dry day"] in {(time.mover, time.conditions) for time in found.travel}:
        title = "Ways of a vehicle on a dry day; minutes under way, notice left out"
        show(title, ways(inputs, pairs(inputs, found)))


if __name__ == "__main__":
    main()
