# Everything a contributor runs. `make` alone lists the targets.

SWIFT   ?= swift
PREFIX  ?= /usr/local
DESTDIR ?=
SECONDS ?= 60
ROUNDS  ?= 200
MESSAGES ?= 100000
ARGS    ?=
PROCESS_TESTS = ^(SluiceActionsTests|SluiceVaultTests|SluiceAuditTests|CommandTests)\.

export SWIFT

.DEFAULT_GOAL := help
.PHONY: help deps campaign demo test bench lint install fuzz kills oracle trial fixtures shippers \
	latency hostile measure

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

deps: ## check the libraries the build needs; on Debian and Ubuntu install what is missing
	@.ci/deps

demo: deps ## build, mask a generated log, show it before and after, check that nothing leaked
	@.ci/demo

# Tests that start programs and servers wait for them: one after the other, none waits for a core.
test: deps ## run all tests (ARGS='--filter Scanner' runs some)
	$(if $(PREBUILT),,.ci/build --build-tests)
ifeq ($(strip $(ARGS)),)
	$(SWIFT) test --skip-build --skip '$(PROCESS_TESTS)'
	$(SWIFT) test --skip-build --no-parallel --filter '$(PROCESS_TESTS)'
else
	$(SWIFT) test --skip-build $(ARGS)
endif

bench: deps ## measure throughput, latency and the vault (ARGS are passed on to the first two)
	.ci/release build
	.build/release/sluice-vault-bench
	$(SWIFT) run -c release --package-path Benchmarks sluice-bench $(ARGS)

latency: deps ## measure what the filter adds to a line at 10,000 lines/s (ARGS are passed on)
	.ci/release build --product sluice
	$(SWIFT) run -c release --package-path Benchmarks latency-bench $(ARGS)

hostile: deps ## run the filter over hostile streams: throughput, peak memory, leaks
	.ci/release build --product sluice
	$(SWIFT) run -c release --package-path Benchmarks hostile-bench $(ARGS)

measure: deps ## measure recall and false alarms of the rules (ARGS='--misses 20' shows misses)
	.ci/release run sluice-measure all $(ARGS)

lint: deps ## check format, layout rules and shell scripts
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift \
		Benchmarks/Sources Benchmarks/Package.swift
	.ci/lint-layout
	@if command -v shellcheck >/dev/null; then shellcheck .ci/*; \
	else echo 'lint: shellcheck is not installed, .ci was not checked' >&2; fi

install: deps ## install a release build, manual and completions to $(DESTDIR)$(PREFIX)
	.ci/release build --product sluice
	install -d '$(DESTDIR)$(PREFIX)/bin'
	install -m 0755 .build/release/sluice '$(DESTDIR)$(PREFIX)/bin/sluice'
	.ci/manual .build/release/sluice .build/checkouts .build/manual-pages
	install -d '$(DESTDIR)$(PREFIX)/share/man/man1' \
		'$(DESTDIR)$(PREFIX)/share/bash-completion/completions' \
		'$(DESTDIR)$(PREFIX)/share/zsh/site-functions' \
		'$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d'
	install -m 0644 .build/manual-pages/man1/*.1 '$(DESTDIR)$(PREFIX)/share/man/man1'
	install -m 0644 .build/manual-pages/completions/sluice.bash \
		'$(DESTDIR)$(PREFIX)/share/bash-completion/completions/sluice'
	install -m 0644 .build/manual-pages/completions/sluice.zsh \
		'$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_sluice'
	install -m 0644 .build/manual-pages/completions/sluice.fish \
		'$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/sluice.fish'

fuzz: deps ## run each fuzz target for SECONDS (60)
	.ci/fuzz '$(SECONDS)'

kills: deps ## kill -9 at ROUNDS (200) random instants of writes and changes of keys
	.ci/kills '$(ROUNDS)'

oracle: deps ## compare the scanner with PCRE2 rule by rule (ARGS='--megabytes 1000 FILE...')
	.ci/release run sluice-oracle $(ARGS)

campaign: deps ## prove rotation at length against PostgreSQL (ARGS='kills --count 200')
	.ci/release build --product sluice
	.ci/release run sluice-campaign $(ARGS)

shippers: deps ## push MESSAGES (100000) messages through real rsyslog and syslog-ng
	.ci/loggers .build/loggers
	.ci/build --build-tests
	SLUICE_LOGGERS='$(CURDIR)/.build/loggers' SLUICE_MESSAGES='$(MESSAGES)' \
		$(SWIFT) test --skip-build --filter ShipperTests

trial: deps ## kill writers of the audit log 200 times (ARGS='--kills 1000 --seed 7')
	.ci/release run sluice-audit-trial kill $(ARGS)

fixtures: deps ## write the generated logs and their fake secrets to Fixtures/generated
	.ci/release run make-fixtures Fixtures/generated
