# Every verb of this project. `make help` lists them.

PYTHON ?= python3
BIN := .venv/bin
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile -q --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url $(UPGRADE) pyproject.toml --group install

# What was compiled once is kept, whatever the environment says: a second start takes a second.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check lock bench soak shots translations migration clean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-14s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.done ## serve the demonstration community on this machine (AKAR_* are honoured)
	@$(BIN)/python -m web.cli serve --demonstration

test: .venv/.done-tests ## everything that must pass, in about twenty-five minutes
	@$(BIN)/python -m tests.tools.stages test

check: .venv/.done-tests ## the fast part of it, in three minutes, for while you work
	@$(BIN)/python -m tests.tools.stages check

lock: .venv/.done ## pin and hash the dependencies anew (UPGRADE=--upgrade takes newer ones)
	$(COMPILE) -o requirements.lock
	$(COMPILE) --group test --constraint requirements.lock -o requirements-test.lock

bench: .venv/.done-tests ## measure, one JSON object a line (ONLY=name for one of them)
	@$(BIN)/python -m tests.bench $(ONLY)

soak: .venv/.done-tests ## what goes wrong seldom: misfortunes, any order of deeds (MINUTES=5 CLIENTS=200 EVERY=4 ORDERS=500 EXAMPLES=10000)
	@$(BIN)/python -m tests.bench.recounting $(or $(EXAMPLES),10000)
	@$(BIN)/python -m tests.bench.any_order $(or $(ORDERS),500)
	@$(BIN)/python -m tests.bench.soak $(or $(MINUTES),5) $(or $(CLIENTS),200) $(or $(EVERY),4)

shots: .venv/.done-tests ## screenshots of every page into shots/ (ONLY="--role member --page topic")
	@$(BIN)/python -m tests.tools.shots $(ONLY)

translations: .venv/.done-tests ## collect the texts of the code into web/locale
	@$(BIN)/python -m tests.tools.translations

migration: .venv/.done-tests ## write a migration from what the models have become (m="add a column")
	@test -n "$(m)" || { echo 'say what it does: make migration m="add a column"'; exit 2; }
	@mkdir -p .akar && rm -f .akar/migration.db
	AKAR_DATABASE_URL=sqlite:///.akar/migration.db $(BIN)/alembic upgrade head
	AKAR_DATABASE_URL=sqlite:///.akar/migration.db $(BIN)/alembic revision --autogenerate -m "$(m)"

clean: ## remove all that make has made, but no data
	rm -rf .venv shots .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv/.done: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "AKAR needs Python 3.11 or newer.")'
	$(PYTHON) -m venv .venv
	@sed -n '/^uv==/,/# via/p' requirements.lock > .venv/uv.txt # the installer, as locked and hashed as the rest
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r .venv/uv.txt
	$(call install,requirements.lock)
	@rm -f .venv/.done-tests; touch $@

.venv/.done-tests: .venv/.done requirements-test.lock
	$(call install,requirements-test.lock)
	@touch $@

# The second line makes $(BIN)/akar: a link to this checkout, built by what uv brings along.
define install
$(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes $(1)
$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --offline --editable .
endef
