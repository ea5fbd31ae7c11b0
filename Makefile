PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: demo test simulate torture lint bench schemas clean

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --quiet -e '.[dev]'
	touch $@

$(VENV)/.bench: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --quiet -e '.[bench]'
	touch $@

demo: $(VENV)/.installed ## the main job, start to end, on the embedded platform
	PATH="$(abspath $(BIN)):$$PATH" sh docs/demo.sh

test: $(VENV)/.installed ## every test, in parallel, on loopback only
	$(BIN)/python -m pytest -n auto $(ARGS)

STORIES ?= 2000
SEED ?= 0
simulate: $(VENV)/.installed ## random stories in virtual time; SEED= is the first, STORIES= how many
	$(BIN)/python -m tests.simulation.run --stories $(STORIES) --seed $(SEED)

torture: $(VENV)/.installed ## several hundred kills, faults and races; SEED= replays
	$(BIN)/python tests/torture/run.py

lint: $(VENV)/.installed ## style, types, the import contract, fresh schemas
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_schemas.py

schemas: $(VENV)/.installed ## write schemas/ afresh
	$(BIN)/reconciler schema --out schemas

bench: $(VENV)/.bench ## benchmarks beside their peers; prints a table
	$(BIN)/python benchmarks/run.py $(ARGS)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
