"""A small made-up run, every number written by hand: what maps and reports are tested on.

The theatre is a square of 100 x 100 km in the open Atlantic, the standard is 3 h. Times in minutes are
in ``ROAD``, ``FOOT`` and ``AIR`` below, the classes that follow from them in ``CLASSES``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_poc.coverage.findings import Coverage, Findings
from geo_poc.grid import Grid
from geo_poc.layers.layer import Layer, SourceRecord
from geo_poc.layers.positions import mgrs_of
from geo_poc.layers.threat.background import Background
from geo_poc.layers.threat.backtest import Backtest, backtest
from geo_poc.layers.threat.reasons import COLUMNS as REASON_COLUMNS
from geo_poc.layers.threat.surface import Threat
from geo_poc.plan import ALL_CONDITIONS, Asset, PlanFile, PlanSpec, Standard
from geo_poc.routing.travel_time import Reason, TravelTime
from geo_poc.theatre import Theatre, theatre_over
from geo_poc.theatre_file import AreaSpec, Source, TheatreSpec

HOSTILE_NAME = "<img src=x onerror=alert(1)>${1+1}</script>"
HOSTILE_NOTE = "\"'><svg onload=alert(2)>{{7*7}}`${alert(3)}`\u2028=cmd|' /C calc'!A0"
INF, NAN = float("inf"), float("nan")
AS_OF = dt.date(2024, 6, 30)
CRS = "+proj=laea +lat_0=10.000000 +lon_0=-27.000000 +datum=WGS84 +units=m +no_defs +type=crs"

# id, layer, kind, name, people, estimate, x km, y km, threat level
SITES = [
    ("c1", "camp", "idp", "Delta camp", 10_000.0, False, -20.0, 10.0, 2),
    ("c2", "camp", "idp", "Echo camp", 4_000.0, True, -38.0, -30.0, 3),
    ("c3", "camp", "refugee", HOSTILE_NAME, 800.0, False, 38.0, 30.0, 1),
    ("c4", "camp", "idp", "Foxtrot camp", NAN, False, 10.0, 40.0, 0),
    ("c5", "camp", "poc", "Golf camp", 2_400.0, False, 42.0, -42.0, 4),
    ("c6", "camp", "idp", "Hotel camp", 2_800.0, False, -40.0, 42.0, 5),
    ("p1", "place", "city", "Juliett", 30_000.0, False, -31.0, 1.0, 2),
    ("p2", "place", "town", "Kilo", 9_000.0, False, 20.0, 5.0, 1),
    ("p3", "place", "town", "Lima", 5_000.0, False, 12.0, -24.0, 2),
    ("p4", "place", "village", "Mike", 1_200.0, True, -8.0, -42.0, 3),
    ("p5", "place", "village", "November", 600.0, False, 34.0, -30.0, 4),
]
IDS = [row[0] for row in SITES]
# Minutes: dry day, dry night, wet day, wet night; nearest base first in OWNER.
ROAD = {
    "c1": (60, 70, 180, 200),
    "c2": (100, 130, 300, 390),
    "c3": (50, 60, 150, 170),
    "c4": (120, 150, 360, 450),
    "c5": (200, 250, 600, 750),
    "c6": (INF, INF, INF, INF),
    "p1": (10, 12, 30, 36),
    "p2": (70, 90, 210, 270),
    "p3": (30, 36, 90, 108),
    "p4": (90, 110, NAN, NAN),
    "p5": (150, 190, 450, 570),
}
FOOT = {"c3": (300, 375, 420, 525), "p1": (60, 75, 80, 100)}
AIR = {"c1": 35, "c2": 40, "c3": 45, "c4": 55, "p1": 25, "p2": 50, "p3": 60}
OWNER = dict(zip(IDS, "AABBCAABCCC", strict=True))
# Columns: dry day, dry night, wet day, wet night; first without, then with aircraft.
CLASSES = {
    "c1": ("PPPN", "PPPN"),
    "c2": ("PPNN", "PPCN"),
    "c3": ("PPPP", "PPPP"),
    "c4": ("PPNN", "PPCN"),
    "c5": ("NNNN", "NNNN"),
    "c6": ("NNNN", "NNNN"),
    "p1": ("PPPP", "PPPP"),
    "p2": ("PPNN", "PPCN"),
    "p3": ("PPPP", "PPPP"),
    "p4": ("PP??", "PP??"),
    "p5": ("PNNN", "PNNN"),
}
# layer, air, then for each case: people within, sites within
MATRIX = [
    ("camp", False, ((14_800, 4), (14_800, 4), (10_800, 2), (800, 1))),
    ("camp", True, ((14_800, 4), (14_800, 4), (14_800, 4), (800, 1))),
    ("place", False, ((45_800, 5), (45_200, 4), (35_000, 2), (35_000, 2))),
    ("place", True, ((45_800, 5), (45_200, 4), (44_000, 3), (35_000, 2))),
]
TOTALS = {"camp": (6, 1, 20_000), "place": (5, 0, 45_800)}
BASES = [
    ("A", "Alfa", "fhq", 850.0, True, -30.0, 0.0),
    ("B", "Bravo", "cob", 120.0, False, 30.0, 20.0),
    ("C", "Charlie", "tob", NAN, False, 10.0, -30.0),
]


def _frame(rows: dict[str, object], points: list[tuple[float, float]]) -> gpd.GeoDataFrame:
    metres = shapely.points(np.array(points) * 1000.0)
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry=metres, crs=CRS)


def _sites(layer: str) -> Layer:
    rows = [row for row in SITES if row[1] == layer]
    table = _frame(
        {
            "id": [r[0] for r in rows],
            "source": f"Sample {layer}s",
            "name": [r[3] for r in rows],
            "kind": [r[2] for r in rows],
            "people": [r[4] for r in rows],
            "people_estimate": [r[5] for r in rows],
            "admin1": "West",
            "admin2": "Left bank",
            "pcode": "",
        },
        [(r[6], r[7]) for r in rows],
    )
    if layer == "camp":
        table["date"] = pd.Timestamp(2022, 1, 31)
        table["note"] = ""
    return Layer(name=f"{layer}s", table=table, sources=(_record(f"{layer}s", len(rows)),))


def _bases() -> Layer:
    table = _frame(
        {
            "id": [b[0] for b in BASES],
            "source": "Sample bases",
            "name": [b[1] for b in BASES],
            "kind": [b[2] for b in BASES],
            "role": ["fixed", "fixed", "movable"],
            "strength": [b[3] for b in BASES],
            "aviation": [b[4] for b in BASES],
            "medical": [True, False, False],
            "contingent": ["", "", "Contingent X"],
        },
        [(b[5], b[6]) for b in BASES],
    )
    return Layer(name="bases", table=table, sources=(_record("bases", 3),))


def _incidents() -> Layer:
    """Twelve incidents: the last but one sensitive, the last with a hostile note."""
    number = np.arange(12)
    kinds = ["one_sided", "state_based", "non_state", "one_sided", "other", "one_sided"] * 2
    dates = pd.to_datetime(
        [
            "2022-02-03",
            "2022-08-15",
            "2023-01-10",
            "2023-05-05",
            "2023-07-20",
            "2023-09-09",
            "2023-11-30",
            "2024-01-12",
            "2024-02-01",
            "2024-03-17",
            "2024-05-28",
            "2024-06-20",
        ]
    )
    table = _frame(
        {
            "id": [f"i{n + 1}" for n in number],
            "source": "Sample incidents",
            "date_start": dates,
            "date_end": dates,
            "kind": kinds,
            "where_prec": [1, 1, 2, 4, 1, 1, 3, 1, 1, 5, 1, 1],
            "date_prec": 1,
            "deaths_best": [3.0, 0.0, 5.0, 2.0, NAN, 1.0, 8.0, 0.0, 4.0, 2.0, 1.0, 6.0],
            "deaths_low": [2.0, 0.0, 4.0, 1.0, NAN, 1.0, 5.0, 0.0, 4.0, 2.0, 1.0, 6.0],
            "deaths_high": [4.0, 0.0, 9.0, 5.0, NAN, 1.0, 9.0, 0.0, 4.0, 2.0, 1.0, 6.0],
            "deaths_civilians": [3.0, 0.0, 1.0, 2.0, NAN, 1.0, 0.0, 0.0, 0.0, 2.0, 1.0, 6.0],
            "actor_a": "Group K",
            "actor_b": ["Civilians" if k == "one_sided" else "Group L" for k in kinds],
            "admin1": "West",
            "admin2": "Left bank",
            "place": [f"Place {n}" for n in number],
            "note": [""] * 10 + ["must never be shown", HOSTILE_NOTE],
            "sensitive": number == 10,
            "position_sd_m": [500.0] * 3 + [20_000.0] + [500.0] * 5 + [40_000.0] + [500.0] * 2,
        },
        [
            *[
                (-40.0, 40.0),
                (-38.0, 42.0),
                (40.0, -40.0),
                (0.0, 0.0),
                (20.0, -10.0),
                (-40.0, 41.0),
            ],
            *[
                (41.0, -40.0),
                (-36.0, 38.0),
                (42.0, -44.0),
                (10.0, 10.0),
                (33.0, -33.0),
                (44.0, -41.0),
            ],
        ],
    )
    return Layer(name="incidents", table=table, sources=(_record("incidents", 12, 3),))


def _roads() -> Layer:
    lines = [
        [(-50, -20), (-30, 0), (10, -30), (42, -42)],
        [(-30, 0), (-20, 10), (20, 5), (30, 20), (38, 30)],
        [(30, 20), (10, 40)],
    ]
    geometry = shapely.linestrings([np.array(line) * 1000.0 for line in lines[:1]]).tolist()
    geometry += [shapely.LineString(np.array(line) * 1000.0) for line in lines[1:]]
    table = gpd.GeoDataFrame(
        {
            "id": ["r1", "r2", "r3"],
            "source": "Sample roads",
            "road_class": ["trunk", "secondary", "track"],
            "surface": "",
            "speed_kmh": [40.0, 30.0, NAN],
            "length_m": NAN,
            "oneway": False,
            "bridge": False,
            "name": ["North road", "", ""],
        },
        geometry=geometry,
        crs=CRS,
    )
    return Layer(name="roads", table=table, sources=(_record("roads", 3),))


def _areas() -> Layer:
    box = shapely.box
    river = shapely.LineString([(-15_000, 50_000), (-12_000, 0), (-20_000, -50_000)]).buffer(1_000)
    table = gpd.GeoDataFrame(
        {
            "id": ["river", "nofly", "caveat", "closure", "west"],
            "source": "Sample areas",
            "name": ["Blue River", "No-fly box", "Caveat X", "Flooded road", "West"],
            "kind": ["water", "no_fly", "caveat", "closure", "admin"],
            "barrier": [True, False, False, False, False],
            "from_date": [pd.NaT, pd.NaT, pd.NaT, pd.Timestamp(2024, 6, 1), pd.NaT],
            "to_date": [pd.NaT, pd.NaT, pd.NaT, pd.Timestamp(2024, 7, 31), pd.NaT],
            "contingents": ["", "", "Contingent X", "", ""],
            "note": "",
        },
        geometry=[
            river,
            box(-48_000, 34_000, -30_000, 48_000),
            box(25_000, -45_000, 48_000, -20_000),
            box(12_000, 30_000, 22_000, 36_000),
            box(-50_000, -50_000, -14_000, 50_000),
        ],
        crs=CRS,
    )
    return Layer(name="areas", table=table, sources=(_record("areas", 5),))


def _record(layer: str, kept: int, rejected: int = 0) -> SourceRecord:
    return SourceRecord(
        layer=layer,
        file=f"{layer}.csv",
        label=f"Sample {layer}",
        licence="CC0",
        sha256="0" * 64,
        date=dt.date(2022, 1, 31) if layer == "camps" else dt.date(2024, 5, 31),
        read=kept + rejected,
        kept=kept,
        rejected=rejected,
        estimate=layer == "places",
    )


def _minutes(mover: str, site: str, case: int) -> float:
    if mover == "wheeled_patrol":
        return float(ROAD[site][case])
    if mover == "foot_patrol":
        return float(FOOT.get(site, (INF,) * 4)[case])
    return INF if case % 2 else float(AIR.get(site, INF))


def _why(mover: str, site: str, case: int) -> Reason:
    minutes = _minutes(mover, site, case)
    if np.isnan(minutes):
        return Reason.UNKNOWN
    if np.isfinite(minutes):
        return Reason.REACHED
    if mover == "mi8":
        flies = Reason.CLOSED if site == "c6" else Reason.BEYOND_RANGE
        return Reason.NO_ASSET if case % 2 else flies
    return Reason.NO_NETWORK if mover == "wheeled_patrol" else Reason.CUT_OFF


MOVERS = {"wheeled_patrol": ("road", 25.0), "foot_patrol": ("foot", 4.0), "mi8": ("air", 200.0)}


def _travel(theatre) -> tuple[TravelTime, ...]:
    x, y = theatre.grid.centres()
    away = np.stack([np.hypot(x - b[5] * 1000, y - b[6] * 1000) for b in BASES])
    return tuple(
        _travel_time(theatre, away, mover, number) for number in range(4) for mover in MOVERS
    )


def _travel_time(theatre, away, mover: str, case: int) -> TravelTime:
    kind, kmh = MOVERS[mover]
    slow = 3.0 if kind == "road" and case >= 2 else 1.0
    nearest_s = np.array([_minutes(mover, s, case) * 60.0 for s in IDS])
    seconds = np.full((3, len(IDS)), INF)
    for column, site in enumerate(IDS):
        own = "ABC".index(OWNER[site])
        seconds[own, column] = nearest_s[column]
        seconds[(own + 1) % 3, column] = 2 * nearest_s[column] + 1_800.0
    grounded = kind == "air" and case % 2 == 1
    owner = np.full(theatre.grid.shape, -1) if grounded else away.argmin(axis=0)
    cell_s = np.where(grounded, INF, 900.0 + slow * away.min(axis=0) / 1000.0 / kmh * 3600.0)
    reason = np.array([[_why(mover, s, case)] * 3 for s in IDS], dtype=object).T
    code = Reason.NO_ASSET if grounded else Reason.REACHED
    return TravelTime(
        mover=mover,
        kind=kind,
        conditions=ALL_CONDITIONS[case],
        grid=theatre.grid,
        base_ids=("A", "B", "C"),
        place_ids=tuple(IDS),
        seconds=seconds,
        distance_m=np.where(np.isfinite(seconds), seconds / 3600.0 * 25_000.0, NAN),
        off_road_m=np.where(np.isfinite(seconds), 500.0, NAN),
        reasons=reason,
        cell_seconds=cell_s.astype(np.float32),
        cell_owner=owner.astype(np.int32),
        cell_reasons=np.full(theatre.grid.shape, list(Reason).index(code), np.int8),
    )


def _coverage(theatre) -> Coverage:
    points = np.array([(s[6], s[7]) for s in SITES]) * 1000.0
    lon, lat = theatre.lonlat(points[:, 0], points[:, 1])
    places = pd.DataFrame(
        {
            "id": IDS,
            "layer": [s[1] for s in SITES],
            "kind": [s[2] for s in SITES],
            "name": [s[3] for s in SITES],
            "people": [s[4] for s in SITES],
            "people_estimate": [s[5] for s in SITES],
            "lon": lon,
            "lat": lat,
            "mgrs": mgrs_of(lon, lat),
            "threat_level": [s[8] for s in SITES],
        }
    )
    return Coverage(
        places=places,
        answers=pd.DataFrame([_answer(m, s, c) for m in MOVERS for s in IDS for c in range(4)]),
        classes=pd.DataFrame(
            [
                {"id": site, **_case(c), "air": bool(air), "class": CLASSES[site][air][c]}
                for site in IDS
                for c in range(4)
                for air in (0, 1)
            ]
        ),
        matrix=pd.DataFrame(
            [
                {
                    "layer": layer,
                    **_case(c),
                    "air": air,
                    "sites": TOTALS[layer][0],
                    "sites_unknown_people": TOTALS[layer][1],
                    "sites_within": sites,
                    "people": float(TOTALS[layer][2]),
                    "people_within": float(people),
                    "share": people / TOTALS[layer][2],
                    "possible": not (air and c % 2),
                }
                for layer, air, cases in MATRIX
                for c, (people, sites) in enumerate(cases)
            ]
        ),
        cell_class=_cell_class(theatre),
    )


def _case(number: int) -> dict[str, str]:
    case = ALL_CONDITIONS[number]
    return {"season": case.season, "light": case.light}


def _answer(mover: str, site: str, case: int) -> dict[str, object]:
    seconds = _minutes(mover, site, case) * 60.0
    reached = bool(np.isfinite(seconds))
    return {
        "id": site,
        "mover": mover,
        "kind": MOVERS[mover][0],
        **_case(case),
        "base": OWNER[site] if reached else "",
        "seconds": seconds,
        "reason": str(_why(mover, site, case)),
        "distance_m": seconds / 3600.0 * 25_000.0 if reached else NAN,
        "off_road_m": 500.0 if reached else NAN,
        "approval_s": 0.0 if reached else NAN,
        "walked_m": 0.0 if reached else NAN,
        "second_base": "ABC"[("ABC".index(OWNER[site]) + 1) % 3] if reached else "",
        "second_seconds": 2 * seconds + 1_800.0 if reached else seconds,
    }


def _cell_class(theatre) -> np.ndarray:
    """Protected 20 km round a base, protected if flown in the west, not assessed at the bottom."""
    x, y = theatre.grid.centres()
    away = np.min([np.hypot(x - b[5] * 1000, y - b[6] * 1000) for b in BASES], axis=0)
    letters = np.where(x < 0, "C", "N")
    letters = np.where(y < -45_000, "?", letters)
    letters = np.where((x > 40_000) & (y > 40_000), "E", letters)
    letters = np.where(away < 20_000, "P", letters)
    return np.where(theatre.inside, letters, "")


def _threat(theatre) -> tuple[Threat, np.ndarray]:
    x, y = theatre.grid.centres()
    level = np.clip(np.floor(np.abs(x + y) / 15_000.0), 0, 5).astype(np.int8)
    level = np.where(theatre.inside, level, -1).astype(np.int8)
    expected = np.where(level < 0, NAN, np.array([0, 1, 2, 4, 8, 16, NAN])[level] * 1e-5)
    threat = Threat(
        grid=theatre.grid,
        expected=expected.astype(np.float32),
        as_of=AS_OF,
        horizon_days=30,
        method="Kernel of 25 km, weight halves every 12 months.",
        incidents_used=11,
        newest=dt.date(2024, 6, 20),
    )
    return threat, level


def _backtest(theatre) -> Backtest:
    """Walk-forward test of two years of made-up incidents, four of five at three places."""
    rng = np.random.default_rng(5)
    days = pd.date_range("2022-06-15", "2024-06-20", freq="9D")
    around = np.array([[-20_000.0, 10_000.0], [15_000.0, -12_000.0], [30_000.0, 30_000.0]])
    xy = around[rng.integers(0, 3, len(days))]
    anywhere = rng.random(len(days)) < 0.2
    xy[anywhere] = rng.uniform(-45_000, 45_000, (int(anywhere.sum()), 2))
    incidents = gpd.GeoDataFrame(
        {
            "date_start": days,
            "date_end": days,
            "where_prec": rng.integers(1, 4, len(days)),
            "date_prec": 1,
            "position_sd_m": 12_000.0,
            "admin1": "",
            "admin2": "",
            "kind": np.where(np.arange(len(days)) % 2, "one_sided", "non_state"),
            "deaths_civilians": np.arange(len(days)) % 3,
        },
        geometry=shapely.points(xy),
        crs=theatre.grid.crs,
    )
    return backtest(incidents, background=Background(theatre=theatre), months=18, seed=1)


def _reasons() -> pd.DataFrame:
    """Something is expected near the first two sites; nothing is known of the others."""
    ids = IDS
    table = pd.DataFrame({name: np.full(len(ids), NAN) for name in REASON_COLUMNS})
    table["last_event"] = pd.NaT
    table["id"] = ids
    known = {
        "expected": [0.5, 0.004],
        "any_ratio": [0.393, 0.004],
        "share_return": [0.8, 0.02],
        "share_nearby": [0.15, 0.6],
        "share_settled": [0.04, 0.3],
        "share_anywhere": [0.01, 0.08],
        "days_since": [30.0, NAN],
        "last_km": [3.2, NAN],
        "events_year": [2.0, 0.0],
        "events_all": [7.0, 0.0],
        "residents_near": [2_345.0, 120.0],
    }
    for name, values in known.items():
        table.loc[:1, name] = values
    table.loc[0, "last_event"] = pd.Timestamp("2024-06-01")
    return table


def _zones(theatre) -> gpd.GeoDataFrame:
    box = shapely.box
    anchors = theatre.lonlat(np.array([42_500.0, -42_500.0]), np.array([-42_500.0, 42_500.0]))
    return gpd.GeoDataFrame(
        {
            "rank": [1, 2],
            "name": ["Golf camp", "Hotel camp"],
            "people": [7_430.0, 2_800.0],
            "residents": [5_030.0, NAN],
            "site_people": [2_400.0, 2_800.0],
            "sites": [2, 1],
            "sites_unknown_people": [0, 0],
            "threat_level": [4, 5],
            "expected_30d": [0.8, 0.4],
            "base": ["C", "A"],
            "base_name": ["Charlie", "Alfa"],
            "mover": ["wheeled_patrol", ""],
            "seconds": [36_000.0, INF],
            "reason": ["reached", "no_network"],
            "distance_m": [34_000.0, 43_200.0],
            "approval_s": [0.0, NAN],
            "walked_m": [0.0, NAN],
            "area_km2": [400.0, 225.0],
            "mgrs": mgrs_of(*anchors),
        },
        geometry=[
            box(28_000, -48_000, 48_000, -28_000),
            box(-48_000, 33_000, -33_000, 48_000),
        ],
        crs=CRS,
    )


def _plan() -> PlanFile:
    asset = {"notice": 900.0, "source": "Sample staff"}
    return PlanFile(
        plan=PlanSpec(name="Plan A", season="wet", light="day"),
        standard=Standard(response=10_800.0, cut_off=86_400.0, source="Sample order 1"),
        bases=[Source(path="bases.csv", label="Sample bases")],
        assets=[
            Asset(mover="wheeled_patrol", bases="all", **asset),
            Asset(mover="foot_patrol", bases="all", **asset),
            Asset(mover="mi8", bases="aviation", **asset),
        ],
    )


def _assumptions() -> pd.DataFrame:
    rows = [
        ("wheeled patrol: wet season factor", "3", "2", "4", "Sample study", "B"),
        ("mi8: cruise speed km/h", "200", "180", "220", "Sample manual", "A"),
    ]
    return pd.DataFrame(rows, columns=["what", "value", "low", "high", "source", "grade"])


@pytest.fixture(scope="session")
def sample_findings() -> Findings:
    """Findings of the made-up run; frozen, and nobody may write into its tables."""
    spec = TheatreSpec(
        name="Atlantis",
        as_of=AS_OF,
        cell_size=5_000.0,
        area=AreaSpec(bbox=(-27.456, 9.548, -26.544, 10.452)),
        marking="UNCLASSIFIED",
        fictional=True,
    )
    theatre = theatre_over(spec, shapely.box(-27.456, 9.548, -26.544, 10.452))
    threat, level = _threat(theatre)
    layers = [_incidents(), _sites("camp"), _sites("place"), _bases(), _roads(), _areas()]
    airfields = gpd.GeoDataFrame({"id": [], "name": []}, geometry=[], crs=CRS)
    layers.append(Layer(name="airfields", table=airfields))
    return Findings(
        theatre=theatre,
        plan=_plan(),
        layers={layer.name: layer for layer in layers},
        people=np.where(theatre.inside, 60.0, NAN).astype(np.float32),
        elevation_m=None,
        threat=threat,
        threat_level=level,
        draws=None,
        backtest=_backtest(theatre),
        travel=_travel(theatre),
        coverage=_coverage(theatre),
        zones=_zones(theatre),
        proximity={
            "distance_m": 50_000.0,
            "incidents": 10.0,
            "incidents_beyond": 2.0,
            "camps": 6.0,
            "camps_beyond": 1.0,
            "bases": 3.0,
        },
        assumptions=_assumptions(),
        sources=tuple(s for layer in layers for s in layer.sources),
        reasons=_reasons(),
    )


@pytest.fixture(scope="session")
def theatre_of() -> Callable[..., Theatre]:
    """Maker of theatres of so many cells of 10 km, all of them the area unless one is given.

    The lower left corner is at 0, 0; everything is computed for 1 January 2021.
    """

    def made(rows: int, cols: int, area: shapely.Geometry | None = None) -> Theatre:
        size_m, crs = 10_000.0, "EPSG:32636"
        return Theatre(
            name="square",
            as_of=dt.date(2021, 1, 1),
            area=area or shapely.box(0, 0, cols * size_m, rows * size_m),
            grid=Grid(
                rows=rows, cols=cols, cell_size_m=size_m, left_m=0.0, top_m=rows * size_m, crs=crs
            ),
            marking="UNCLASSIFIED",
        )

    return made
