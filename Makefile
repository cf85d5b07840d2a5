# What a developer runs. `make` alone lists the targets.

GO ?= go
STATICCHECK = $(GO) tool -modfile=internal/tools/go.mod staticcheck

.DEFAULT_GOAL := help
.PHONY: help test test-race test-brokers lint generate bench fuzz long demo docs ci

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

test: ## all tests that need nothing but Go
	$(GO) test ./...

test-race: ## the same, the longest left out, under the race detector
	$(GO) test -race -short ./...

test-brokers: ## the suites that talk to a real broker (starts one, stops it)
	./scripts/test-brokers

lint: ## format, vet, staticcheck, layers and sizes
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$unformatted" ]; then echo "not gofmt'd:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(STATICCHECK) ./...
	$(GO) test -count=1 ./internal/arch

generate: ## write all generated files anew
	$(GO) generate ./...

bench: ## the benchmarks, each beside what it is compared with
	$(GO) test -run '^$$' -bench . -benchmem ./spec/... ./generator/... ./cmd/... ./runtime/... ./contracttest/... ./examples/...
	cd internal/bench && $(GO) test -v -bench .

fuzz: ## every fuzz target, each for FUZZTIME (60s)
	./scripts/fuzz

long: ## what continuous integration does once a day: long tests, fuzzing, benchmarks
	bash .ci/long

demo: ## the main job at one stroke
	$(GO) run ./cmd/asyncwire demo

docs: ## run the commands that the documentation shows and compare their output
	$(GO) run ./internal/doccheck README.md docs

ci: ## everything, as continuous integration does it
	bash .ci/run
