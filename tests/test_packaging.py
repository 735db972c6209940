"""The folders at the top of the repository are one package, and nothing else is installed or committed."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {
    "geo_poc": "geo_poc",
    "layers": "geo_poc/layers",
    "routing": "geo_poc/routing",
    "coverage": "geo_poc/coverage",
    "data": "geo_poc/data",
}

pytestmark = pytest.mark.skipif(
    not (ROOT / ".git").exists(), reason="needs the git checkout: git says which files belong"
)


def in_git(root: Path = ROOT) -> list[str]:
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z"], check=True, capture_output=True, text=True
    )
    return [name for name in listed.stdout.split("\0") if name and (root / name).is_file()]


def python(code: str, *, flags: tuple[str, ...] = (), cwd: Path = ROOT, **env: str) -> str:
    """What a fresh interpreter prints, started as ``python -c`` with the folder first on its path."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV", "COVERAGE"))}
    done = subprocess.run(
        [sys.executable, *flags, "-c", code],
        cwd=cwd,
        env=clean | env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Names in a wheel built from the files that git knows, and from nothing else."""
    copy = tmp_path_factory.mktemp("source")
    for name in in_git():
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist", "."]
    done = subprocess.run(build, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = (copy / "dist").glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_wheel_holds_exactly_the_package_files_that_git_knows(wheel: list[str]) -> None:
    belongs = {
        name.replace(folder, FOLDERS[folder], 1)
        for name in in_git()
        if (folder := name.split("/")[0]) in FOLDERS and not name.endswith(".md")
    }
    assert {name for name in wheel if ".dist-info/" not in name} == belongs


def test_wheel_installs_nothing_at_the_top_but_geo_poc(wheel: list[str]) -> None:
    tops = {name.split("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"geo_poc"}


def test_wheel_carries_licence_and_entry_point(wheel: list[str]) -> None:
    (info,) = {name.split("/")[0] for name in wheel if ".dist-info/" in name}
    assert f"{info}/licenses/LICENSE" in wheel
    assert f"{info}/entry_points.txt" in wheel


@pytest.mark.skipif(importlib.util.find_spec("coverage") is None, reason="needs coverage.py")
def test_import_coverage_from_the_root_gets_coverage_py() -> None:
    where = python("import coverage, coverage.types; print(coverage.__file__, coverage.Coverage)")
    assert "coverage.control.Coverage" in where
    assert str(ROOT / "coverage") not in where


def test_a_library_that_imports_coverage_as_numba_does_gets_coverage_py(tmp_path: Path) -> None:
    (tmp_path / "coverage").mkdir()
    (tmp_path / "coverage" / "__init__.py").write_text("from coverage import types\n")
    (tmp_path / "coverage" / "types.py").write_text("Tracer = 'the real one'\n")
    (tmp_path / "library.py").write_text(
        "try:\n"
        "    import coverage\n"
        "    found = coverage.types.Tracer\n"
        "except ImportError:\n"
        "    found = 'none'\n"
    )
    code = "import library; print(library.found)"
    assert python(code, flags=("-S",), PYTHONPATH=str(tmp_path)) == "the real one"


def test_without_coverage_py_a_bare_import_says_that_there_is_none() -> None:
    code = """
try:
    import coverage
except ModuleNotFoundError as e:
    import sys
    print(e.name, "coverage" in sys.modules)
"""
    assert python(code, flags=("-S",)) == "coverage False"


def test_our_package_and_coverage_py_are_there_together() -> None:
    code = (
        "import sys; import geo_poc.coverage as ours\n"
        "print(ours.__name__, 'coverage' in sys.modules, ours.__file__)"
    )
    name, loaded, file = python(code).split()
    assert (name, loaded) == ("geo_poc.coverage", "False")
    assert Path(file) == ROOT / "coverage" / "__init__.py"


def test_a_checkout_imports_with_nothing_installed() -> None:
    code = (
        "import geo_poc, geo_poc.errors, geo_poc.layers, geo_poc.routing, geo_poc.coverage, "
        "geo_poc.data; print(geo_poc.layers.__file__)"
    )
    assert Path(python(code, flags=("-S",))) == ROOT / "layers" / "__init__.py"


def test_help_imports_nothing_heavy() -> None:
    code = """
import sys
from geo_poc.cli import app
try:
    app(["--help"])
except SystemExit as e:
    print("exit", e.code)
heavy = "numpy pandas geopandas shapely pydantic pandera scipy rasterio folium osmnx networkx rich"
print("heavy:", *[name for name in heavy.split() if name in sys.modules])
"""
    said = python(code)
    assert "Usage" in said
    assert said.endswith("exit 0\nheavy:")


def test_nothing_committed_is_large_or_names_a_package_index() -> None:
    check = [sys.executable, "scripts/check_files.py", str(ROOT)]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("big.bin", b"x" * 1_000_001, "big.bin: 1,000,001 bytes; at most 1,000,000"),
        ("requirements.lock", b"a==1\n# htt~ps://example.org", "requirements.lock:2: an address"),
        ("requirements.lock", b"a @ fi~le:///a.whl", "requirements.lock:1: an address"),
        ("pip.conf", b"index~-url = https://example.org/", "pip.conf:1: an address"),
        ("setup.cfg", b"find~-links = /wheels", "setup.cfg:1: an address"),
        ("README.md", b"see https://example.org/simp~le/", "README.md:1: an address"),
    ],
)
def test_a_file_that_must_not_be_committed_is_named(
    repository: Path, name: str, content: bytes, sentence: str
) -> None:
    (repository / "fine.md").write_text("see https://example.org/page\n")
    (repository / name).write_bytes(content.replace(b"~", b""))
    subprocess.run(["git", "-C", str(repository), "add", "-A"], check=True)
    check = [sys.executable, str(ROOT / "scripts" / "check_files.py"), str(repository)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith(sentence)
    assert done.stdout.count("\n") == 1


def locked() -> dict[str, list[Requirement]]:
    pins: dict[str, list[Requirement]] = {}
    for line in (ROOT / "requirements.lock").read_text().splitlines():
        if "==" in line:
            pin = Requirement(line.removesuffix("\\").strip())
            pins.setdefault(canonicalize_name(pin.name), []).append(pin)
    return pins


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_the_lock_pins_every_requirement_for_every_python(version: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    machine = {"python_version": version, "python_full_version": f"{version}.0"}
    pins = locked()
    for requirement in map(Requirement, wanted):
        fitting = [
            pin
            for pin in pins.get(canonicalize_name(requirement.name), [])
            if pin.marker is None or pin.marker.evaluate(machine)
        ]
        assert len(fitting) == 1, requirement
        (pinned,) = fitting[0].specifier
        assert requirement.specifier.contains(pinned.version), requirement


def test_every_pin_of_the_lock_has_a_hash() -> None:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pins = [number for number, line in enumerate(lines) if "==" in line]
    assert len(pins) > 50
    assert all(lines[number + 1].strip().startswith("--hash=sha256:") for number in pins)
