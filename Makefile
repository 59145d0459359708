# PYTHON names the Python that makes .venv; all else runs with .venv's own.
PYTHON ?= python3
VENV := .venv/bin
# Much of it waits, for a browser or a lease: three workers keep two cores busy. What a file starts,
# it starts once.
PYTEST_ARGS ?= -n 3 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run test lint bench faults

help: ## что можно сделать / what can be done
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

run: ## запустить всё: PORT (8000), EFIR_DATA_DIR (instance/), LOG=1 / run everything
	@$(PYTHON) deploy/local.py run

test: ## все тесты: PYTEST_ARGS, REQUIRE_ALL=1 / all the tests
	@$(PYTHON) deploy/local.py install test
	@$(VENV)/python -m pytest $(PYTEST_ARGS)

lint: ## формат, ошибки, типы, границы, переводы / format, lint, types, imports, translations
	@$(PYTHON) deploy/local.py install test lint
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/flask --app wsgi translations-check

bench: ## сравнительные замеры / the benchmarks
	@$(PYTHON) deploy/local.py install test
	@$(VENV)/python -m bench

faults: ## сбои по-настоящему: SEED, FAULTS=6,18, DATABASES=sqlite / the fault injection
	@$(PYTHON) deploy/local.py install test
	@$(VENV)/python -m tests.faults
