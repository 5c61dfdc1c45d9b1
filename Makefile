# `make run` and `make test` are all one needs; each first installs what it is missing.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# More than CI has cores: tests that start processes and browsers wait a good part of their time.
WORKERS ?= 4
COMPILE := $(BIN)/python -m compileall -q bot flows storage
# What reading the questions comes to is kept, as compiled modules are: the first who asks waits for neither.
READ := $(BIN)/cais ask 'what is the deadline?' > /dev/null
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet -c constraints.txt

.PHONY: help install run test kills chaos replicas fuzz simulate check audit bench soak bench-page bench-questions bench-documents bench-exports bench-reminders bench-summaries bench-home pictures lint types migration
.DEFAULT_GOAL := help

help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

install: $(VENV)/.installed ## The cais command, in .venv/bin/cais

run: $(VENV)/.installed ## The bot: with Slack's tokens in Slack, without any in a sandbox on this machine
	@exec $(BIN)/cais run

# Kept, what pytest makes of the tests' modules is not made by each worker in each run: half of what beginning takes.
test: $(VENV)/.installed-for-tests ## All tests
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

kills: $(VENV)/.installed-for-tests ## The bot killed fifty times over each transport while people click: nothing acknowledged is lost
	KILLS=$${KILLS:-50} $(BIN)/python -m pytest tests/e2e/test_kills.py -q -s

chaos: $(VENV)/.installed-for-tests ## Ten minutes (MINUTES) of everything going wrong around two replicas: nothing is lost, nothing is said twice
	MINUTES=$${MINUTES:-10} $(BIN)/python -m pytest tests/e2e/test_chaos.py -q -s

replicas: $(VENV)/.installed-for-tests ## Two and four replicas (REPLICAS) on one PostgreSQL: one is killed, all are restarted, everything is said once
	$(BIN)/python -m pytest tests/e2e/replicas.py -q -s

fuzz: $(VENV)/.installed-for-tests ## 10,000 hostile strings through every door that takes words or documents
	FUZZ=$${FUZZ:-10000} $(BIN)/python -m pytest -q -k "hostile or any_string or random_bytes or hides" \
	  tests/bot/test_hostile_questions.py tests/bot/test_documents.py tests/bot/test_reading.py tests/flows/questions

simulate: $(VENV)/.installed-for-tests ## Years of 200 firms, with everything going wrong: what was sent beside what an oracle expects
	$(BIN)/python -m tests.simulation $${FIRMS:-200} $(WORKERS)

check: ## Everything CI looks at: format, lint, types, imports, manifest, tests
	.ci/run

bench: $(VENV)/.installed-for-tests ## Speed against a bare Bolt app, in under eight minutes on a machine with nothing else to do
	$(BIN)/python -m tests.benchmarks

soak: $(VENV)/.installed-for-tests ## Half an hour of mixed load, or MINUTES, and how memory fares meanwhile
	$(BIN)/python -m tests.benchmarks.soak

bench-page: $(VENV)/.installed-for-tests ## How soon the page paints, and how long a click takes until its new card stands there
	$(BIN)/python -m tests.benchmarks.page

pictures: $(VENV)/.installed-for-tests ## The pictures of README and docs, drawn afresh from the real bot
	$(BIN)/python -m tests.e2e.pictures

bench-questions: $(VENV)/.installed-for-tests ## Speed of an answer, beside a raw full-text query
	$(BIN)/python -m tests.benchmarks.questions

bench-documents: $(VENV)/.installed-for-tests ## Searching and reading a firm's documents, against bare FTS5 and the parser alone
	$(BIN)/python -m tests.benchmarks.documents

bench-exports: $(VENV)/.installed-for-tests ## Every file of 300 firms, one firm's packet, and memory over a hundred exports
	$(BIN)/python -m tests.benchmarks.exports

bench-reminders: $(VENV)/.installed-for-tests ## Claiming, planning and sending reminders, against the same done bare; ROWS and FIRMS make it smaller
	$(BIN)/python -m tests.benchmarks.reminders
	$(BIN)/python -m tests.benchmarks.sending

bench-summaries: $(VENV)/.installed-for-tests ## A summary of one firm and of 300, and each filter; FIRMS makes it smaller
	$(BIN)/python -m tests.benchmarks.summaries

bench-home: $(VENV)/.installed-for-tests ## Home of somebody with 300 firms and with 10,000, against the statement alone; FIRMS and MANY make it smaller
	$(BIN)/python -m tests.benchmarks.home

audit: ## Known holes in the pinned packages, as PyPI lists them: this one wants the network
	$(PYTHON) -m venv $(VENV)/audit
	$(VENV)/audit/bin/pip --disable-pip-version-check install --quiet pip-audit
	$(VENV)/audit/bin/pip-audit --strict --no-deps --disable-pip -r constraints.txt

lint: $(VENV)/.installed-for-tests ## Format and lint, mending what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/lint-imports

types: $(VENV)/.installed-for-tests ## Types
	$(BIN)/mypy

migration: $(VENV)/.installed-for-tests ## A new migration: make migration m="firm preferences"
	@test -n "$(m)" || { echo 'Say what it is for: make migration m="firm preferences"'; exit 2; }
	$(BIN)/python -m storage.migrate "$(m)"

# A stamp is newer than what it was made from, so that the next start installs nothing.
$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo 'Installing packages, once: about half a minute.'
	@$(PIP) -e '.[pdf,postgres]'
	@$(COMPILE)
	@$(READ)
	@touch $@

$(VENV)/.installed-for-tests: pyproject.toml constraints.txt | $(BIN)/python
	@echo 'Installing packages for the tests, once: about a minute.'
	@$(PIP) -e '.[pdf,postgres,test]'
	@$(COMPILE)
	@$(READ)
	@touch $(VENV)/.installed $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed. If you have it under another name: make PYTHON=python3.12 run"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { \
	  rm -rf $(VENV); echo "Python's venv is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 2; }
