# Every command makes what it needs inside this checkout; nothing outside it but Debian packages for tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SECONDS ?=
# of the tests: each has servers of its own and waits for them most of the time
WORKERS ?= 2
# nothing is left outside this checkout
export PIP_NO_CACHE_DIR := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test test-v4l2 test-arm64 test-libcamera lint bench setup setup-test clean

help:  ## Say what can be made
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/demo.stamp  ## Run a drawn camera, a broker in memory and the web viewer here (SECONDS=20 ends it)
	@exec $(BIN)/python ss-camera.py demo $(if $(SECONDS),--seconds $(SECONDS))

test: $(VENV)/test.stamp  ## Run the tests: real Kafka, mosquitto, S3 and browser where they can be had
	@scripts/install-test-packages
	@mkdir -p .cache
	@exec $(BIN)/python -m pytest --basetemp=.cache/tests -n $(WORKERS) --dist loadfile $(ARGS)

test-v4l2: $(VENV)/test.stamp  ## Run the tests of a real V4L2 driver: Debian's kernel in QEMU (2 minutes)
	@exec env ARGS="$(ARGS)" $(BIN)/python scripts/run_v4l2_tests.py

test-arm64: $(VENV)/test.stamp  ## Run message, clip and picture tests as a 64-bit ARM system would (QEMU)
	@exec env ARGS="$(ARGS)" $(BIN)/python scripts/run_arm64_tests.py

test-libcamera:  ## Run picamera2 on libcamera's virtual cameras, in a Debian chroot (root; once 2 minutes)
	@scripts/test-libcamera $(ARGS)

lint: $(VENV)/test.stamp  ## Run the linters and the type checker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/test.stamp  ## Measure against the sample's path, side by side; writes bench.json
	@scripts/install-test-packages
	@exec $(BIN)/python -m bench $(ARGS)

clean:  ## Remove what these commands made
	rm -rf $(VENV) .cache bench.json .pytest_cache .mypy_cache .ruff_cache

$(VENV)/bin/python:
	@echo "making the virtual environment $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit("ss-camera needs Python 3.11 or later; this is %s: set PYTHON=" % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) -m venv $(VENV) failed: on Debian install python3-venv, remove $(VENV) and try again"; exit 1; }

$(VENV)/demo.stamp: requirements.txt requirements-core.txt viewer/requirements-web.txt | $(VENV)/bin/python
	@echo "installing the camera's and the viewer's libraries into $(VENV) (about 100 MB, once)"
	@$(BIN)/python -m pip install --quiet -r requirements.txt -r viewer/requirements-web.txt
	@touch $@

$(VENV)/test.stamp: requirements-test.txt requirements-test-picamera.txt viewer/requirements.txt $(VENV)/demo.stamp
	@echo "installing what the tests need into $(VENV)"
	@$(BIN)/python -m pip install --quiet -r requirements-test.txt
	@READTHEDOCS=True $(BIN)/python -m pip install --quiet -r requirements-test-picamera.txt
	@touch $@
