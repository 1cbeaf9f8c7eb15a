# Two commands: `make build` makes the warehouse, `make test` proves it. Both set up .venv from the lock by themselves.
PYTHON ?= python3
BIN := .venv/bin
SOURCES := etl tests deploy bi

.PHONY: build test test-long bi bi-system superset postgres chaos bench dagster lint format lock clean
.DEFAULT_GOAL := build

build: .venv/.runtime
	$(BIN)/orebloc build

# One file, one worker: what a file's tests share (a release, Great Expectations) is set up once.
PYTEST := $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder
test: .venv/.dev
	$(PYTEST) -m "not long"

# Tests that build a warehouse of their own from end to end, open a real program, or need the release of all official files.
test-long: .venv/.dev
	$(PYTEST) -m long

# Real clients, a real PostgreSQL server and a real Superset against a real release; `make bi-system` installs what they need.
bi: .venv/.bi .venv-superset/.ready
	$(BIN)/pytest tests/bi

# The servers and clients that `make bi` needs and Debian brings; for root. Does nothing where they are there.
bi-system:
	@tests/bi/install-packages

# Superset in an environment of its own; docs/connect.md says how to start it with the dashboard of bi/superset.
SUPERSET := bi/superset
superset: .venv-superset/.ready .venv/.runtime

.venv-superset/.ready: $(SUPERSET)/requirements.lock | .venv/.python
	@echo "Setting up .venv-superset from $(SUPERSET)/requirements.lock"
	@test -x .venv-superset/bin/python || $(BIN)/python -m venv .venv-superset
	@$(BIN)/uv pip install --quiet --python .venv-superset/bin/python --require-hashes --requirement $< 2>/dev/null || \
		.venv-superset/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

# Adds what `orebloc publish-postgres` needs.
postgres: .venv/.runtime
	@$(call install,requirements-postgres.lock)

# Faults in their long form, with a table of counts; about an hour and a half on two cores.
# Fewer: make chaos CHAOS="--kills 20 --seed 7". One part: make chaos CHAOS="--only operations".
CHAOS ?= --kills 100 --seed 1
chaos: .venv/.dev
	$(BIN)/python -m tests.chaos $(CHAOS)

# What a whole build costs beside a plain `dbt build`: medians of five, the peak of memory, the ratio.
bench: .venv/.dev
	$(BIN)/python -m tests.bench

# The optional Dagster project of deploy/dagster in an environment of its own: validated, and its jobs run once for real.
DAGSTER := deploy/dagster
dagster: .venv-dagster/.ready .venv/.runtime
	$(BIN)/dbt --quiet parse --project-dir . --profiles-dir . --target-path target/dagster
	export PYTHONDONTWRITEBYTECODE=1 DAGSTER_HOME=$$(mktemp -d) && cp $(DAGSTER)/dagster.yaml $$DAGSTER_HOME && \
		.venv-dagster/bin/dagster definitions validate --python-file $(DAGSTER)/definitions.py && \
		.venv-dagster/bin/python $(DAGSTER)/prove.py; code=$$?; rm -rf $$DAGSTER_HOME; exit $$code

.venv-dagster/.ready: $(DAGSTER)/requirements.lock .venv/.python
	@echo "Setting up .venv-dagster from $(DAGSTER)/requirements.lock"
	@test -x .venv-dagster/bin/python || $(BIN)/python -m venv .venv-dagster
	@$(BIN)/uv pip install --quiet --python .venv-dagster/bin/python --require-hashes --requirement $< 2>/dev/null || \
		.venv-dagster/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

lint: .venv/.dev
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/sqlfmt --check --quiet models macros tests/dbt examples
	$(BIN)/yamllint --strict .

format: .venv/.dev
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/sqlfmt --quiet models macros tests/dbt examples

# Writes the locks anew, without the address of any registry.
lock: .venv/.python
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-strip-extras --quiet \
		pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-strip-extras --quiet \
		pyproject.toml --extra dev --extra postgres --constraint requirements.lock --output-file requirements-dev.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-strip-extras --quiet \
		pyproject.toml --extra postgres --constraint requirements-dev.lock --output-file requirements-postgres.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-strip-extras --quiet \
		pyproject.toml --extra dev --extra postgres --extra bi --constraint requirements-dev.lock \
		--output-file requirements-bi.lock
	echo 'uv>=0.9' | $(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-strip-extras --quiet \
		- --output-file requirements-uv.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-strip-extras --quiet --python-version 3.11 \
		$(DAGSTER)/requirements.in --constraint requirements.lock --output-file $(DAGSTER)/requirements.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-strip-extras --quiet --python-version 3.11 \
		$(SUPERSET)/requirements.in --output-file $(SUPERSET)/requirements.lock

# uv installs the locks in seconds; where it cannot reach the packages that pip is configured for, pip does the same.
install = $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement $(1) 2>/dev/null || \
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement $(1)

.venv/.python: requirements-uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "orebloc needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-uv.lock || true
	@touch $@

.venv/.runtime: requirements.lock pyproject.toml | .venv/.python
	@echo "Setting up .venv from requirements.lock"
	@$(call install,requirements.lock)
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	@echo "Setting up .venv from requirements-dev.lock"
	@$(call install,requirements-dev.lock)
	@touch $@

.venv/.bi: requirements-bi.lock .venv/.dev
	@echo "Setting up .venv from requirements-bi.lock"
	@$(call install,requirements-bi.lock)
	@touch $@

clean:
	rm -rf target logs warehouse .mypy_cache .ruff_cache
