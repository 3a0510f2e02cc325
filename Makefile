# Every target is a command of start.py, which needs no make: python start.py help
# ARGS goes on to it: make test ARGS="tests/metrics -x"

PYTHON ?= python3

.DEFAULT_GOAL := run
.PHONY: help run test quick lint soak build bench datadiff shots watch lock clean

help run test quick lint soak build bench datadiff shots watch lock clean:
	@$(PYTHON) start.py $@ $(ARGS)
