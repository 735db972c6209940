"""What the terminal shows at the end of ``geo-poc patrols``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich.table import Table
from rich.text import Text

from geo_poc import figures
from geo_poc.patrols import FoundPatrols
from geo_poc.routing.mobile import Deployment
from geo_poc.routing.travel_time import Reason
from geo_poc.screen.parts import Part, notes, table_of
from geo_poc.wording import mover_name, text

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
    parts += notes(found.warnings)
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
    columns = (
        "column_patrol",
        "column_case",
        "column_km2",
        "column_residents",
        "column_sites",
        "column_in_camps",
        "column_uncounted",
    )
    return table_of(text("terminal_patrols"), columns, rows, numbers_from=2)


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
    columns = ("column_mobile", "column_from", "column_mover", "column_time", "column_reason")
    return table_of(text("terminal_mobile"), columns, rows, numbers_from=9)


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
        columns = ("column_camp", "column_patrol", "column_walkable", "column_reason")
        parts.append(table_of(text("terminal_outlines"), columns, rows, numbers_from=9))
    if unknown:
        parts.append(Text(text("terminal_outlines_unknown", n=unknown)))
    return parts


def _count(value: float) -> str:
    return text("unknown") if pd.isna(value) else text("number", n=round(value))
