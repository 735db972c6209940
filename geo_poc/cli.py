"""The command line: ``geo-poc run``, ``check``, ``arrivals``, ``routes``, ``critical-roads``, ``patrols`` and more."""

from __future__ import annotations

import datetime as dt
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo_poc.options import (
    MadeOption,
    OutOption,
    PlanOption,
    SeasonOption,
    TheatreArgument,
    light_of,
    product_time,
    season_of,
)
from geo_poc.screen.terminal import faults_shown, print_parts, progress_bar
from geo_poc.threat_cli import app as threat_app

if TYPE_CHECKING:
    from geo_poc.inputs import Inputs
    from geo_poc.run import Run

app = typer.Typer(
    help="Where a mission can protect civilians, and where it cannot.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(threat_app)


@app.command()
def run(
    theatre: TheatreArgument,
    plan: PlanOption,
    out: OutOption = Path("out"),
    made: MadeOption = None,
) -> None:
    """Compute coverage and gaps; write map, report, tables and layers."""
    _run(theatre, plan, out, made)


@app.command()
def demo(out: OutOption = Path("demo-out"), made: MadeOption = None) -> None:
    """Run the embedded fictional theatre."""
    from geo_poc.data import embedded_theatre  # noqa: PLC0415

    folder = embedded_theatre()
    _run(folder / "theatre.toml", folder / "plan.toml", out, made)


@app.command()
def check(
    theatre: TheatreArgument,
    plan: Annotated[
        Path | None, typer.Option("--plan", help="Plan file (TOML), to check its bases as well.")
    ] = None,
) -> None:
    """Validate every input and print what would be used, without computing or writing."""
    with faults_shown():
        with progress_bar() as progress:
            from geo_poc.inputs import read_inputs, require_closures_match  # noqa: PLC0415

            inputs = read_inputs(theatre, plan, progress=progress)
            require_closures_match(inputs)
        _print_inputs(inputs)


@app.command()
def arrivals(
    theatre: TheatreArgument,
    plan: PlanOption,
    out: Annotated[Path, typer.Option("--out", help="File of the times (CSV).")],
    clock: Annotated[
        Path | None,
        typer.Option("--clock", help="File of a picture of the times hour by hour (SVG)."),
    ] = None,
) -> None:
    """Write when every base reaches every place by each mover, and when k troops are there."""
    with faults_shown():
        with progress_bar() as progress:
            from geo_poc.arrivals import write_arrivals  # noqa: PLC0415

            found = write_arrivals(theatre, plan, out, clock=clock, progress=progress)
        from geo_poc.screen.arrivals import arrival_tables  # noqa: PLC0415

        print_parts(arrival_tables(found, *([out] if clock is None else [out, clock])))


@app.command()
def routes(
    theatre: TheatreArgument,
    plan: PlanOption,
    base: Annotated[
        list[str], typer.Option("--base", help="Id or name of a base; may be repeated.")
    ],
    place: Annotated[
        list[str], typer.Option("--place", help="Id or name of a site or place; may be repeated.")
    ],
    mover: Annotated[str, typer.Option("--mover", help="Mover of the plan, on the ground.")],
    out: Annotated[Path, typer.Option("--out", help="File of the ways (.geojson or .gpx).")],
    season: SeasonOption = None,
    light: Annotated[
        str | None, typer.Option("--light", help="day or night. Default: the plan's.")
    ] = None,
    alternatives: Annotated[
        int, typer.Option("--alternatives", help="Most other ways for each pair.", min=0)
    ] = 0,
) -> None:
    """Write the quickest ways from bases to places, leg by leg with grid references."""
    with faults_shown():
        with progress_bar() as progress:
            from geo_poc.routes import Wanted, write_routes  # noqa: PLC0415

            wanted = Wanted(
                bases=tuple(base),
                places=tuple(place),
                mover=mover,
                season=season_of("routes", season),
                light=light_of("routes", light),
                alternatives=alternatives,
            )
            found = write_routes(theatre, plan, out, wanted, progress=progress)
        from geo_poc.screen.routes import route_tables  # noqa: PLC0415

        print_parts(route_tables(found, out))


@app.command()
def patrols(
    theatre: TheatreArgument,
    plan: PlanOption,
    out: Annotated[Path, typer.Option("--out", help="Folder of the results.")],
    foot: Annotated[
        str | None,
        typer.Option(
            "--foot", help='Where the plan has no patrols: length on foot, such as "4 h".'
        ),
    ] = None,
    vehicle: Annotated[
        str | None, typer.Option("--vehicle", help='The same of every vehicle, such as "10 h".')
    ] = None,
    vehicle_days: Annotated[
        int | None, typer.Option("--vehicle-days", help="The same in days with halts by night.")
    ] = None,
    on_the_spot: Annotated[
        str | None,
        typer.Option("--on-the-spot", help='Time at the farthest point, such as "30 min".'),
    ] = None,
    season: SeasonOption = None,
) -> None:
    """Write where patrols of each base get to and back from in time, and which outlines of camps."""
    with faults_shown():
        with progress_bar() as progress:
            from geo_poc.patrol_options import Asked  # noqa: PLC0415
            from geo_poc.patrols import write_patrols  # noqa: PLC0415

            asked = Asked(
                foot=foot,
                vehicle=vehicle,
                vehicle_days=vehicle_days,
                on_the_spot=on_the_spot,
                season=season_of("patrols", season),
            )
            found = write_patrols(theatre, plan, out, asked, progress=progress)
        from geo_poc.screen.patrols import patrol_tables  # noqa: PLC0415

        print_parts(patrol_tables(found, out))


@app.command("critical-roads")
def critical_roads(
    theatre: TheatreArgument,
    plan: PlanOption,
    out: Annotated[Path, typer.Option("--out", help="File of the list (.csv, .geojson or .gpkg).")],
    top: Annotated[int, typer.Option("--top", help="Longest list that is wanted.", min=1)] = 20,
    season: SeasonOption = None,
    light: Annotated[
        str | None, typer.Option("--light", help="day or night. Default: the plan's.")
    ] = None,
) -> None:
    """Write the roads whose loss cuts off or delays the most people, worst first."""
    with faults_shown():
        with progress_bar() as progress:
            from geo_poc.critical_roads import Asked, write_critical_roads  # noqa: PLC0415

            asked = Asked(
                top=top,
                season=season_of("critical-roads", season),
                light=light_of("critical-roads", light),
            )
            found = write_critical_roads(theatre, plan, out, asked, progress=progress)
        from geo_poc.screen.critical_roads import critical_tables  # noqa: PLC0415

        print_parts(critical_tables(found, out))


@app.command("make-theatre")
def make_theatre(
    out: Annotated[Path, typer.Argument(help="Folder to write the theatre into.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same theatre.")],
    size_km: Annotated[float, typer.Option(help="Length of its side in km.")] = 300.0,
    cell_km: Annotated[float, typer.Option(help="Cell size in km.")] = 1.0,
    settlements: Annotated[int, typer.Option(help="Number of settlements.")] = 60,
    camps: Annotated[int, typer.Option(help="Number of displacement sites.")] = 14,
    bases: Annotated[int, typer.Option(help="Number of bases.")] = 9,
    years: Annotated[int, typer.Option(help="Years of incidents.")] = 3,
) -> None:
    """Make a fictional theatre of any size, for training, tests and benchmarks."""
    with faults_shown():
        from geo_poc.data.generator import Recipe, make_theatre  # noqa: PLC0415

        recipe = Recipe(
            seed=seed,
            size_km=size_km,
            cell_m=cell_km * 1000,
            settlements=settlements,
            camps=camps,
            bases=bases,
            years=years,
        )
        path = make_theatre(out, recipe)
    typer.echo(f"Fictional theatre: {path}")
    typer.echo(f"Next: geo-poc run {path} --plan {path.parent / 'plan.toml'} --out out")


def main() -> None:
    """Entry point of the command ``geo-poc``."""
    asked: list[int] = []

    def stop(number: int, _frame: object) -> None:
        """End as at Ctrl-C, once, so that nothing half written is left behind."""
        signal.signal(number, signal.SIG_IGN)
        asked.append(number)
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, stop)
    try:
        app()
    finally:
        if asked:
            # A library may have turned the exit into an error of its own, or have swallowed it.
            raise SystemExit(128 + asked[0]) from None


def _run(theatre: Path, plan: Path, out: Path, made: dt.datetime | None) -> None:
    with faults_shown():
        with progress_bar() as progress:
            from geo_poc.run import run as run_all  # noqa: PLC0415

            stamp = product_time(made)
            done = run_all(theatre, plan, out, made=stamp, progress=progress, announce=_say_memory)
        _print_run(done)


def _say_memory(inputs: Inputs) -> None:
    from geo_poc.screen.inputs import memory_line  # noqa: PLC0415

    print_parts(memory_line(inputs))


def _print_inputs(inputs: Inputs) -> None:
    from geo_poc.screen.inputs import input_tables  # noqa: PLC0415

    print_parts(input_tables(inputs))


def _print_run(done: Run) -> None:
    from geo_poc.screen.run import run_tables  # noqa: PLC0415

    print_parts(run_tables(done))


if __name__ == "__main__":
    main()
