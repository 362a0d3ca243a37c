# make run   opens the app          make test   runs every test
# Everything lands in .venv; `make help` lists the rest.

PYTHON3 ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.10; do \
  $$p -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; \
  done || echo python3)
PIP_ARGS ?=#     e.g. --extra-index-url https://download.pytorch.org/whl/cpu
PYTEST_ARGS ?=#  e.g. -k canvas -x
ARGS ?=#         for run, train, evaluate and bench

# Real data, if it lies beside the project; else inkdigit_train uses your own, or downloads MNIST.
SIBLING := $(wildcard $(abspath ../shared/data))
ifneq ($(SIBLING),)
export INKDIGIT_DATA ?= $(SIBLING)
endif

PYTHON310 ?= python3.10
VENV := .venv
LOWEST := .venv-lowest
PYTHON := $(VENV)/bin/python
INSTALL := $(PYTHON) -m pip install --quiet --disable-pip-version-check -c constraints.txt $(PIP_ARGS)
NO_WINDOW := 69  # what the app exits with where there is no display (EX_UNAVAILABLE of sysexits.h)

.DEFAULT_GOAL := help
.PHONY: help run test check format train evaluate bench bench-app compare screenshots wheel clean

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.app  ## Open the app; with no display, read the samples instead
	@$(PYTHON) -m inkdigit_app $(ARGS) || { \
	  status=$$?; [ $$status -eq $(NO_WINDOW) ] || exit $$status; \
	  echo "Reading the samples instead: python -m inkdigit samples/seven.png samples/three.png samples/four.json"; \
	  $(PYTHON) -m inkdigit samples/seven.png samples/three.png samples/four.json; }

# Two processes of one thread, each with a desktop of its own: many tests wait for a window.
test: $(VENV)/.dev  ## Run every test
	@bash tests/mobile/install_display.sh
	OMP_NUM_THREADS=1 $(PYTHON) -m pytest -n 2 --dist loadfile $(PYTEST_ARGS)

coverage: $(VENV)/.dev  ## Run the runtime's tests and tell which of its lines and branches they reach
	$(PYTHON) -m pytest tests/runtime --cov --cov-report=json --cov-report=term $(PYTEST_ARGS)
	@$(PYTHON) -c "import json; t = json.load(open('coverage.json'))['totals']; \
	  print(f\"branches: {t['covered_branches']} of {t['num_branches']}, {t['covered_branches'] / t['num_branches']:.1%}\")"

check: $(VENV)/.dev  ## Lint, formatting, types
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy

format: $(VENV)/.dev  ## Format, and mend what the linter can
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

train: $(VENV)/.dev  ## Train three seeds, export, evaluate: make the artifact again
	$(PYTHON) -m inkdigit_train reproduce $(ARGS)

evaluate: $(VENV)/.dev  ## Measure the exported model
	$(PYTHON) -m inkdigit_train evaluate $(ARGS)

bench: $(VENV)/.dev  ## Measure speed, memory and size; figures and plot into build/bench
	$(PYTHON) tests/bench/bench.py --json build/bench/bench.json --plot build/bench/growth.png $(ARGS)

bench-app: $(VENV)/.dev  ## Measure the app in its window
	@bash tests/mobile/install_display.sh
	$(PYTHON) tests/bench/app_bench.py $(ARGS)

compare: $(VENV)/.dev  ## Read the data folder with other readers too; table into docs/compare.md (downloads them)
	$(PYTHON) tests/bench/compare.py --table docs/compare.md $(ARGS)

screenshots: $(VENV)/.dev  ## Take docs/screenshots again, from the running app
	@bash tests/mobile/install_display.sh
	$(PYTHON) tests/mobile/screenshots.py $(ARGS)

wheel: $(VENV)/.wheel  ## Build the runtime's wheel into dist/, and try it in an environment of its own
	$(PYTHON) -m pip wheel --quiet --no-deps --wheel-dir dist .
	$(PYTHON) -m pytest -m built tests/packaging/test_wheel.py

.PHONY: coverage lowest desktop android

