"""Lay the mapped folders out as one package under ``build/types``, where static tools find it.

mypy, import-linter and pdoc read files where they lie, and ``layers/`` does not lie in
``geo_poc/``. Links (copies where links fail) show them the package as it is installed. With
``--mypy``, mypy checks that tree, and the number of files it read is compared with git.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TREE = ROOT / "build" / "types"
MAPPED = ("layers", "coverage", "routing", "data")


def make_tree() -> None:
    """Make ``build/types/geo_poc`` anew."""
    package = TREE / "geo_poc"
    shutil.rmtree(package, ignore_errors=True)
    package.mkdir(parents=True)
    own = [p for p in (ROOT / "geo_poc").iterdir() if p.name != "__pycache__"]
    for source in [*own, *(ROOT / name for name in MAPPED)]:
        _link(source, package / source.name)


def _link(source: Path, target: Path) -> None:
    try:
        target.symlink_to(source, target_is_directory=source.is_dir())
    except OSError:
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)


def files_in_git() -> int:
    """Number of Python files of the package that git knows."""
    command = ["git", "ls-files", "-z", "--", *(f"{name}/*.py" for name in ("geo_poc", *MAPPED))]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return sum((ROOT / name).is_file() for name in listed.stdout.split("\0") if name)


def check_types() -> int:
    """Exit code of mypy on the tree; 1 when it read fewer files than git has."""
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file",
        "../../pyproject.toml",
        "-p",
        "geo_poc",
    ]
    checked = subprocess.run(command, cwd=TREE, check=False, capture_output=True, text=True)
    print(checked.stdout + checked.stderr, end="")
    counted = re.search(r"(?:in|checked) (\d+) source files?", checked.stdout)
    files = int(counted.group(1)) if counted else 0
    print(f"mypy read {files} files; git has {files_in_git()}")
    return checked.returncode or int(files < files_in_git())


if __name__ == "__main__":
    make_tree()
    if "--mypy" in sys.argv[1:]:
        sys.exit(check_types())
