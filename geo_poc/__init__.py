"""Where a peacekeeping mission can protect civilians, and where it cannot.

The folders ``layers``, ``routing``, ``coverage`` and ``data`` at the top of the repository are the
packages ``geo_poc.layers``, ``geo_poc.routing``, ``geo_poc.coverage`` and ``geo_poc.data``.
"""

from pathlib import Path as _Path

__version__ = "0.1.0"

# In a checkout the four folders lie beside this one, in an installation inside it.
_root = _Path(__file__).resolve().parent.parent
if (_root / "pyproject.toml").is_file() and (_root / "layers" / "__init__.py").is_file():
    __path__.append(str(_root))
