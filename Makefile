# Two commands do all the set-up on a fresh machine with python3:
#   make demo   draws a sample scene, finds something in it, writes ./demo; without torch
#   make test   installs what the tests need, torch too, and runs every test but those
#               inside QGIS
#   make test-qgis   the plugin inside QGIS; installs QGIS where it may (scripts/qgis_setup)
#   make weights DATA=folder   repeats the training of the shipped weights (scripts/weights/
#                make_weights.py); TEXT=MiniLM's folder, or default; STEPS=2 rehearses
# PYTHON=python3.12 chooses another interpreter, VENV=folder another environment.

PYTHON ?= python3
VENV ?= .venv
WORK ?= runs/weights
export PYTHON VENV

.PHONY: demo test test-qgis check weights clean

demo: $(VENV)/.installed
	$(VENV)/bin/rrsis-geo demo demo --overwrite

test: $(VENV)/.installed-dev
	$(VENV)/bin/python -m pytest

test-qgis: $(VENV)/.installed-dev
	scripts/test_qgis

check: $(VENV)/.installed-dev
	scripts/check

$(VENV)/.installed: pyproject.toml constraints.txt scripts/setup
	scripts/setup

$(VENV)/.installed-dev: pyproject.toml constraints.txt scripts/setup
	scripts/setup dev

weights: $(VENV)/.installed-dev
	$(VENV)/bin/python scripts/weights/make_weights.py "$(DATA)" --work "$(WORK)" \
	    $(if $(TEXT),--text "$(TEXT)") $(if $(ONLY),--only $(ONLY)) \
	    $(if $(STEPS),--steps $(STEPS))

clean:
	rm -rf $(VENV) .venv-light .venv-qgis .venv-qt6 demo build dist ./*.egg-info .pytest_cache .ruff_cache .mypy_cache
