"""Answers: who is reached within the standard, who is not, and why."""

if __name__ == "coverage":
    # From the repository's root a bare `import coverage` (numba, pytest-cov) finds this folder in place of
    # coverage.py. Hand over the real one, or say that there is none.
    import importlib.machinery
    import importlib.util
    import sys
    from pathlib import Path

    _here = Path(__file__).resolve().parent.parent
    _elsewhere = [entry for entry in sys.path if Path(entry or ".").resolve() != _here]
    _spec = importlib.machinery.PathFinder.find_spec("coverage", _elsewhere)
    if _spec is None or _spec.loader is None or _spec.origin is None:
        del sys.modules["coverage"]
        _message = "No module named 'coverage' (the folder of that name is geo_poc.coverage)"
        raise ModuleNotFoundError(_message, name="coverage")
    _real = importlib.util.module_from_spec(_spec)
    sys.modules["coverage"] = _real
    _spec.loader.exec_module(_real)
