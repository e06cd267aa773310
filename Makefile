# `make` alone lists what there is.

CARGO ?= cargo
# The data folder of `make up`; without it Souk takes its own default.
DATA ?=
# More arguments for `souk up`.
ARGS ?=
# How long each soak test runs.
SECONDS ?= 180
# One group of benchmarks, and the amount of data (small or full).
ONLY ?=
SIZE ?=

.DEFAULT_GOAL := help
.PHONY: help bootstrap up test bench soak ci fmt fmt-check clippy doc deny contracts contracts-unchanged clean

help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

bootstrap: ## Install what this machine lacks (PostgreSQL programs, C compiler, zlib)
	@scripts/bootstrap

up: bootstrap ## Build and run everything with demo data (DATA=folder, ARGS='more arguments')
	$(CARGO) build --profile up -p souk
	$(CARGO) run --quiet --profile up -p souk -- up --demo $(if $(DATA),--data '$(DATA)') $(ARGS)

test: bootstrap ## Run all tests, on a throw-away PostgreSQL
	$(CARGO) test --workspace

bench: bootstrap ## Measure beside floor and peers (ONLY=append|hot|read|wake|growth|checkout|rebuild|lag|search|relevance, SIZE=small|full)
	$(CARGO) build --release -p bench -p souk
	$${CARGO_TARGET_DIR:-target}/release/bench $(if $(ONLY),--only $(ONLY)) $(if $(SIZE),--size $(SIZE))

soak: bootstrap ## Crash, kill and restart for as long as asked (SECONDS=180)
	SOUK_SOAK_SECONDS=$(SECONDS) $(CARGO) test --workspace --lib soak -- --ignored --nocapture
	SOUK_SOAK_SECONDS=$(SECONDS) $(CARGO) test --workspace --test system -- soak crash --nocapture
	SOUK_SOAK_SECONDS=$(SECONDS) $(CARGO) test --workspace --test api -- fuzz --nocapture

ci: bootstrap fmt-check clippy doc test contracts-unchanged ## Everything that a change must pass

fmt: ## Format the code
	$(CARGO) fmt --all

fmt-check:
	$(CARGO) fmt --all --check

clippy: ## Lint the code; warnings are errors
	$(CARGO) clippy --workspace --all-targets -- -D warnings

doc: ## Build the documentation; warnings are errors
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --workspace --no-deps

deny: ## Check licences, advisories and sources of the dependencies (needs cargo-deny)
	$(CARGO) deny --all-features check

# The same targets as those of `test`, so that nothing is compiled anew with other features.
contracts: ## Write the contracts anew into schema/, to be reviewed like code
	UPDATE_CONTRACTS=1 $(CARGO) test --workspace --tests contracts

# Compared with what was there before and not with the last commit, so that a change of
# contract can be checked before it is committed.
contracts-unchanged:
	@before=$$(find schema -type f -exec cksum {} + | sort); \
	$(MAKE) --no-print-directory contracts || exit 1; \
	after=$$(find schema -type f -exec cksum {} + | sort); \
	if [ "$$before" != "$$after" ]; then \
		echo 'The contracts in schema/ differ from what the code says; they were written anew: review and commit them.' >&2; \
		exit 1; \
	fi

clean: ## Remove what was built
	$(CARGO) clean
