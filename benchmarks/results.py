"""The one file of results: ``work, size, engine, threads, median_s, peak_mb``."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

RESULTS = Path(__file__).parent / "results.csv"
COLUMNS = ["work", "size", "engine", "threads", "median_s", "peak_mb"]


def write(rows: Sequence[dict[str, object]]) -> None:
    """Replace the rows of the same work, size, engine and threads; keep all others; print the new ones."""
    mine = {_key(row) for row in rows}
    kept = []
    if RESULTS.exists():
        with RESULTS.open(encoding="utf-8", newline="") as file:
            kept = [row for row in csv.DictReader(file) if _key(row) not in mine]
    with RESULTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows([*kept, *rows])
    for row in rows:
        sys.stdout.write(", ".join(f"{name} {row[name]}" for name in COLUMNS) + "\n")


def peak_above_now_mb(work: Callable[[], object]) -> float:
    """What a piece of work needs at most above what the process holds before it, in MB (Linux)."""
    status = Path("/proc/self/status")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    held_kb = _kilobytes(status, "VmRSS")
    done = work()
    peak_kb = _kilobytes(status, "VmHWM")
    del done
    return (peak_kb - held_kb) * 1024 / 1e6


def _kilobytes(status: Path, name: str) -> int:
    line = next(v for v in status.read_text(encoding="ascii").splitlines() if v.startswith(name))
    return int(line.split()[1])


def _key(row: dict[str, object]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("work", "size", "engine", "threads"))
