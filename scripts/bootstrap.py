"""Make ``.venv`` from ``requirements.lock`` with nothing but the standard library and pip.

Every package is checked against its hash. The lock is complete, so it is installed without asking
pip to resolve anything: a release that is newer than a pin (``coverage[toml]``, whose extra has no
pin of its own) would otherwise be tried, and refused for want of a hash. That the lock is complete
is checked at the end. Only pip is used, so that the index and certificates that this machine's pip
is set to hold here too. Where Python has no ``ensurepip`` (some Linux
distributions split it off), pip is put into the environment by the pip that runs outside of it.
"""

import importlib.util
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
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
    print("Setting up .venv from requirements.lock (about a minute, once) ...", flush=True)
    if not _has_pip():
        _make_environment()
    install = (str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*install, "--no-deps", "--require-hashes", "-r", str(ROOT / "requirements.lock"))
    run(*install, "--no-build-isolation", "--no-deps", "-e", str(ROOT), shown=False)
    run(str(PYTHON), "-m", "pip", "--disable-pip-version-check", "check", shown=False)
    (VENV / ".ready").touch()


def _has_pip() -> bool:
    """Whether the environment is there and whole; one that was left half made is made again."""
    if not PYTHON.exists():
        return False
    asked = subprocess.run(
        [str(PYTHON), "-m", "pip", "--version"], check=False, capture_output=True
    )
    return asked.returncode == 0


def _make_environment() -> None:
    with_pip = importlib.util.find_spec("ensurepip") is not None
    venv.create(VENV, with_pip=with_pip, clear=True, symlinks=os.name != "nt")
    if not with_pip:
        paths = sysconfig.get_paths(vars={"base": str(VENV)}, scheme="venv")
        outside = (sys.executable, "-m", "pip", "install", "--quiet")
        run(*outside, "--target", paths["purelib"], "pip")


def run(*command: str, shown: bool = True) -> None:
    """Run a command and stop with its exit code if it fails; then what it said is shown in any case."""
    said = None if shown else subprocess.PIPE
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=said, stderr=said, text=True)
    if done.returncode != 0:
        sys.exit((done.stdout or "") + (done.stderr or "") or done.returncode)


if __name__ == "__main__":
    main()
