"""Whole-process time and memory of the command line, medians of five runs.

Writes the rows to ``benchmarks/results.csv``; other rows of the file are kept.
"""

from __future__ import annotations

import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESULTS = Path(__file__).parent / "results.csv"
COLUMNS = ["work", "size", "engine", "threads", "median_s", "peak_mb"]
RUNS = 5


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


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make = ["make-theatre", str(folder / "large"), "--seed", "1", "--size-km", "600"]
        measured([*make, "--settlements", "200", "--camps", "60", "--bases", "20"])
        large = [
            str(folder / "large" / "theatre.toml"),
            "--plan",
            str(folder / "large" / "plan.toml"),
        ]
        rows = [
            row("command line: --help", "-", ["--help"]),
            row("whole run, embedded theatre", "0.09 Mcells", ["demo", "--out", str(folder / "a")]),
            row(
                "whole run, made theatre of 600 km",
                "0.36 Mcells",
                ["run", *large, "--out", str(folder / "b")],
            ),
        ]
    write(rows)


def write(rows: list[dict[str, object]]) -> None:
    """Replace the rows of the same work and size; keep all others."""
    mine = {(str(r["work"]), str(r["size"])) for r in rows}
    kept = []
    if RESULTS.exists():
        with RESULTS.open(encoding="utf-8", newline="") as file:
            kept = [r for r in csv.DictReader(file) if (r["work"], r["size"]) not in mine]
    with RESULTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows([*kept, *rows])
    for r in rows:
        sys.stdout.write(f"{r['work']}: {r['median_s']} s, {r['peak_mb']} MB\n")


if __name__ == "__main__":
    main()
