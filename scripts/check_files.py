"""Refuse what must not be committed: large files, and addresses of package indexes or machines."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LARGEST_BYTES = 1_000_000
LOCK = "requirements.lock"
ADDRESS = re.compile(rb"https?://|file:")
REGISTRY = re.compile(
    rb"(?:index-url|find-links|registry|trusted-host)\s*[= ]\s*[\"']?(?:https?:|file:|/)"
    rb"|https?://[^\s\"']*/simple(?:/|\b)"
)


def committed_files(root: Path) -> list[Path]:
    """Every file that git knows under a folder and that is there."""
    command = ["git", "-C", str(root), "ls-files", "-z"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True)
    return [root / name for name in listed.stdout.split("\0") if (root / name).is_file() and name]


def faults(root: Path) -> Iterator[str]:
    """One sentence for each thing that must not be committed."""
    for path in committed_files(root):
        name = path.relative_to(root).as_posix()
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            yield f"{name}: {size:,} bytes; at most {LARGEST_BYTES:,}"
            continue
        forbidden = ADDRESS if path.name == LOCK else REGISTRY
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            if forbidden.search(line):
                yield f"{name}:{number}: an address of a package index must not be committed"


if __name__ == "__main__":
    found = list(faults(Path(sys.argv[1]) if len(sys.argv) > 1 else Path.cwd()))
    print("\n".join(found) or "Files: none too large, no address of a package index.")
    sys.exit(bool(found))
