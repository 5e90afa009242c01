# From a checkout with only Python 3.11+ and make: `make demo` opens the desk, `make test` runs every test.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: demo run test faults check check-static format bench bench-refresh bench-stories screenshots clean

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.core: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) install -c constraints.txt -e .
	touch $@

.venv/.dev: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) install -c constraints.txt -e '.[dev]'
	touch $@ .venv/.core

demo: .venv/.core
	$(BIN)/wirewatch demo

run: .venv/.core
	$(BIN)/wirewatch

test: .venv/.dev
	$(BIN)/python -m pytest -n 2 --dist worksteal

faults: .venv/.dev
	$(BIN)/python -m bench.faults

check-static: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: check-static test

format: .venv/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/.dev
	$(BIN)/python -m bench

bench-refresh: .venv/.dev
	$(BIN)/python -m bench.refresh

bench-stories: .venv/.dev
	$(BIN)/python -m bench.stories

screenshots: .venv/.dev
	$(BIN)/python -m bench.screenshots

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
