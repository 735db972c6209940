"""The commands about threat; ``cli.py`` takes them over."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from geo_poc.options import MadeOption, TheatreArgument, product_time
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
    top: Annotated[int, typer.Option("--top", help="Longest list of areas shown.", min=1)] = 15,
    made: MadeOption = None,
) -> None:
    """Assess where incidents are most to be expected: ranked risk areas, change, posture, confidence."""
    with faults_shown():
        with progress_bar() as progress:
            from geo_poc.assess import Asked, write_assessment  # noqa: PLC0415

            stamp = product_time(made)
            asked = Asked(as_of=as_of.date() if as_of else None, last=last, top=top)
            found = write_assessment(theatre, plan, out, asked, made=stamp, progress=progress)
        from geo_poc.assess_summary import assess_tables  # noqa: PLC0415

        print_parts(assess_tables(found, out, top=top))
