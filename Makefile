# Needlepoint. `make run` and open the address it prints; `make help` for the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV ?= .venv
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PY := $(VENV)/bin/python
MANAGE := $(PY) manage.py
export VENV
# Without its compiled files every start of Python takes three times as long.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup setup-dev run demo test browser check format bench prove migrations \
        lock screenshots clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## make .venv and install the pinned packages
	@test -n "$(PYTHON)" || { echo "Needlepoint needs Python 3.11." >&2; exit 1; }
	@$(PYTHON) -m clinic.install run

setup-dev: setup ## and the tools for changing the code
	@$(PYTHON) -m clinic.install develop

run: setup ## serve the demo clinic at http://127.0.0.1:8000/ (or PORT=...)
	@NEEDLEPOINT_DEMO=1 exec $(MANAGE) serve --prepare

demo: setup ## build the demo clinic anew
	@NEEDLEPOINT_DEMO=1 $(MANAGE) migrate --verbosity 0
	@NEEDLEPOINT_DEMO=1 $(MANAGE) demo --again

test: setup ## the suite, without the browser's journeys and the long proofs
	$(PY) -m pytest -n 3 --dist load -m "not prove" --ignore tests/journeys

browser: setup-dev ## the journeys: whole jobs of people in Chromium
	@.ci/chromium
	$(PY) -m pytest -m journey

check: setup-dev ## lint, format, types, templates, migrations, architecture
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy clinic patients sessions benchmarks
	$(PY) -m djlint --lint --quiet templates
	find templates -name '*.html' | xargs $(VENV)/bin/djade --target-version 5.2 --check
	$(MANAGE) makemigrations --check --dry-run
	$(PY) -m pytest -q tests/test_architecture.py

format: setup-dev ## put code and templates into form
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	find templates -name '*.html' | xargs $(VENV)/bin/djade --target-version 5.2

bench: setup ## speed, as ratios measured in one run
	$(PY) -m benchmarks

prove: setup ## the long proofs: kills, slow clients, the whole demo
	$(PY) -m pytest -m prove

migrations: setup ## write the migrations of our three apps
	$(MANAGE) makemigrations clinic patients treatments

lock: setup-dev ## pin requirements*.in into requirements*.txt, with hashes
	cd $(CURDIR) && for list in requirements requirements-dev; do \
	  $(VENV)/bin/uv pip compile --quiet --no-header --generate-hashes --python-version 3.11 \
	    $(UPGRADE) --output-file $$list.txt $$list.in; done

screenshots: setup-dev ## take the pictures of the README
	@.ci/chromium
	$(PY) -m tests.screenshots

clean: ## remove what was installed and made, the demo's data as well
	rm -rf .venv var .pytest_cache .mypy_cache .ruff_cache .hypothesis
