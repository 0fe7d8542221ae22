# Thin names over cargo and npm. The target folder stands outside the clone, so that a fresh clone builds warm.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/kafedra/target

run: ## Build and serve the demonstration centre
	cargo build --workspace
	$(CARGO_TARGET_DIR)/debug/kafedra demo --data data/demo --listen 0.0.0.0:8080

test: ## Everything: rules, the data layer, stories on both engines, journeys in Chromium
	scripts/need
	scripts/with-postgres scripts/test

lint: ## What a reader would stumble over
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

bench: ## Attestation day and the office's day against the release server, on both engines
	scripts/need
	cargo build --release --workspace --bins
	KAFEDRA_PG_FSYNC=on scripts/with-postgres $(CARGO_TARGET_DIR)/release/bench
	KAFEDRA_PG_FSYNC=on scripts/with-postgres $(CARGO_TARGET_DIR)/release/office
	KAFEDRA_PG_FSYNC=on scripts/with-postgres $(CARGO_TARGET_DIR)/release/rush
	KAFEDRA_PG_FSYNC=on scripts/with-postgres $(CARGO_TARGET_DIR)/release/bank

pictures: ## Screens of the instructions, taken anew from the demonstration
	scripts/need
	cargo build --workspace
	cd tests/browser && KAFEDRA_BIN=$(CARGO_TARGET_DIR)/debug/kafedra node pictures.mjs

faults: ## What may happen on an attestation day, on both engines
	scripts/need
	cargo build --release --workspace --bins
	KAFEDRA_PG_FSYNC=on scripts/with-postgres $(CARGO_TARGET_DIR)/release/faults

fuzz: ## Readers of question files against spoilt ones, ten minutes each
	cargo build --release --package stage --bin fuzz
	$(CARGO_TARGET_DIR)/release/fuzz

release: ## One stripped file with assets, fonts, schema and templates inside
	cargo build --profile dist --package kafedra
	@ls -l $(CARGO_TARGET_DIR)/dist/kafedra

ci: test

.PHONY: run test lint bench pictures faults fuzz release ci
