# mnist37: everything in one word each; `make` alone lists the words.
#
# None of it is needed: README.md has the same steps as plain commands. The set-up lives in .venv, and stamp files in there
# remember which requirements were installed, so that a second call takes no time. Written for GNU make 3.81 and a POSIX sh.

PORT    ?= 8501
ADDRESS ?= localhost
# What sets up .venv: uv where it is on the PATH, else pip; `make run UV=` takes pip.
UV          := $(shell command -v uv 2>/dev/null)
# Which Python makes .venv; empty looks for one. PIP_ARGS goes to pip, or `uv pip`; PYTEST_ARGS to pytest.
PYTHON      ?=
PIP_ARGS    ?=
PYTEST_ARGS ?=
# Two processes share the tests; those of the browser come last, in one of them (tests/conftest.py makes the groups).
TEST_TOGETHER := -n 2 --dist loadscope --no-loadscope-reorder
# What `make bench` measures; empty measures all.
PARTS       ?=

VENV_PYTHON   := .venv/bin/python
READY_TO_RUN  := .venv/.ready-to-run
READY_TO_TEST := .venv/.ready-to-test

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_ROOT_USER_ACTION := ignore

.DEFAULT_GOAL := help
.PHONY: help run test bench pictures lint clean

help: ## list these words
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' $(firstword $(MAKEFILE_LIST)) | while IFS='|' read -r word what; do \
	  printf '  make %-8s %s\n' "$$word" "$$what"; \
	done

run: $(READY_TO_RUN) ## serve the app on http://localhost:8501 (PORT=8600 moves it, ADDRESS=0.0.0.0 opens it to your network)
	@exec $(VENV_PYTHON) -m mnist37 serve --from-make --address='$(ADDRESS)' --port='$(PORT)'

test: lint ## check everything (PYTEST_ARGS="-k drawing" narrows it)
	@$(VENV_PYTHON) tests/install_browser.py
	@$(VENV_PYTHON) -m pytest $(TEST_TOGETHER) $(PYTEST_ARGS)

bench: $(READY_TO_TEST) ## measure it all and write docs/performance.md, in some 35 minutes (PARTS="training growth" narrows it)
	@$(VENV_PYTHON) tests/install_browser.py
	@$(VENV_PYTHON) -m benchmarks $(PARTS)

pictures: $(READY_TO_TEST) ## take README's pictures from the running app, in some 10 minutes
	@$(VENV_PYTHON) tests/install_browser.py
	@$(VENV_PYTHON) -m benchmarks.pictures

lint: $(READY_TO_TEST) ## check style, types and layers
	@$(VENV_PYTHON) -m ruff check --quiet .
	@$(VENV_PYTHON) -m ruff format --check --quiet .
	@$(VENV_PYTHON) -m mypy --no-error-summary
	@.venv/bin/lint-imports --no-logo

clean: ## remove .venv and every cache (never your runs or your data)
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name .git -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +

$(READY_TO_RUN): requirements.txt $(VENV_PYTHON)
	@$(call install,requirements.txt)

$(READY_TO_TEST): requirements-dev.txt $(READY_TO_RUN)
	@$(call install,requirements-dev.txt)

# Made again when it is missing, or points at a Python that has been removed.
$(VENV_PYTHON):
	@$(if $(UV),,$(find_python);) \
	echo "Setting up .venv. This first time some 3.3 GB are downloaded on Linux, where torch brings CUDA along (10 GB of disk"; \
	echo "with the cache; README.md says how to do without), and some 0.5 GB on macOS: a matter of minutes."; \
	rm -rf .venv && $(if $(UV),"$(UV)" venv --quiet $(if $(PYTHON),--python '$(PYTHON)') .venv,"$$python" -m venv .venv) \
	|| { rm -rf .venv; exit 1; }

# Sets $$python to the first that is new enough, not newer than torch's builds, and able to make a virtual environment.
define find_python
python=; no_pip=; \
for name in $(if $(PYTHON),'$(PYTHON)',python3.11 python3.12 python3.13 python3.14 python3 python); do \
  "$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1 || continue; \
  if "$$name" -c 'import ensurepip, venv' >/dev/null 2>&1; then python=$$name; break; fi; \
  no_pip=$$("$$name" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
done; \
if [ -z "$$python" ] && [ -n "$$no_pip" ]; then \
  echo "Python is here, but it cannot make a virtual environment. On Debian and Ubuntu that is a package of its own:" >&2; \
  echo "    sudo apt-get install $$no_pip" >&2; \
  exit 1; \
elif [ -z "$$python" ]; then \
  echo "mnist37 needs Python 3.11 to 3.14, and $(if $(PYTHON),$(PYTHON) is not that,none is on your PATH). To get one:" >&2; \
  echo "    Debian, Ubuntu   sudo apt-get install python3 python3-venv" >&2; \
  echo "    Fedora           sudo dnf install python3" >&2; \
  echo "    macOS            brew install python@3.13" >&2; \
  echo "    elsewhere        https://www.python.org/downloads/" >&2; \
  echo "If yours has another name, say which: make run PYTHON=/path/to/python3" >&2; \
  exit 1; \
fi
endef

# What an interrupted installation left half unpacked (its last act for a package is to write INSTALLER) is forgotten first,
# so that it is done again. Of pip's lines only the big downloads are shown, as they start: minutes of work are seen to move.
define install
rm -f $@; \
for package in .venv/lib/python*/site-packages/*.dist-info; do [ -f "$$package/INSTALLER" ] || rm -rf "$$package"; done; \
rm -rf .venv/lib/python*/site-packages/~*; \
echo "Installing $(1)"; \
{ $(if $(UV),"$(UV)" pip install --python $(VENV_PYTHON),$(pip_install)) $(PIP_ARGS) -r $(1) && touch $@; } | sed -n \
  -e 's|.*Downloading \(.*/\)*\([^/-]*\)-.* \(([0-9]*[0-9][0-9]\.[0-9] MB)\).*|  \2 \3|p' \
  -e 's|^Installing collected packages.*|  unpacking|p'; \
[ -e $@ ] || { echo "The installation did not finish (its reason is above); the same command goes on from here." >&2; exit 1; }
endef

# An interrupted set-up, or uv's, has no pip yet.
pip_install = { $(VENV_PYTHON) -m pip --version || $(VENV_PYTHON) -m ensurepip; } >/dev/null 2>&1; \
  $(VENV_PYTHON) -m pip install --progress-bar off
