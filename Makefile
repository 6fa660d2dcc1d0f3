# Everything sets itself up: the first target you call makes .venv.
PYTHON ?= python3
# Installed first, so that no looser requirement pulls a build for accelerators that are not there.
TORCH ?= torch==2.13.0
MODEL ?= reference
DATA ?= programs
OUT ?= runs/$(notdir $(MODEL))
# Models this small run faster in float32 where the processor has no bfloat16 arithmetic.
DTYPE ?= $(if $(filter reference planted,$(MODEL)),--dtype float32)
BIN := .venv/bin
# The tests run as many processes as there are cores: one thread in each.
ONE_THREAD := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false

.PHONY: study test test-fast test-slow check bench clean

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet "$(TORCH)"
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	@touch $@

study: .venv/ready  ## everything of one paper, small: make study [MODEL=... DATA=...]
	$(BIN)/neuroglot study concept-space --model "$(MODEL)" --data "$(DATA)" --profile quick \
	  --tokens-per-language 7000 --eval-tokens 1000 --items 3 $(DTYPE) --out "$(OUT)"

test: test-fast test-slow  ## every test, fast ones first

test-fast: .venv/ready
	$(ONE_THREAD) $(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not slow and not browser"

test-slow: .venv/ready
	$(ONE_THREAD) $(BIN)/python -m pytest -q -n 2 --dist loadgroup -m "slow or browser"

check: .venv/ready  ## lint, format, types, import contract, spelling; prints the size budgets
	$(BIN)/ruff check src tests benchmarks tools
	$(BIN)/ruff format --check src tests benchmarks tools
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/commands.py --check
	$(BIN)/codespell src tests docs benchmarks tools README.md CHANGELOG.md
	$(BIN)/python tools/budgets.py

bench: .venv/ready  ## python -m benchmarks NAME; the peers need pip install -e '.[peers]'
	$(BIN)/python -m benchmarks record

clean:
	rm -rf .venv build dist
