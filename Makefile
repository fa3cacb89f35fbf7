# Everything a developer does here is one of these commands. Each sets up what it needs first.
.DEFAULT_GOAL := help
PYTHONS := .venv/bin
# Named by content, so that a checkout that only changes times installs nothing.
INSTALLED := .venv/.installed-$(shell cat requirements.txt requirements-dev.txt | cksum | cut -d ' ' -f 1)
COMPILE := $(PYTHONS)/uv pip compile -q --no-emit-index-url --no-emit-find-links --python-version 3.13 \
	--prerelease=if-necessary-or-explicit

$(INSTALLED):
	@sh devstack/setup.sh $@

.PHONY: help run test unit coverage mutation chaos soak fuzz bench bench-quick clients lint format demo pictures docs release lock clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F '|' '{ printf "%-20s%s\n", $$1, $$2 }'

run: $(INSTALLED) ## start the app and everything it needs; PORT=7072 for another port, ARGS="--reload"
	@exec $(PYTHONS)/python -m devstack $(if $(PORT),--port $(PORT)) $(ARGS)

test: $(INSTALLED) ## run every test; ARGS="tests/unit -k wears" for some
	@$(PYTHONS)/python -m devstack.node
	@$(PYTHONS)/python -m devstack.browser
	@$(PYTHONS)/python -m tests $(ARGS)

coverage: $(INSTALLED) ## line and branch coverage of what is deployed, by every test, child processes too
	@$(PYTHONS)/python -m devstack.node
	@$(PYTHONS)/python -m devstack.browser
	@$(PYTHONS)/python -m coverage erase
	@PYTHONPATH=$(CURDIR) $(PYTHONS)/python -m coverage run -m tests $(ARGS)
	@$(PYTHONS)/python -m coverage combine -q
	@$(PYTHONS)/python -m tests.covered

mutation: $(INSTALLED) ## small mistakes in the core that no test notices; MUTANTS=100 of each package, SEED=1, SECONDS=1800
	@$(PYTHONS)/python -m devstack.node
	@$(PYTHONS)/python -m tests.mutation --mutants $(or $(MUTANTS),100) --seed $(or $(SEED),1) \
		--seconds $(or $(SECONDS),1800) $(ARGS)

unit: $(INSTALLED) ## run the unit tests only: no sockets, seconds
	@$(PYTHONS)/python -m pytest tests/unit $(ARGS)

chaos: $(INSTALLED) ## 2,000 taste events through kills and faults, with counts; EVENTS=500 for fewer
	@$(PYTHONS)/python -m devstack.node
	@CHAOS_EVENTS=$(or $(EVENTS),2000) CHAOS_PEOPLE=100 CHAOS_KILLS=20 CHAOS_SECONDS=900 \
		$(PYTHONS)/python -m pytest tests/chaos -s $(ARGS)

soak: $(INSTALLED) ## ten minutes of everything in bad weather, then invariants; SECONDS=600 SEED=1
	@$(PYTHONS)/python -m devstack.node
	@$(PYTHONS)/python -m tests.soak $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SEED),--seed $(SEED))

fuzz: $(INSTALLED) ## schemathesis over docs/openapi.json against the whole app, all phases; EXAMPLES=100 for more, SEED=1 for others
	@$(PYTHONS)/python -m devstack.node
	@FUZZ_PHASES=coverage,fuzzing,stateful FUZZ_EXAMPLES=$(or $(EXAMPLES),20) FUZZ_SECONDS=1800 \
		FUZZ_SEED=$(or $(SEED),20261124) $(PYTHONS)/python -m pytest tests/contract/test_fuzz.py -s $(ARGS)

bench: $(INSTALLED) ## every benchmark against its target, half an hour; writes docs/benchmarks.md; ARGS="--only cold"
	@$(PYTHONS)/python -m devstack.node
	@$(PYTHONS)/python -m bench $(ARGS)

bench-quick: $(INSTALLED) ## smaller forms of all benchmarks, under two minutes
	@$(PYTHONS)/python -m devstack.node
	@$(PYTHONS)/python -m bench --quick $(ARGS)

lint: $(INSTALLED) ## ruff and mypy, as CI runs them
	@$(PYTHONS)/ruff check .
	@$(PYTHONS)/ruff format --check .
	@$(PYTHONS)/mypy

format: $(INSTALLED) ## let ruff format and fix what it can
	@$(PYTHONS)/ruff check --fix .
	@$(PYTHONS)/ruff format .

demo: $(INSTALLED) ## the README's walk-through against a running stack; URL=http://127.0.0.1:7071
	@$(PYTHONS)/python -m devstack.demo $(if $(or $(URL),$(PLUCKIT)),--url $(or $(URL),$(PLUCKIT)))

pictures: $(INSTALLED) ## the console's journey in a browser, and its pictures for docs/console.md
	@$(PYTHONS)/python -m devstack.node
	@$(PYTHONS)/python -m devstack.browser
	@CONSOLE_PICTURES=docs/console $(PYTHONS)/python -m pytest tests/e2e/test_console.py $(ARGS)

docs: $(INSTALLED) ## write docs/openapi.json, the settings tables, the garments' picture and infra/containers.json again
	@$(PYTHONS)/python -m devstack.openapi
	@$(PYTHONS)/python -m devstack.settings_page
	@$(PYTHONS)/python -m devstack.garments_page
	@$(PYTHONS)/python -m devstack.infrastructure

clients: $(INSTALLED) ## generate the TypeScript and the Python client into build/clients
	@$(PYTHONS)/python -m devstack.clients

release: $(INSTALLED) ## promise clients what docs/openapi.json says now; only where the version moves
	@$(PYTHONS)/python -m devstack.openapi --release

lock: $(INSTALLED) ## compile requirements*.txt and package-lock.json again
	@$(COMPILE) requirements.in -o requirements.txt
	@$(COMPILE) requirements-dev.in -o requirements-dev.txt
	@$(PYTHONS)/npm --prefix devstack install --package-lock-only --omit-lockfile-registry-resolved

clean: ## remove everything made here, the devstack's data too; local.settings.json stays
	@if [ -x .venv/bin/python ] && [ -d .devstack ]; then .venv/bin/python -m devstack clean; fi
	@rm -rf .venv .devstack devstack/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .schemathesis .coverage* mutants htmlcov build photo.json metadata.json cutout.webp
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "clean"
