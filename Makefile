# Thin names over cargo and npm. The target folder stands outside the clone, so that a fresh clone builds warm.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/kafedra/target

run: ## Build and serve the demonstration centre
	cargo run --quiet --package kafedra -- demo --data data/demo --listen 0.0.0.0:8080

test: ## Everything: rules, the data layer, stories on both engines, journeys in Chromium
	scripts/need
	scripts/with-postgres scripts/test

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings

release: ## One stripped file with assets, fonts, schema and templates inside
	cargo build --profile dist --package kafedra
	@ls -l $(CARGO_TARGET_DIR)/dist/kafedra

ci: test

.PHONY: run test lint release ci
