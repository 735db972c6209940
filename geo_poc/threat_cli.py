"""The commands about threat; ``cli.py`` takes them over."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo_poc.options import (
    MadeOption,
    OutOption,
    PlanOption,
    TheatreArgument,
    product_time,
)
from geo_poc.screen.terminal import faults_shown, print_parts, progress_bar

if TYPE_CHECKING:
    from geo_poc.decisions import Entry
    from geo_poc.levels_record import Earlier

app = typer.Typer()

LogArgument = Annotated[Path, typer.Argument(help="Log of decisions; made if it is not there.")]
RecordOption = Annotated[
    Path, typer.Option("--levels", help="levels.json of geo-poc levels, which it refers to.")
]
WhoOption = Annotated[str, typer.Option("--who", help="Name and function of who decided.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why.")]
AtOption = Annotated[
    dt.datetime | None,
    typer.Option("--at", help="When, in UTC. Default: now.", formats=["%Y-%m-%dT%H:%M"]),
]


@app.command()
def patterns(
    theatre: TheatreArgument,
    out: Annotated[Path, typer.Option("--out", help="Folder of the results.")],
    plan: Annotated[
        Path | None, typer.Option("--plan", help="Plan file (TOML), to draw its bases.")
    ] = None,
    made: MadeOption = None,
) -> None:
    """Write hot spots, clusters, near repeats, trends and what came with bases that opened or closed."""
    with faults_shown():
        with progress_bar() as progress:
            from geo_poc.patterns import write_patterns  # noqa: PLC0415

            found = write_patterns(theatre, plan, out, made=product_time(made), progress=progress)
        from geo_poc.screen.patterns import pattern_tables  # noqa: PLC0415

        print_parts(pattern_tables(found, out))


@app.command()
def backtest(
    theatre: TheatreArgument,
    out: Annotated[Path, typer.Option("--out", help="Folder of the results.")],
    months: Annotated[
        int | None,
        typer.Option("--months", help="Most monthly starts. Default: the theatre's.", min=0),
    ] = None,
    made: MadeOption = None,
) -> None:
    """Test all threat models on past months; needs incidents and an area, no plan."""
    with faults_shown():
        with progress_bar() as progress:
            from geo_poc.backtest import write_backtest  # noqa: PLC0415

            stamp = product_time(made)
            found = write_backtest(theatre, out, made=stamp, months=months, progress=progress)
        from geo_poc.screen.backtest import backtest_tables  # noqa: PLC0415

        print_parts(backtest_tables(found, out))


@app.command()
def assess(
    theatre: TheatreArgument,
    out: Annotated[Path, typer.Option("--out", help="Folder of the results.")],
    plan: Annotated[
        Path | None,
        typer.Option("--plan", help="Plan file (TOML); without it the posture is not assessed."),
    ] = None,
    as_of: Annotated[
        dt.datetime | None,
        typer.Option(
            "--as-of", help="Day of the assessment. Default: the theatre's.", formats=["%Y-%m-%d"]
        ),
    ] = None,
    last: Annotated[
        Path | None,
        typer.Option(
            "--last", help="Folder of the last assessment. Default: its picture is computed anew."
        ),
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(
            "--log", help="Log of decisions; its notes since the last assessment are shown."
        ),
    ] = None,
    top: Annotated[int, typer.Option("--top", help="Longest list of areas shown.", min=1)] = 15,
    made: MadeOption = None,
) -> None:
    """Assess where incidents are most to be expected: ranked risk areas, change, posture, confidence."""
    with faults_shown():
        with progress_bar() as progress:
            from geo_poc.assess import Asked, write_assessment  # noqa: PLC0415

            stamp = product_time(made)
            day = as_of.date() if as_of else None
            asked = Asked(as_of=day, last=last, top=top, log=log)
            found = write_assessment(theatre, plan, out, asked, made=stamp, progress=progress)
        from geo_poc.screen.assess import assess_tables  # noqa: PLC0415

        print_parts(assess_tables(found, out, top=top))


@app.command()
def race(
    theatre: TheatreArgument,
    plan: PlanOption,
    sightings: Annotated[
        Path, typer.Option("--sightings", help="Where groups were seen and how they move (TOML).")
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder of the results.")],
    alert: Annotated[
        dt.datetime | None,
        typer.Option(
            "--alert",
            help="When the mission is alerted, in UTC. Default: at the last sighting.",
            formats=["%Y-%m-%dT%H:%M"],
        ),
    ] = None,
    delay: Annotated[
        str | None,
        typer.Option("--delay", help='Alert so long after the last sighting, such as "2 h".'),
    ] = None,
    troops: Annotated[
        int | None, typer.Option("--troops", help="k of k troops. Default: the plan's.", min=1)
    ] = None,
    made: MadeOption = None,
) -> None:
    """Write where a group that was seen could be before the mission, and by how much."""
    with faults_shown():
        with progress_bar() as progress:
            from geo_poc.race import write_race  # noqa: PLC0415
            from geo_poc.race_rules import asked_of  # noqa: PLC0415

            found = write_race(
                (theatre, plan, sightings),
                out,
                asked_of(alert, delay, troops),
                made=product_time(made),
                progress=progress,
            )
        from geo_poc.screen.race import race_tables  # noqa: PLC0415

        print_parts(race_tables(found, out))


@app.command()
def levels(
    theatre: TheatreArgument,
    indicators: Annotated[
        Path, typer.Option("--indicators", help="Indicators, thresholds and triggers (TOML).")
    ],
    out: OutOption,
    log: Annotated[
        Path | None, typer.Option("--log", help="Log of decisions and overrides.")
    ] = None,
    made: MadeOption = None,
) -> None:
    """Write the level of warning of each area, which triggers fired, and what was decided."""
    with faults_shown():
        with progress_bar() as progress:
            from geo_poc.levels import write_levels  # noqa: PLC0415

            stamp = product_time(made)
            found = write_levels(
                theatre, indicators, out, made=stamp, log_path=log, progress=progress
            )
        from geo_poc.screen.levels import level_parts  # noqa: PLC0415

        print_parts(level_parts(found, out))


@app.command()
def decide(
    log: LogArgument,
    record: RecordOption,
    trigger: Annotated[
        str, typer.Option("--trigger", help="Code of the trigger that fired, from geo-poc levels.")
    ],
    who: WhoOption,
    what: Annotated[str, typer.Option("--what", help="What was decided.")],
    reason: ReasonOption,
    at: AtOption = None,
) -> None:
    """Add a decision on a trigger that fired to the log."""
    with faults_shown():
        from geo_poc.levels_record import decision_on, read_levels  # noqa: PLC0415

        earlier = read_levels(record)
        entry = decision_on(earlier, trigger, who=who, what=what, reason=reason, at=_when(at))
        _add(log, entry, earlier)


@app.command()
def override(
    log: LogArgument,
    record: RecordOption,
    area: Annotated[str, typer.Option("--area", help="Name of the area.")],
    level: Annotated[
        str, typer.Option("--level", help="W0, W1 and so on, or computed to end an override.")
    ],
    who: WhoOption,
    reason: ReasonOption,
    until: Annotated[
        str,
        typer.Option(
            "--until", help="Last day it is for, as 2025-12-31; not needed with computed."
        ),
    ] = "",
    at: AtOption = None,
) -> None:
    """Add to the log that a named analyst sets the level of an area until a day."""
    with faults_shown():
        from geo_poc.levels_record import override_of, read_levels  # noqa: PLC0415

        earlier = read_levels(record)
        entry = override_of(
            earlier, area, level=level, until=until, who=who, reason=reason, at=_when(at)
        )
        _add(log, entry, earlier)


@app.command()
def note(
    log: LogArgument,
    record: RecordOption,
    who: WhoOption,
    text: Annotated[str, typer.Option("--text", help="The note, such as a dissenting assessment.")],
    area: Annotated[
        str, typer.Option("--area", help="Name of the area that it is about, if one.")
    ] = "",
    at: AtOption = None,
) -> None:
    """Add a note to the log, shown with the levels."""
    with faults_shown():
        from geo_poc.levels_record import note_on, read_levels  # noqa: PLC0415

        earlier = read_levels(record)
        _add(log, note_on(earlier, area, who=who, text=text, at=_when(at)), earlier)


def _when(at: dt.datetime | None) -> str:
    """Time of an entry as the log writes it: as given, else now; the clock is read only here."""
    from geo_poc.decisions import moment  # noqa: PLC0415

    return moment(dt.datetime.now(tz=dt.UTC) if at is None else at.replace(tzinfo=dt.UTC))


def _add(path: Path, entry: Entry, earlier: Earlier) -> None:
    from geo_poc import figures  # noqa: PLC0415
    from geo_poc.decisions import append  # noqa: PLC0415
    from geo_poc.standing import later_entries  # noqa: PLC0415
    from geo_poc.wording import text as worded  # noqa: PLC0415

    log = append(path, entry, lines=earlier.log.lines, head=earlier.log.head)
    typer.echo(
        worded("terminal_log_added", log=str(path), line=str(len(log.entries)), head=log.head)
    )
    as_of = dt.date.fromisoformat(earlier.as_of)
    later = later_entries(log, as_of)
    if later:
        typer.echo(worded("levels_later", n=later, as_of=figures.day(as_of)))
