"""The commands about threat; ``cli.py`` takes them over."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from geo_poc.options import MadeOption, PlanOption, TheatreArgument, product_time
from geo_poc.terminal import faults_shown, print_parts, progress_bar

app = typer.Typer()


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
        from geo_poc.backtest_summary import backtest_tables  # noqa: PLC0415

        print_parts(backtest_tables(found, out))


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
        from geo_poc.race_summary import race_tables  # noqa: PLC0415

        print_parts(race_tables(found, out))
