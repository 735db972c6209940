# Everything runs from .venv, which the first call makes from requirements.lock.
# `make` alone lists the targets.

export PYTHONSAFEPATH := 1
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
READY := .venv/.ready
PY := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help demo test check notebooks bench docs lock clean

help:  ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile

$(READY): requirements.lock pyproject.toml scripts/bootstrap.py
	@$(PYTHON) scripts/bootstrap.py

demo: $(READY)  ## Run the whole path on the embedded fictional theatre
	@.venv/bin/geo-poc demo

test: $(READY)  ## Run all tests with branch coverage
	@$(PY) -m pytest --cov --cov-branch --cov-report=term:skip-covered --cov-fail-under=95

check: $(READY)  ## Lint, format, types, import contract, lock, file sizes
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@$(PY) scripts/types_tree.py --mypy
	@.venv/bin/mypy --strict scripts
	@cd build/types && PYTHONPATH=. ../../.venv/bin/lint-imports --config ../../pyproject.toml
	@$(PY) scripts/check_files.py

notebooks: $(READY)  ## Execute every notebook from top to bottom, without saving
	@for f in notebooks/*.ipynb; do [ -e "$$f" ] || continue; .venv/bin/jupyter-execute "$$f" || exit 1; done

bench: $(READY)  ## Run every benchmark
	@for f in benchmarks/bench_*.py; do PYTHONSAFEPATH= $(PY) "$$f" || exit 1; done

docs: $(READY)  ## Write the API pages, from the docstrings, to build/docs
	@$(PY) scripts/types_tree.py
	@PYTHONPATH=build/types $(PY) -m pdoc --docformat numpy -o build/docs geo_poc '!geo_poc.geo_poc'
	@echo "API pages: build/docs/index.html"

lock: .tools/bin/uv  ## Resolve pyproject.toml again for Python 3.11 to 3.14
	@UV_SYSTEM_CERTS=1 .tools/bin/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	    --quiet -o requirements.lock
	@if grep -nE 'https?://|file:' requirements.lock; then \
	    echo 'requirements.lock: must hold no address; see the lines above' >&2; exit 1; fi
	@echo "requirements.lock: $$(grep -c '==' requirements.lock) pins"

.tools/bin/uv:
	@$(PYTHON) -m pip install --quiet --target .tools uv

clean:  ## Remove everything that was built; keeps .venv
	@rm -rf build dist out .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis
