"""The command line: ``geo-poc run``, ``check``, ``arrivals``, ``routes``, ``demo`` and ``make-theatre``."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from geo_poc.errors import ConfigError, Fault, GeoPocError

if TYPE_CHECKING:
    from geo_poc.inputs import Inputs
    from geo_poc.run import Run

Word = TypeVar("Word", bound=str)

app = typer.Typer(
    help="Where a mission can protect civilians, and where it cannot.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

TheatreArgument = Annotated[Path, typer.Argument(help="Theatre file (TOML).")]
PlanOption = Annotated[
    Path, typer.Option("--plan", help="Plan file (TOML): bases, assets, standard.")
]
OutOption = Annotated[Path, typer.Option("--out", help="Folder of the results.")]
MadeOption = Annotated[
    dt.datetime | None,
    typer.Option(
        help="Time stamp of the product in UTC, for repeatable output. Default: SOURCE_DATE_EPOCH, else now.",
        formats=["%Y-%m-%dT%H:%M"],
    ),
]


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
    with _faults_shown():
        with _progress() as progress:
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
    with _faults_shown():
        with _progress() as progress:
            from geo_poc.arrivals import write_arrivals  # noqa: PLC0415

            found = write_arrivals(theatre, plan, out, clock=clock, progress=progress)
        from geo_poc.summary import arrival_tables  # noqa: PLC0415

        _print(arrival_tables(found, *([out] if clock is None else [out, clock])))


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
    season: Annotated[
        str | None, typer.Option("--season", help="dry or wet. Default: the plan's.")
    ] = None,
    light: Annotated[str, typer.Option("--light", help="day or night.")] = "day",
) -> None:
    """Write the quickest ways from bases to places, leg by leg with grid references."""
    with _faults_shown():
        with _progress() as progress:
            from geo_poc.plan import LIGHTS, SEASONS  # noqa: PLC0415
            from geo_poc.routes import Wanted, write_routes  # noqa: PLC0415

            wanted = Wanted(
                bases=tuple(base),
                places=tuple(place),
                mover=mover,
                season=None if season is None else _one_of("--season", season, SEASONS),
                light=_one_of("--light", light, LIGHTS),
            )
            found = write_routes(theatre, plan, out, wanted, progress=progress)
        from geo_poc.summary import route_tables  # noqa: PLC0415

        _print(route_tables(found, out))


def _one_of(option: str, given: str, valid: Sequence[Word]) -> Word:
    for word in valid:
        if given == word:
            return word
    raise ConfigError(
        Fault(
            where=f"routes: {option}",
            found=f"'{given}'",
            rule=f"must be {' or '.join(valid)}",
            repair="choose one, or leave it out",
        )
    )


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
    with _faults_shown():
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
    with _faults_shown():
        with _progress() as progress:
            from geo_poc.run import run as run_all  # noqa: PLC0415

            done = run_all(theatre, plan, out, made=_product_time(made), progress=progress)
        _print_run(done)


def _product_time(made: dt.datetime | None) -> dt.datetime:
    """Time stamp of the product: as given, else the environment's, else the clock's; read only here."""
    if made is not None:
        return made.replace(tzinfo=dt.UTC)
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch and not epoch.isdecimal():
        raise ConfigError(
            Fault(
                where="environment: SOURCE_DATE_EPOCH",
                found=epoch,
                rule="must be whole seconds since 1970",
                repair="correct or unset it",
            )
        )
    if epoch:
        return dt.datetime.fromtimestamp(int(epoch), tz=dt.UTC)
    return dt.datetime.now(tz=dt.UTC)


@contextmanager
def _faults_shown() -> Iterator[None]:
    """Show what the user can repair as plain text and end with status 2, without a traceback."""
    try:
        yield
    except GeoPocError as e:
        count = len(e.faults)
        typer.echo(f"geo-poc: {count} fault{'s' if count > 1 else ''} to repair", err=True)
        for fault in e.faults:
            typer.echo(f"  {fault}", err=True)
        raise typer.Exit(2) from None


@contextmanager
def _progress() -> Iterator[Callable[[str, float], None]]:
    """A progress bar on the terminal's error stream; nothing where that is not a terminal."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=1.0)

        def show(step: str, share: float) -> None:
            bar.update(task, description=step, completed=share)

        yield show


def _print_inputs(inputs: Inputs) -> None:
    from geo_poc.summary import input_tables  # noqa: PLC0415

    _print(input_tables(inputs))


def _print_run(done: Run) -> None:
    from geo_poc.summary import run_tables  # noqa: PLC0415

    _print(run_tables(done))


def _print(parts: Sequence[object]) -> None:
    from rich.console import Console  # noqa: PLC0415

    console = Console(file=sys.stdout, soft_wrap=False)
    for part in parts:
        console.print(part, markup=False, highlight=False)


if __name__ == "__main__":
    main()
