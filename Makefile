# Everything a person or CI does with a checkout. `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/sh

VENV := .venv
BIN := $(VENV)/bin
RAPPORT := $(BIN)/rapport
PORT ?= 8000

.PHONY: help run build serve watch test quick lint format setup browser bench clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/\1 \2/' | while read -r name text; do printf '  make %-8s %s\n' "$$name" "$$text"; done

run: build ## Set everything up, build model, index and site, serve http://127.0.0.1:8000 (PORT=8001 for another port)
	$(RAPPORT) serve --port $(PORT)

build: setup ## Set everything up, build model, index and site
	$(RAPPORT) build

serve: build ## The same as run
	$(RAPPORT) serve --port $(PORT)

watch: build ## Serve, and rebuild the pages that you edit
	$(RAPPORT) serve --watch --port $(PORT)

test: lint browser build ## Set everything up and run every check and test, the browser ones included
	$(BIN)/rapport check
	$(BIN)/python -m pytest

quick: setup ## Check style and types, and run every test that needs neither a browser nor the model
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --numprocesses auto -m "not browser and not model"

lint: setup ## Check style and types of Python and JavaScript
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/node node_modules/eslint/bin/eslint.js --max-warnings 0 .
	for world in tsconfig.json tsconfig.worker.json tsconfig.tests.json; do $(BIN)/node node_modules/typescript/bin/tsc -p $$world || exit 1; done

format: setup ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

setup: $(VENV)/.done node_modules/.done ## Create the environment

# constraints.txt pins the whole tree, PIP_CONSTRAINT also what pip builds this package with. torch is pinned there too, but never by hash: its CPU and CUDA files differ.
$(VENV)/.done: pyproject.toml constraints.txt
	@python=$$(command -v python3.11 || command -v python3) || { echo "make: Python 3.11 is needed; install it and run make again" >&2; exit 2; }; \
	"$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "make: Python 3.11 is needed, $$python is $$("$$python" -V)" >&2; exit 2; }; \
	test -x $(BIN)/python || "$$python" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt pip
	PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[build,dev]'
	@touch $@

# Node.js itself comes from the package index, into the environment
node_modules/.done: package.json package-lock.json $(VENV)/.done
	$(BIN)/npm ci --silent --no-audit --no-fund
	@touch $@

browser: setup ## Make sure that there is a Chromium for the browser tests
	@$(BIN)/python scripts/find_browser.py --install

bench: build ## Measure search, cold questions, browser search and the site's growth: figures for benchmarks/*.md
	$(RAPPORT) eval --report benchmarks/search-quality.md
	$(BIN)/python benchmarks/ask.py
	$(BIN)/python benchmarks/site_build.py
	$(BIN)/python benchmarks/browser.py

clean: ## Remove everything that a build makes
	rm -rf $(VENV) node_modules site .site-* search_index/builds search_index/current
