"""What a run was made from and what it cost: versions, hashes, parameters, time and memory by step."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import platform
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from geo_poc import __version__
from geo_poc.inputs import Inputs
from geo_poc.layers.layer import file_sha256
from geo_poc.output import RUN_RECORD

_LIBRARIES = ("numpy", "scipy", "pandas", "geopandas", "shapely", "pyproj", "rasterio", "folium")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a run: how long it took, and the most memory in use by its end."""

    name: str
    seconds: float
    peak_mb: float


@dataclass(frozen=True, kw_only=True)
class Stopwatch:
    """Steps timed so far.

    Examples
    --------
    >>> watch = Stopwatch()
    >>> with watch.step("reading"):
    ...     pass
    >>> [step.name for step in watch.steps]
    ['reading']
    """

    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time the block and note the peak memory of the process at its end."""
        start = time.perf_counter()
        yield
        seconds = time.perf_counter() - start
        self.steps.append(Step(name=name, seconds=round(seconds, 3), peak_mb=peak_memory_mb()))


def peak_memory_mb() -> float:
    """Most memory that this process has had in use, in MB (10^6 bytes); nan where the system does not tell."""
    try:
        import resource  # noqa: PLC0415  (not on Windows)
    except ImportError:  # pragma: no cover
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak * (1 if sys.platform == "darwin" else 1024) / 1e6, 1)


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that can change a figure."""
    return {"python": platform.python_version()} | {name: version(name) for name in _LIBRARIES}


def plain(value: Any) -> Any:
    """Dataclasses, dates and paths as what JSON can hold; nan and inf as text, so that neither reads as a number.

    Examples
    --------
    >>> plain({"a": float("inf"), "b": dt.date(2021, 1, 2)})
    {'a': 'inf', 'b': '2021-01-02'}
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain(dataclasses.asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dt.date | Path):
        return value.isoformat() if isinstance(value, dt.date) else value.as_posix()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value.item() if hasattr(value, "item") else value


def write_json(content: Mapping[str, Any], path: Path) -> None:
    """Write a mapping as JSON in UTF-8, keys in the order given."""
    text = json.dumps(plain(content), indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def write_run_record(
    folder: Path, inputs: Inputs, *, command: str, content: Mapping[str, Any]
) -> None:
    """Write ``run.json`` into a folder that a command made: from what, how, and the hash of each file there.

    Parameters
    ----------
    folder : Path
        With every other file of the product.
    inputs : Inputs
    command : str
        By which `geo_poc.output.require_made_by` knows the folder again.
    content : mapping
        What only this command has to say, such as ``parameters`` and ``warnings``; ``inputs`` where more
        was read than the theatre and its plan name.
    """
    theatre = inputs.theatre
    files = sorted(path.name for path in folder.iterdir())
    record = {
        "geo_poc": __version__,
        "command": command,
        "marking": theatre.marking,
        "theatre": theatre.name,
        "fictional": theatre.fictional,
        "as_of": theatre.as_of,
        "crs": theatre.grid.crs,
        "grid": theatre.grid,
        "versions": versions(),
        "inputs": inputs.sources,
        "warnings": inputs.warnings,
        **content,
        "outputs": {name: file_sha256(folder / name) for name in files},
    }
    write_json(record, folder / RUN_RECORD)
