# Two commands carry this house: `make demo` lives in it, `make test` checks it.
# Any Python from 3.11 on will do; PYTHON=… names another one.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$python >/dev/null && \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && \
	{ echo $$python; break; }; done)
SETUP = $(if $(PYTHON),$(PYTHON),$(error Sanlin needs Python 3.11 or newer, and there is none here)) -m scripts.setup
CHECKS = .venv/bin/python -m scripts.checks
STAGE ?=
PROGRAMME ?=
PORT ?= 8000
DEMO = .venv/bin/sanlin demo --port $(PORT) $(if $(STAGE),--stage $(STAGE)) $(if $(PROGRAMME),--programme $(PROGRAMME))

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test lint types unit unit-postgres office stories format messages lock assets setup-demo setup-test

help: ## what can be made here
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

demo: setup-demo ## a living street on http://127.0.0.1:8000; STAGE=vote opens the round at that stage, PROGRAMME=xishan a published one
	@exec $(DEMO)

demo-reset: setup-demo ## as `make demo`, from the beginning
	@exec $(DEMO) --fresh

test: setup-test ## every check: lint, types, units on SQLite and PostgreSQL, papers in LibreOffice, stories in a browser
	@exec $(CHECKS)

lint: setup-test ## style, floors and catalogues
	@exec $(CHECKS) style floors words

types: setup-test ## types and pending migrations
	@exec $(CHECKS) types migrations

unit: setup-test ## the unit tests on SQLite
	@exec $(CHECKS) sqlite

unit-postgres: setup-test ## the unit tests on a throwaway PostgreSQL
	@exec $(CHECKS) postgres

office: setup-test ## the papers of a street opened in LibreOffice; pictures in build/office
	@exec $(CHECKS) stories -k test_office

stories: setup-test ## the journeys in a real browser; pictures in build/screenshots; K=vote picks some
	@exec $(CHECKS) stories $(if $(K),-k "$(K)")

format: setup-test ## put the sources into the common form
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format .

messages: setup-test ## bring the catalogues up to the words on the screens
	@.venv/bin/python -m scripts.messages

lock: ## choose and pin the newest packages that pyproject.toml allows
	@$(SETUP) lock

assets: setup-demo ## compile the catalogues and collect the static files after a change

setup-demo:
	@$(SETUP) venv
	@$(SETUP) assets

setup-test:
	@$(SETUP) venv --dev
	@$(SETUP) assets
