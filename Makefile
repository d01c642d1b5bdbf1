# Plumbline. `make run` serves the demonstration institute; `make test` runs the tests. Nothing else is needed first.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
WORKERS ?= 2
TRAINEES ?= 1000
BENCH ?=
PROBE ?=

.PHONY: run figures film test test-postgres browser bench bench-stampede probe lint format lock clean help

help: ## Lists what can be made.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/.installed: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv \
	  && $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.txt
	touch $@

$(VENV)/.installed-browser: $(VENV)/.installed tests/browser/requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r tests/browser/requirements.txt \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r tests/browser/requirements.txt
	touch $@

run: export DEMO := 1
run: export PUBLIC_URL := http://127.0.0.1:$(PORT)
run: $(VENV)/.installed ## Serves the demonstration institute with its background worker (PORT=8000).
	$(MANAGE) serve --prepare --port $(PORT)

test: $(VENV)/.installed ## Runs the tests on SQLite.
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

test-postgres: $(VENV)/.installed ## Runs those that ask a database on PostgreSQL (DATABASE_URL=postgres://...).
	@test -n "$$DATABASE_URL" || { echo "Set DATABASE_URL, for example postgres://postgres@127.0.0.1:5432/postgres"; exit 1; }
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --only-database

browser: $(VENV)/.installed-browser ## Walks the journey in a real Chromium (CHROMIUM=/usr/bin/chromium).
	$(BIN)/python -m pytest tests/browser --override-ini addopts= -n $(WORKERS) --dist loadfile

bench: $(VENV)/.installed ## Measures what each request costs, writes docs/performance.md (TRAINEES=1000, BENCH="--keep", "--publishing" or "--help").
	$(BIN)/python -m tests.benchmarks --trainees $(TRAINEES) $(BENCH)

bench-stampede: $(VENV)/.installed ## Lets 1,000 trainees start the same quiz at once.
	$(BIN)/python -m tests.benchmarks --stampede $(BENCH)

probe: $(VENV)/.installed ## Tries the running site from outside, on PostgreSQL where one answers (PROBE="--only word", "--control", "--list").
	$(BIN)/python -m tests.outside $(PROBE)

lint: $(VENV)/.installed ## Checks style, layers, templates and migrations; changes nothing.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint --check --quiet templates
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/python -m tests.lint.inline
	DEMO=1 $(MANAGE) makemigrations --check --dry-run

format: $(VENV)/.installed ## Formats Python and templates.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	-$(BIN)/djlint --reformat --quiet templates; $(BIN)/djlint --reformat --quiet templates # settles on the second run

figures: $(VENV)/.installed ## Draws the pictures of the demonstration's lessons anew from their Typst sources.
	$(BIN)/python courses/curriculum/demo/figures/render.py

film: $(VENV)/.installed ## Makes the film of the demonstration's lessons anew from its slides (needs ffmpeg).
	$(BIN)/python courses/curriculum/demo/film/render.py

lock: $(VENV)/.installed ## Writes the locked requirements anew from pyproject.toml.
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header \
	  --no-emit-index-url --no-emit-find-links --group dev pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header \
	  --no-emit-index-url --no-emit-find-links --group dev --group browser -c requirements.txt pyproject.toml -o tests/browser/requirements.txt

clean: ## Removes the environment and the local data.
	rm -rf $(VENV) var
