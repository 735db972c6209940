"""Whole-process time and memory of the command line: medians of five runs after a first one."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from results import write

RUNS = 5
EVENTS = 100_000


def measured(arguments: list[str]) -> tuple[float, float]:
    """Seconds and peak memory in MB of one process, as the operating system counts them."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "geo_poc.cli", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        message = f"geo-poc {' '.join(arguments)} failed"
        raise RuntimeError(message)
    return time.perf_counter() - start, usage.ru_maxrss * 1024 / 1e6


def row(work: str, size: str, arguments: list[str]) -> dict[str, object]:
    measured(arguments)
    runs = [measured(arguments) for _ in range(RUNS)]
    return {
        "work": work,
        "size": size,
        "engine": "geo-poc",
        "threads": 1,
        "median_s": round(statistics.median(seconds for seconds, _ in runs), 2),
        "peak_mb": round(max(peak for _, peak in runs)),
    }


def many_events(theatre: Path) -> None:
    """Give a made theatre a table of 100,000 events instead of its own."""
    own = pd.read_csv(theatre / "incidents.csv", dtype=str, keep_default_na=False)
    drawn = own.iloc[np.random.default_rng(1).integers(0, len(own), EVENTS)]
    drawn = drawn.assign(id=[f"e{n}" for n in range(EVENTS)])
    drawn.to_csv(theatre / "incidents.csv", index=False, lineterminator="\n")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large, busy = folder / "large", folder / "busy"
        measured(["make-theatre", str(busy), "--seed", "1"])
        many_events(busy)
        sites = ["--settlements", "200", "--camps", "60", "--bases", "20"]
        measured(["make-theatre", str(large), "--seed", "1", "--size-km", "600", *sites])
        whole = ["run", str(large / "theatre.toml"), "--plan", str(large / "plan.toml")]
        write(
            [
                row("start-up (--help)", "-", ["--help"]),
                row("check", "100,000 incidents", ["check", str(busy / "theatre.toml")]),
                row("demo", "0.09 Mcells, 9 bases", ["demo", "--out", str(folder / "a")]),
                row("run", "0.36 Mcells, 20 bases", [*whole, "--out", str(folder / "b")]),
            ]
        )


if __name__ == "__main__":
    main()
