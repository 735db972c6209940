"""What the terminal shows at the end of ``geo-poc patrols``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
from rich.table import Table
from rich.text import Text

from geo_poc import figures
from geo_poc.patrols import FoundPatrols
from geo_poc.routing.mobile import Deployment
from geo_poc.routing.travel_time import Reason
from geo_poc.wording import mover_name, text

Part = Table | Text
_FIRST_OUTLINES = 12


def patrol_tables(found: FoundPatrols, out: Path) -> list[Part]:
    """Reach of each patrol from all bases, mobile bases, outlines of camps and files, in reading order."""
    product = found.product
    plan = product.plan
    parts: list[Part] = [
        Text(
            text(
                "terminal_title",
                theatre=product.theatre.name,
                plan=plan.plan.name,
                date=figures.day(product.theatre.as_of),
            ),
            style="bold",
        )
    ]
    parts += [
        Text(text("terminal_note", fault=str(fault)), style="yellow") for fault in found.warnings
    ]
    parts += [_reach(found), Text(text("terminal_patrol_basis"))]
    if found.deployments:
        parts.append(_mobile(found.deployments))
    parts += _outlines(product.perimeters)
    return [*parts, Text(text("terminal_written", files=str(out)))]


def _reach(found: FoundPatrols) -> Table:
    plan = found.product.plan
    rows = [
        (
            patrol.name,
            text(f"case_{plan.plan.season}_{patrol.light}"),
            _count(total["km2"]),
            figures.people(total["residents"]),
            _count(total["sites"]),
            figures.people(total["people_in_camps"]),
            _count(total["camps_unknown_people"]),
        )
        for patrol, total in zip(plan.patrols, found.totals.to_dict("records"), strict=True)
    ]
    columns = ("patrol", "case", "km2", "residents", "sites", "in_camps", "uncounted")
    return _table(text("terminal_patrols"), columns, rows, numbers_from=2)


def _mobile(deployed: Sequence[Deployment]) -> Table:
    rows = [
        (
            each.name,
            each.parent,
            mover_name(each.mover),
            figures.duration(each.seconds) if each.reason == Reason.REACHED else "",
            text("terminal_there" if each.reason == Reason.REACHED else f"reason_{each.reason}"),
        )
        for each in deployed
    ]
    columns = ("mobile", "from", "mover", "time", "reason")
    return _table(text("terminal_mobile"), columns, rows, numbers_from=9)


def _outlines(perimeters: pd.DataFrame) -> list[Part]:
    """Camps by the share of their outline; those without one are counted."""
    if not len(perimeters):
        return [Text(text("terminal_no_outlines"))]
    known = perimeters[perimeters["share"].notna()]
    unknown = len(perimeters) - len(known)
    rows = [
        (
            str(row["name"] or row["id"]),
            str(row["patrol"]),
            figures.percent(row["share"]),
            "" if row["reason"] == Reason.REACHED else text(f"reason_{row['reason']}"),
        )
        for row in known.sort_values("share", kind="stable")
        .head(_FIRST_OUTLINES)
        .to_dict("records")
    ]
    parts: list[Part] = []
    if rows:
        columns = ("camp", "patrol", "walkable", "reason")
        parts.append(_table(text("terminal_outlines"), columns, rows, numbers_from=9))
    if unknown:
        parts.append(Text(text("terminal_outlines_unknown", n=unknown)))
    return parts


def _count(value: float) -> str:
    return text("unknown") if pd.isna(value) else text("number", n=round(value))


def _table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers_from: int
) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for number, column in enumerate(columns):
        justify = "right" if number >= numbers_from else "left"
        table.add_column(text(f"column_{column}"), justify=justify)  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*map(Text, row))
    return table
