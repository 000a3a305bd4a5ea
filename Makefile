# Everything is installed from uv.lock into .venv; uv itself comes from the package index when it is absent.
UV_TOOL := .venv-uv/bin/uv
UV := $(shell command -v uv 2>/dev/null || echo $(UV_TOOL))
export UV_LINK_MODE ?= copy
# Once at the installation, and not by the first close, or by every one where Python may not write it.
export UV_COMPILE_BYTECODE ?= 1

.PHONY: setup demo test test-all programs test-programs fuzz lint bench bench-real-size bench-intake clean

setup: .venv/.installed

$(UV_TOOL):
	python3 -m venv .venv-uv
	.venv-uv/bin/pip install --quiet --disable-pip-version-check "uv>=0.9"

.venv/.installed: pyproject.toml uv.lock | $(if $(filter $(UV_TOOL),$(UV)),$(UV_TOOL))
	$(UV) sync --locked
	@touch $@

# 13 months of a synthetic programme at scale 1:100, to the repayment of its notes, under ./data.
demo: setup
	.venv/bin/tapehouse demo

test: setup
	.venv/bin/pytest --numprocesses=auto

# The slow tests too.
test-all: setup
	.venv/bin/pytest --numprocesses=auto -m "not programs"

# What a report's reader opens its files with: Debian packages, which no other target needs.
programs:
	apt-get update -qq
	apt-get install -qq -y --no-install-recommends chromium libreoffice-calc fonts-wqy-microhei

# Every page in Chromium, by keyboard, on a phone and before axe; workbooks recalculated in LibreOffice.
test-programs: setup
	.venv/bin/pytest -m programs tests/flows/programs

# Readers and casting on inputs that atheris makes, so many seconds a target; its corpus and what it finds are kept in ./fuzz.
FUZZ_SECONDS ?= 15
FUZZ_TARGETS := read_file cast_cell read_control draft
fuzz: setup
	@mkdir -p fuzz
	for target in $(FUZZ_TARGETS); do \
		(cd fuzz && PYTHONPATH=.. ../.venv/bin/python -m tests.fuzz $$target $(FUZZ_SECONDS)) || exit 1; \
	done

lint: setup
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/pyright
	.venv/bin/lint-imports
	.venv/bin/sqlfluff lint sql/models

# `waterfall-py`, which pay_notes compares with, installs a package `waterfall` over our folder's name.
.venv-bench/.installed: pyproject.toml uv.lock | .venv/.installed
	UV_PROJECT_ENVIRONMENT=.venv-bench $(UV) sync --locked --only-group bench
	@touch $@

# A month of 1,000,000 loans, timed stop by stop against DuckDB alone turning the same file into Parquet;
# then notes paid in 1 to 10,000 scenarios, against waterfall-py; then loans projected; then a draw from
# 20,000,000 loans against DuckDB sorting them; then which dirt of a synthetic tape the rules catch,
# and what it costs to take 1,000,000 rows in.
bench: setup .venv-bench/.installed
	.venv/bin/python -m tests.bench.close_month
	.venv/bin/python -m tests.bench.pay_notes
	.venv/bin/python -m tests.bench.project_pool
	.venv/bin/python -m tests.bench.draw
	.venv/bin/python -m tests.bench.detection
	.venv/bin/python -m tests.bench.intake

# The same month at the size of the real programme's book, which takes 7 minutes and 25 GiB of disk.
bench-real-size: setup
	.venv/bin/python -m tests.bench.real_size

# A tape of 10,000,000 rows taken in, as CSV and as Parquet.
bench-intake: setup
	.venv/bin/python -m tests.bench.intake 10000000

clean:
	rm -rf .venv .venv-uv .venv-bench data bench fuzz sql/target sql/logs
