# Every command a person, a commit hook or CI runs. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
PREFIX ?= $(HOME)/.local
# Where torch comes from, e.g. https://download.pytorch.org/whl/cpu. Empty: chosen by
# scripts/install_packages.sh (the CPU build where the machine has no NVIDIA GPU).
TORCH_INDEX ?=
export TORCH_INDEX

# ruff reads the rooms through the links, so that it knows them as lsfs.mount and so on.
CODE := lsfs lsfs/mount lsfs/indexer lsfs/prompts scripts tests

.PHONY: help setup system install uninstall demo test test-system check format lint types contracts bench docs clean

help: ## list these targets
	@echo "Usage: make TARGET [PYTHON=python3] [TORCH_INDEX=URL] [PREFIX=DIR]"; echo
	@sed -nE 's/^([a-z]+):.*## (.*)/  \1|\2/p' $(MAKEFILE_LIST) | \
	  while IFS='|' read -r name text; do printf '%-12s %s\n' "$$name" "$$text"; done

setup: system $(STAMP) ## system packages, .venv and everything in it; fast when nothing changed

system: # libfuse, through the system's package manager, where it is missing
	@PYTHON="$(PYTHON)" scripts/system_packages.sh

$(STAMP): setup.cfg constraints.txt
	@PYTHON="$(PYTHON)" scripts/install_packages.sh $(VENV) --editable '.[dev]'
	@touch $@

# mount(8) looks for helpers in /sbin alone, and runs them as root: nobody else's program is put there.
install: system ## lsfs for this user: PREFIX/share/lsfs/venv, linked as PREFIX/bin/lsfs
	@rm -rf build
	@PYTHON="$(PYTHON)" scripts/install_packages.sh "$(PREFIX)/share/lsfs/venv" .
	@mkdir -p "$(PREFIX)/bin"
	@for name in lsfs mount.fuse.lsfs; do \
	  ln -sfn "$(PREFIX)/share/lsfs/venv/bin/$$name" "$(PREFIX)/bin/$$name"; done
	@if [ "$$(id -u)" = 0 ]; then scripts/mount_helper.sh "$(PREFIX)/bin/mount.fuse.lsfs"; fi
	@echo "installed: $(PREFIX)/bin/lsfs"
	@echo "for 'import lsfs': $(PREFIX)/share/lsfs/venv/bin/python"
	@case ":$$PATH:" in *":$(PREFIX)/bin:"*) ;; \
	  *) echo "note: $(PREFIX)/bin is not on your PATH" ;; esac

uninstall: ## what `make install` with the same PREFIX made; roots and their versions stay
	@if [ "$$(readlink /sbin/mount.fuse.lsfs)" = "$(PREFIX)/bin/mount.fuse.lsfs" ]; then \
	  rm /sbin/mount.fuse.lsfs; fi
	@rm -rf "$(PREFIX)/share/lsfs" "$(PREFIX)/bin/lsfs" "$(PREFIX)/bin/mount.fuse.lsfs"

demo: setup ## the main job from end to end, on a generated sample folder
	@$(BIN)/python scripts/demo.py

test-system: # what only the tests need of the system, where it is missing
	@PYTHON="$(PYTHON)" scripts/system_packages.sh test

test: setup test-system ## set up, check, and run the tests
	@$(MAKE) check
	@$(BIN)/pytest --numprocesses 2 --dist worksteal $(ARGS)

check: lint types contracts docs ## lint, types, contracts, docs

format: $(STAMP) ## rewrite the code in the house format
	@$(BIN)/ruff check --quiet --fix-only $(CODE)
	@$(BIN)/ruff format --quiet $(CODE)

lint: $(STAMP) ## ruff: rules and format
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)

types: $(STAMP) ## mypy, strict
	@$(BIN)/mypy

contracts: $(STAMP) ## import-linter: which module may import which
	@$(BIN)/lint-imports

bench: setup ## measure this machine (docs/benchmarks.md says what)
	@$(BIN)/python scripts/bench.py $(ARGS)

docs: $(STAMP) ## every link in the documentation leads somewhere
	@$(BIN)/python scripts/check_docs.py

clean: ## remove builds and caches (not .venv)
	@rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache \
	  .hypothesis .coverage .coverage.* htmlcov
	@find lsfs mount indexer prompts scripts tests -name __pycache__ -type d -prune -exec rm -rf {} +
