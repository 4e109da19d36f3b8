# Everything here needs only make and python3 >= 3.11 with its venv module.
#   make demo     set up what the program needs, run it on the built-in case, write the report
#   make test     set up what developers need, run every check and all tests

VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --require-hashes
RUNTIME_STAMP := $(VENV)/.runtime-stamp
DEV_STAMP := $(VENV)/.dev-stamp
ONE_CORE := env OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1 \
	$(shell command -v taskset >/dev/null 2>&1 && echo taskset -c 0)
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock" --quiet

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo setup test test-long pytest lint types imports docs bench coverage lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(RUNTIME_STAMP) ## Run the program on the built-in case and write its report
	$(BIN)/detente demo

setup: $(DEV_STAMP) ## Create the environment developers work in

# One after the other, also under `make -j`; pytest last, so that its verdict closes the output.
test: $(DEV_STAMP) ## Run every check, build the documentation, then run all tests
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory docs
	@$(MAKE) --no-print-directory pytest

test-long: $(DEV_STAMP) ## Run all tests, those with ten times as many cases included
	$(BIN)/python -m pytest -m "long or not long"

pytest: $(DEV_STAMP) ## Run all tests but the long ones
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: $(DEV_STAMP) ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	find src -name '*.py' -exec $(BIN)/numpydoc lint {} +
	@$(MAKE) --no-print-directory types
	@$(MAKE) --no-print-directory imports

types: $(DEV_STAMP) ## Check types
	$(BIN)/python -m mypy

imports: $(DEV_STAMP) ## Check that imports point down only
	$(BIN)/lint-imports --no-logo

docs: $(DEV_STAMP) ## Build the documentation into docs/_build/html
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html

bench: $(DEV_STAMP) ## Measure the benchmarks, on one core
	$(ONE_CORE) $(BIN)/python -m benchmarks

# Compiled loops count on 64-bit numbers that wrap round; as Python, numpy warns of that.
coverage: $(DEV_STAMP) ## Measure which branches the tests take, compiled loops run as Python
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest --cov --cov-report=term-missing \
		-W "ignore:overflow encountered in scalar:RuntimeWarning"

lock: ## Renew requirements/*.txt (needs a network)
	python3 -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet uv
	$(VENV)-lock/bin/uv pip compile $(LOCK) --group build -o requirements/build.txt
	$(VENV)-lock/bin/uv pip compile $(LOCK) pyproject.toml -o requirements/runtime.txt
	$(VENV)-lock/bin/uv pip compile $(LOCK) pyproject.toml --group dev \
		-c requirements/runtime.txt -c requirements/build.txt -o requirements/dev.txt

clean: ## Remove the environment, caches and built files
	rm -rf $(VENV) $(VENV)-lock build dist docs/_build .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache .hypothesis .coverage htmlcov
	find src tests benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(BIN)/python:
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			if ! $$python -c 'import venv, ensurepip' 2>/dev/null; then \
				echo "detente: $$python lacks its venv module; on Debian: apt install python3-venv" >&2; \
				exit 1; \
			fi; \
			echo "Creating $(VENV) with $$($$python --version)"; \
			exec $$python -m venv $(VENV); \
		fi; \
	done; \
	echo "detente: no Python 3.11 or newer found (looked for python3, python3.14 to python3.11);" \
		"install one, or run: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; \
	exit 1

# Only the environment's existence matters here, not its age.
$(RUNTIME_STAMP): pyproject.toml requirements/build.txt requirements/runtime.txt | $(BIN)/python
	@echo "Installing detente and what it needs into $(VENV)"
	@$(INSTALL) -r requirements/build.txt -r requirements/runtime.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV_STAMP): $(RUNTIME_STAMP) requirements/dev.txt
	@echo "Installing the developers' tools into $(VENV)"
	@$(INSTALL) -r requirements/dev.txt
	@touch $@
