"""Make ``.venv`` from ``requirements.lock`` with nothing but the standard library and pip.

Every package is checked against its hash. Where Python has no ``ensurepip`` (some Linux
distributions split it off), uv is fetched with pip into ``.tools`` and makes the environment.
"""

import importlib.util
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
TOOLS = ROOT / ".tools"
OLDEST = (3, 11)


def main() -> None:
    """Make or update the environment and leave a stamp that it is ready."""
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        wanted = ".".join(map(str, OLDEST))
        sys.exit(
            f"geo-poc needs Python {wanted} or newer. Found: {found} at {sys.executable}. "
            f"Repair: make PYTHON=/path/to/python{wanted} ..."
        )
    print("Setting up .venv from requirements.lock (about a minute, once) ...", flush=True)  # noqa: T201  (progress)
    has_ensurepip = importlib.util.find_spec("ensurepip") is not None
    installer = _with_pip() if has_ensurepip else _with_uv()
    run(*installer, "--require-hashes", "-r", str(ROOT / "requirements.lock"))
    run(*installer, "--no-build-isolation", "--no-deps", "-e", str(ROOT), shown=False)
    (VENV / ".ready").touch()


def _with_pip() -> list[str]:
    if not _python().exists():
        venv.create(VENV, with_pip=True, symlinks=os.name != "nt")
    return [str(_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def _with_uv() -> list[str]:
    uv = TOOLS / "bin" / "uv"
    if not uv.exists():
        run(sys.executable, "-m", "pip", "install", "--quiet", "--target", str(TOOLS), "uv")
    if not _python().exists():
        run(str(uv), "venv", "--quiet", "--python", sys.executable, str(VENV))
    return [str(uv), "pip", "install", "--quiet", "--python", str(_python())]


def _python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(*command: str, shown: bool = True) -> None:
    """Run a command and stop with its exit code if it fails; then what it said is shown in any case."""
    said = None if shown else subprocess.PIPE
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=said, stderr=said, text=True)  # noqa: S603  (fixed words)
    if done.returncode != 0:
        sys.exit((done.stdout or "") + (done.stderr or "") or done.returncode)


if __name__ == "__main__":
    main()
