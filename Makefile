# The one door: demo, test, lint, bench. Each sets up what it needs the first time.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo serve test lint bench format outdated clean

help:
	@echo "make demo    the server on the sample shops, opened at /demo"
	@echo "make test    every test, real model and real browser included"
	@echo "make lint    style, types, layers, library files"
	@echo "make bench   the benchmarks of docs/benchmarks.md"
	@echo "make outdated  packages that have a newer version"

$(VENV)/.base: pyproject.toml tools/venv.sh
	bash tools/venv.sh "$(PYTHON)" $(VENV) ""
	touch $@

$(VENV)/.test: $(VENV)/.base
	bash tools/venv.sh "$(PYTHON)" $(VENV) "[test]"
	touch $@ $(VENV)/.base

node_modules/.ready: package.json tools/node.sh | $(VENV)/.base
	bash tools/node.sh npm install --no-package-lock --no-audit --no-fund --loglevel=error
	touch $@

demo: $(VENV)/.base
	$(BIN)/python -m server demo

serve: $(VENV)/.base
	$(BIN)/python -m server serve

test: $(VENV)/.test node_modules/.ready
	bash tools/browser.sh
	bash tools/postgres.sh
	bash tools/node.sh npm test --silent
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/.test node_modules/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	bash tools/node.sh npm run --silent lint
	bash tools/node.sh npm run --silent typecheck
	$(BIN)/python -m server lint --library scripts_library

format: $(VENV)/.test node_modules/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	bash tools/node.sh npm run --silent format

bench: $(VENV)/.test
	$(BIN)/python -m server bench

outdated: $(VENV)/.test
	$(BIN)/python -m pip list --outdated --disable-pip-version-check

clean:
	rm -rf $(VENV) node_modules build dist *.egg-info
