# Two commands need nothing but Python 3.11 to 3.13 and the package registry:
#   make demo   a user's authority travels through two agents to a real server
#   make test   lint, types and every test
# The tests of two stores also need their servers, those of the model need Java, those in JavaScript
# Node and npm; they are skipped without:
SERVERS = apt-get install -y redis-server postgresql
JAVA = apt-get install -y default-jre-headless
NODE = apt-get install -y nodejs npm
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
WORKERS ?= 2
# The tests start Python a few hundred times, in a third of the time where what was compiled is kept.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-long lint types unit bench figures fuzz mutants deletions vectors clean

demo: $(VENV)/.demo
	@$(BIN)/python -m attorn.demo

test: lint types unit

unit: $(VENV)/.test
	@command -v redis-server >/dev/null && ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || \
	  echo "the tests of the Redis and PostgreSQL stores are skipped; to run them, on Debian: $(SERVERS)"
	@command -v java >/dev/null || echo "the tests of the TLA+ model are skipped; to run them, on Debian: $(JAVA)"
	@command -v npm >/dev/null || echo "the tests in JavaScript are skipped; to run them, on Debian: $(NODE)"
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not long"

test-long: $(VENV)/.test
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --hypothesis-profile=long

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test
	$(BIN)/mypy

bench: $(VENV)/.bench
	$(BIN)/python -m tests.benchmarks --json bench.json

figures: $(VENV)/.test
	$(BIN)/python -m tests.figures --json figures.json

# Each harness for so many seconds, or at most RUNS times.
SECONDS ?= 60
RUNS ?= 0
fuzz: $(VENV)/.test
	$(BIN)/python -m pytest tests/fuzz -m "not long"
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS) --runs $(RUNS) --json fuzz.json

mutants: $(VENV)/.test
	$(BIN)/python -m tests.mutation

deletions: $(VENV)/.test
	$(BIN)/python -m tests.deletion

vectors: $(VENV)/.test
	$(BIN)/python -m vectors.generate

clean:
	rm -rf $(VENV) build bench.json figures.json fuzz.json

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "attorn needs Python 3.11, 3.12 or 3.13 (the Biscuit engine has no build for others); try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "this Python cannot make virtual environments; on Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.%: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$*]'
	@touch $@
