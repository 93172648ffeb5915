# Everything a newcomer needs: `make demo` and `make test` on a fresh clone. `make` alone lists the rest.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && exit; done; echo python3)
VENV := .venv/bin
TESTS ?=
# Tests of the first tiers share nothing and run side by side. Those of the last two, with processes, gateway and browser,
# run one after the other, each tier beside the rest, because they wait half of their time. What they say is printed at
# the end.
SIDE_BY_SIDE := tests/unit tests/contract tests/database tests/simulation
IN_TURN := broker journey
LOGS := .portico/logs

.DEFAULT_GOAL := help
.PHONY: help setup setup-development up down demo test test-fast soak check lint bench logs status assets peers contracts \
	code-lists manifests service lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

setup: ## Install what the portal runs on (virtual environment, Kafka, front-end files)
	@$(PYTHON) tools/setup.py

setup-development: ## Install what tests, lints and benches need besides
	@$(PYTHON) tools/setup.py development

up: setup ## Start the portal in the background (SPLIT=claims,notifier: separate api, worker, relay; CONTRACT=contract-dme.toml)
	@$(if $(CONTRACT),PORTICO_CONTRACT_FILE="$(CONTRACT)") $(VENV)/python -m deploy.local up --split "$(SPLIT)" --only "$(ONLY)"

down: ## Stop the portal
	@if [ -x $(VENV)/python ]; then $(VENV)/python -m deploy.local down; else echo "The portal is not running."; fi

demo: up ## Start the portal, walk a provider through it and leave it running
	@$(VENV)/python -m tools.demo

test: setup-development ## Run every test tier (TESTS=tests/unit/claims narrows it)
ifdef TESTS
	@$(VENV)/python -m pytest $(TESTS)
else
	@mkdir -p $(LOGS); status=0; beside=; \
	for tier in $(IN_TURN); do \
		$(VENV)/python -m pytest tests/$$tier > $(LOGS)/tests-$$tier.log 2>&1 & beside="$$beside $$!"; \
	done; \
	trap 'kill $$beside' INT TERM; \
	$(VENV)/python -m pytest -n 4 $(SIDE_BY_SIDE) || status=1; \
	for each in $$beside; do wait $$each || status=1; done; \
	cat $(IN_TURN:%=$(LOGS)/tests-%.log); \
	exit $$status
endif

test-fast: setup-development ## Run the unit and the simulation tier
	@$(VENV)/python -m pytest tests/unit tests/simulation

soak: setup-development ## Run the simulation tier with many seeds (SEEDS=500; TESTS=tests/simulation/test_journey_converges.py narrows it)
	@PORTICO_SEEDS="$(or $(SEEDS),500)" $(VENV)/python -m pytest -n logical $(or $(TESTS),tests/simulation)

check: lint test ## Lint, types, walls and tests: what CI runs

lint: setup-development ## Check style, types and walls
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/codespell -D- -D tools/words.txt
	@$(VENV)/mypy
	@$(VENV)/lint-imports

bench: setup-development ## Run the benches (NAME=relay runs one), one line each; AGAINST=<revision> compares, by turns
	@$(VENV)/python -m bench $(NAME) $(if $(AGAINST),--against "$(AGAINST)") $(if $(ROUNDS),--rounds "$(ROUNDS)")

logs: ## Follow the log of the portal (NAME=claims: of one process)
	@$(VENV)/python -m deploy.local logs $(NAME)

status: ## Show how each process stands
	@$(VENV)/python -m deploy.local status

assets: setup ## Build the front-end files again where they changed
	@$(VENV)/python -m tools.assets

peers: setup-development ## Let readers of others judge what the portal writes (docs/peers.md; needs Java, Maven and Go)
	@$(VENV)/python -m tools.peers

contracts: setup-development ## Write what follows from the code: schemas and samples in contracts/, the routes of the gateway
	@$(VENV)/python -m tools.contracts

code-lists: setup-development ## Bring the code lists up to a publication: make code-lists FILE=… (see tools/code_lists.py)
	@test -n "$(FILE)" || { echo "Give the publication: make code-lists FILE=list.csv" >&2; exit 2; }
	@$(VENV)/python -m tools.code_lists "$(FILE)"

manifests: setup-development ## Print the manifests of a cluster (SITE=…, CONTRACT=…; see deploy/k8s/README.md)
	@$(VENV)/python -m deploy.k8s $(if $(SITE),--site $(SITE)) $(if $(CONTRACT),--contract $(CONTRACT))

service: setup-development ## Make a new service: make service name=…
	@test -n "$(name)" || { echo "Give the name of the service: make service name=enrollment" >&2; exit 2; }
	@$(VENV)/python -m tools.new_service "$(name)"

lock: setup-development ## Choose new versions of all packages and write requirements/*.lock
	@$(VENV)/python -m pip install --quiet uv
	@for set in portico development; do $(VENV)/uv pip compile --quiet --upgrade --generate-hashes \
		--no-emit-index-url --universal --python-version 3.11 requirements/$$set.in -o requirements/$$set.lock; done

clean: down ## Stop the portal and forget all its data (what was installed stays)
	@$(VENV)/python -m deploy.local clean
