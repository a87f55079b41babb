# tthc-monitor: make run · demo · test · check · bench · bundle · install
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
# A folder wheels/ beside this file (it comes with the bundle) serves an installation without a network.
PIP_FROM := $(if $(wildcard wheels),--no-index --find-links wheels)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes $(PIP_FROM)

.PHONY: help run demo test check bench bundle install uninstall lock clean

help:
	@echo "make run     start the daemon; until tthc go-live a trial: no letter leaves this machine"
	@echo "make demo    the product in a minute, on a simulated portal"
	@echo "make test    all tests    make check   style, types, rules    make bench   speed, as ratios"
	@echo "make bundle  one archive that installs without a network"
	@echo "make install  as root: a systemd service with watchdog and daily backup in /opt/tthc-monitor; again: upgrade"

run: $(VENV)/installed
	@$(BIN)/tthc run

demo: $(VENV)/installed
	@$(BIN)/tthc demo

test: $(VENV)/developed
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/servers-for-tests
	@$(BIN)/python -m pytest --numprocesses=5 --dist=loadfile

check: $(VENV)/developed
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet . && echo "ruff: clean"
	@$(BIN)/mypy
	@$(BIN)/python -m pytest tests/rules

bench: $(VENV)/developed
	@$(BIN)/python -m bench

bundle: $(VENV)/installed
	@scripts/bundle

install:
	@scripts/install

uninstall:
	@scripts/uninstall

lock: $(VENV)/developed
	@scripts/lock

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	@scripts/make-venv $(VENV)

$(VENV)/installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing what requirements.lock names into $(VENV) …"
	@$(PIP) -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation --editable .
	@touch $@

$(VENV)/developed: requirements-dev.lock $(VENV)/installed
	@$(PIP) -r requirements-dev.lock
	@touch $@