android: $(VENV)/.android  ## Build the Android package into dist/ (downloads some gigabytes, takes an hour)
	@echo "buildozer will download, once, into ~/.buildozer and build/android: Google's Android SDK and NDK r28c,"
	@echo "Gradle, python-for-android, and the sources of CPython, Kivy, SDL2, numpy, Pillow, OpenSSL and what they"
	@echo "need; and from Maven Central onnxruntime-android. In all some 5 GB, and 15 GB of disk while it builds."
	@echo "It asks you to accept Google's licence. Needed: a JDK 17, git, autoconf, libtool, cmake, unzip, zip."
	$(PYTHON) mobile/stage.py build/android/app
	cd mobile && PATH="$(abspath $(VENV))/bin:$$PATH" python -m buildozer android $(or $(ANDROID),debug)
	$(PYTHON) mobile/check_apk.py dist/inkdigit-*.a[pa][kb]

desktop: $(VENV)/.desktop  ## Build the app for this system into dist/inkdigit/, and try it
	$(PYTHON) -m PyInstaller --noconfirm --log-level WARN --distpath dist --workpath build/desktop \
	  mobile/inkdigit.spec
	@bash tests/mobile/install_display.sh
	$(PYTHON) -m pytest -m built -rP tests/packaging/test_bundle.py

lowest:  ## Run the runtime's tests on the oldest Python and the lowest versions it may have
	$(PYTHON310) -m venv $(LOWEST)
	$(LOWEST)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(LOWEST)/bin/python -m pip install --quiet -c constraints-lowest.txt $(PIP_ARGS) -e . --group test
	$(LOWEST)/bin/python -m pytest tests/runtime tests/examples $(PYTEST_ARGS)

clean:  ## Remove the virtual environments, caches and builds
	rm -rf $(VENV) $(LOWEST) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Stamps: nothing is installed again while pyproject.toml and constraints.txt stay as they are.
$(VENV)/.app: pyproject.toml constraints.txt | $(PYTHON)
	@echo "Installing the runtime and the app into $(VENV) (a minute the first time) ..."
	@$(INSTALL) -e . --group app
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(PYTHON)
	@echo "Installing what training, the app and the tests need into $(VENV) (some minutes the first time) ..."
	@$(INSTALL) -e . --group dev
	@touch $(VENV)/.app $@

# The packages take less than the tests do: no torch.
$(VENV)/.wheel: GROUPS := --group test
$(VENV)/.desktop: GROUPS := --group desktop --group test
$(VENV)/.android: GROUPS := --group android
$(VENV)/.wheel $(VENV)/.desktop $(VENV)/.android: pyproject.toml constraints.txt | $(PYTHON)
	@echo "Installing what this package takes into $(VENV) ..."
	@$(INSTALL) -e . $(GROUPS)
	@touch $@

# Debian and Ubuntu keep the venv module in a package of its own.
$(PYTHON):
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "inkdigit needs Python 3.10 or newer; name one with: make PYTHON3=python3.12 ..." >&2; exit 1; }
	@$(PYTHON3) -m venv $(VENV) >$(VENV).log 2>&1 || { rm -rf $(VENV); \
	  apt=; [ "$$(id -u)" -ne 0 ] || apt=apt-get; \
	  [ -n "$$apt" ] || { sudo -n true 2>/dev/null && apt="sudo -n apt-get"; } || true; \
	  command -v apt-get >/dev/null && [ -n "$$apt" ] && \
	  { $$apt update -qq && $$apt install -qq -y python3-venv; } >>$(VENV).log 2>&1 && \
	  $(PYTHON3) -m venv $(VENV) >>$(VENV).log 2>&1; } || \
	  { rm -rf $(VENV); cat $(VENV).log >&2; rm -f $(VENV).log; \
	    echo "$(PYTHON3) cannot make a virtual environment: install python3-venv, then try again." >&2; exit 1; }
	@rm -f $(VENV).log
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1" || \
	  { rm -rf $(VENV); exit 1; }  # an older pip knows no --group
