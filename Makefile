# make run   the dashboard, from nothing but Python 3.11 or newer
# make test  lint and every test, as CI runs them

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint check-python bench clean

run: $(VENV)/.runs
	$(BIN)/python -m etl build --if-changed
	$(BIN)/streamlit run app.py

test: $(VENV)/.tests lint
	$(BIN)/python -m tests.chromium
	$(BIN)/python -m pytest

lint: $(VENV)/.tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

bench: $(VENV)/.runs
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	$(BIN)/python -m bench.upload
	$(BIN)/python -m bench.refresh

$(VENV)/bin/python: | check-python
	$(PYTHON) -m venv $(VENV)

check-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Name another with: make run PYTHON=python3.12")'

$(VENV)/.runs: requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.tests: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/.runs

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache
