PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif
LOWEST = .venv-lowest
NEWEST = .venv-newest
# The tests of the code that uses third-party packages: pydantic, httpx and stamina, ruamel.yaml and
# jinja2, SQLAlchemy, Alembic and psycopg, cryptography, FastAPI and uvicorn, click and rich.
# Excludes tests/test_schemas.py: pydantic's versions write the same schema in different ways.
THIRD_PARTY_TESTS = tests/kinds tests/live tests/manifests tests/state tests/views \
	tests/planning/planfile \
	tests/sandbox/api/test_server.py tests/end_to_end/test_cli_exit_codes.py \
	tests/end_to_end/test_cli_output.py tests/end_to_end/test_cli_progress.py \
	tests/end_to_end/test_readme_tutorial.py

.PHONY: demo test test-lowest test-newest simulate effects torture lint bench schemas clean

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --quiet -e '.[dev]'
	touch $@

$(VENV)/.bench: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --quiet -e '.[bench]'
	touch $@

demo: $(VENV)/.installed ## the main workflow on the embedded platform
	PATH="$(abspath $(BIN)):$$PATH" sh docs/demo.sh

test: $(VENV)/.installed ## all tests, in parallel, on loopback only
	$(BIN)/python -m pytest -n auto $(ARGS)

$(VENV)/.uv: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --quiet uv
	touch $@

$(LOWEST)/.installed: pyproject.toml $(VENV)/.uv
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(LOWEST)
	$(BIN)/uv pip install --quiet --python $(LOWEST)/bin/python --resolution lowest-direct -e '.[dev]'
	touch $@

test-lowest: $(LOWEST)/.installed ## the tests of third-party packages, with the oldest versions allowed
	$(LOWEST)/bin/python -m pytest -n auto $(or $(ARGS),$(THIRD_PARTY_TESTS))

test-newest: $(VENV)/.uv ## the same tests with the newest installed Python, if it is newer
	@python=$$($(BIN)/python .ci/newest-python); \
	if [ -z "$$python" ]; then echo "no installed Python is newer than $$($(BIN)/python -V)"; exit 0; fi; \
	set -ex; \
	$(BIN)/uv venv --quiet --clear --python "$$python" $(NEWEST); \
	$(BIN)/uv pip install --quiet --python $(NEWEST)/bin/python -e '.[dev]'; \
	$(NEWEST)/bin/python -m pytest -n auto $(or $(ARGS),$(THIRD_PARTY_TESTS))

STORIES ?= 2000
SEED ?= 0
simulate: $(VENV)/.installed ## random stories in virtual time; SEED= is the first seed, STORIES= the number
	$(BIN)/python -m tests.simulation.run --stories $(STORIES) --seed $(SEED)

PLANS ?= 2000
effects: $(VENV)/.installed ## predicted effects of random plans, compared with the sandbox
	$(BIN)/python -m tests.effects.run --plans $(PLANS) --seed $(SEED)

torture: $(VENV)/.installed ## several hundred kills, faults and races; SEED= replays a run
	$(BIN)/python tests/torture/run.py

lint: $(VENV)/.installed ## style, types, import contracts, current schemas
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_schemas.py

schemas: $(VENV)/.installed ## regenerate schemas/ and docs/guards.md
	$(BIN)/reconciler schema --out schemas
	$(BIN)/python -c 'from reconciler.guards.registry import guide; print(guide(), end="")' > docs/guards.md

bench: $(VENV)/.bench ## benchmarks against comparable tools; prints a table
	$(BIN)/python benchmarks/run.py $(ARGS)

clean:
	rm -rf $(VENV) $(LOWEST) $(NEWEST) build dist .mypy_cache .ruff_cache .pytest_cache
