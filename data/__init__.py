"""The embedded fictional theatre and the generator that makes it."""

from pathlib import Path


def embedded_theatre() -> Path:
    """Folder of the embedded fictional theatre, with ``theatre.toml`` and ``plan.toml``.

    Examples
    --------
    >>> (embedded_theatre() / "theatre.toml").name
    'theatre.toml'
    """
    return Path(__file__).resolve().parent / "theatre"
