# Each target is one subcommand of tools/dev.py; on Windows run `python tools/dev.py lab` directly.
#   make lab [PORT=8890] [NO_BROWSER=1]    make test [STAGES="ruff pytest"]    PYTHON=python3.12 chooses the Python
PYTHON ?= python3
export PORT NO_BROWSER STAGES

.DEFAULT_GOAL := help
.PHONY: help lab test test-gpu lint format notebooks release book size clean

help:  ## what can be made
	@$(PYTHON) tools/dev.py --help

lab test test-gpu lint format notebooks release book size clean:
	@$(PYTHON) tools/dev.py $@
