# Everything a person or CI does with a checkout. `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/sh

BIN := .venv/bin
RAPPORT := $(BIN)/rapport
PORT ?= 8000

.PHONY: help run build serve watch test quick lint format setup browser bench clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/\1 \2/' | while read -r name text; do printf '  make %-8s %s\n' "$$name" "$$text"; done

# what is asked for is looked at before anything is installed or built
run serve watch: LOOK = --port $(PORT)

run: build ## Set everything up, build model, index and site, serve http://127.0.0.1:8000 (PORT=8001 for another port)
	$(RAPPORT) serve --port $(PORT)

build: setup ## Set everything up, build model, index and site
	RAPPORT_PHASES_BEFORE=3 $(RAPPORT) build

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

# any Python can look for one that fits, and says what is wrong
setup: ## Create the environment, or mend it
	@python=$$(command -v python3 || command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3.14 || command -v python) || { echo "make: Python 3.11 to 3.14 is needed; install it and run make again" >&2; exit 2; }; \
	"$$python" scripts/set_up.py $(LOOK)

browser: setup ## Make sure that there is a Chromium for the browser tests
	@$(BIN)/python scripts/find_browser.py --install

bench: build ## Measure search, cold questions, browser search and the site's growth: figures for benchmarks/*.md
	$(RAPPORT) eval --report benchmarks/search-quality.md
	$(BIN)/python benchmarks/ask.py
	$(BIN)/python benchmarks/site_build.py
	$(BIN)/python benchmarks/browser.py

clean: ## Remove everything that setting up and building made here, and name what lies elsewhere
	@python=$$(command -v python3 || command -v python) && "$$python" scripts/set_up.py --clean
