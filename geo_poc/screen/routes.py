"""What the terminal shows at the end of ``geo-poc routes``."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table
from rich.text import Text

from geo_poc import figures
from geo_poc.report.routes import RouteRow, leg_table
from geo_poc.routes import FoundRoutes
from geo_poc.routing.travel_time import Reason
from geo_poc.screen.parts import Part, table_of
from geo_poc.theatre import Theatre
from geo_poc.wording import mover_name, text


def route_tables(found: FoundRoutes, *files: Path) -> list[Part]:
    """The legs of each way, what no way avoids, and where the ways were written."""
    parts: list[Part] = []
    for row in found.rows:
        ends = {"base": row.base, "place": row.place}
        slots = {
            **ends,
            "mover": mover_name(row.mover),
            "season": text(f"season_{row.season}"),
        }
        if row.route is None:
            why = text(f"no_way_{row.reason}")
            parts.append(Text(text("terminal_no_route", why=why, **slots)))
            continue
        if row.way == 1:
            first_s = float(row.route.seconds[-1])
            title = text("terminal_route", light=text(f"light_{row.light}"), **slots)
        else:
            title = text(
                "terminal_alternative",
                n=row.way,
                longer=figures.duration(float(row.route.seconds[-1]) - first_s),
                shared=figures.percent(row.shared),
                **ends,
            )
        parts.append(_legs(title, row, found.theatre))
        if row.route.wait_s.any():
            waiting = figures.delay(float(row.route.wait_s.sum()))
            parts.append(Text(text("terminal_waiting", delay=waiting), style="yellow"))
        if row.way == 1:
            parts += _doubt(row, found.cut_off_s)
        if row.way == 1 and row.route.approval_s:
            delay = figures.delay(row.route.approval_s)
            parts.append(Text(text("terminal_approval", delay=delay)))
    if found.alternatives:
        parts += _without_choice(found)
    return [*parts, Text(text("terminal_written", files=", ".join(map(str, files))))]


def _doubt(row: RouteRow, cut_off_s: float) -> list[Part]:
    """What is to be known about the time of a way."""
    if row.reason == Reason.CUT_OFF:
        line = text("terminal_route_cut_off", cut_off=figures.duration(cut_off_s))
    elif row.reason == Reason.UNKNOWN:
        season, mover = text(f"season_{row.season}"), mover_name(row.mover)
        line = text("terminal_route_unknown", season=season, mover=mover)
    else:
        return []
    return [Text(line, style="yellow")]


def _legs(title: str, row: RouteRow, theatre: Theatre) -> Table:
    rows = [
        (
            str(leg["leg"]),
            " ".join(dict.fromkeys(filter(None, (leg["on"], leg["road_class"])))),
            figures.distance(leg["km"] * 1000),
            figures.duration(leg["minutes"] * 60),
            figures.duration(leg["minutes_since_start"] * 60),
            str(leg["to_mgrs"]),
        )
        for leg in leg_table(row, theatre).to_dict("records")
    ]
    columns = ("leg", "on", "distance", "time", "since", "to")
    return table_of(title, [f"column_{c}" for c in columns], rows, numbers_from=2)


def _without_choice(found: FoundRoutes) -> list[Part]:
    """Pairs without a second way, and the roads that no way avoids."""
    several = {(row.base, row.place) for row in found.rows if row.way > 1}
    alone = [
        Text(text("terminal_no_alternative", base=row.base, place=row.place))
        for row in found.rows
        if row.route is not None and (row.base, row.place) not in several
    ]
    passages = [
        Text(
            text(
                "terminal_passage",
                base=one.base,
                place=one.place,
                road=one.road,
                start=one.from_mgrs,
                end=one.to_mgrs,
            )
        )
        for one in found.passages
    ]
    passed = {(one.base, one.place) for one in found.passages}
    free = [
        Text(text("terminal_no_passage", base=row.base, place=row.place))
        for row in found.rows
        if row.route is not None and row.way == 1 and (row.base, row.place) not in passed
    ]
    return [*alone, *passages, *free]
