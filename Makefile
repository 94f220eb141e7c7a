GO ?= go

.PHONY: build demo test race fuzz lint generate check dist clean

build: ## the program, in bin/
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o bin/assay ./cmd/assay

demo: ## check, label and verify a bundled example
	$(GO) run ./examples/demo

test:
	$(GO) test ./...

race:
	$(GO) test -race ./...

fuzz: ## every fuzz target for FUZZTIME
	FUZZTIME=$(or $(FUZZTIME),30s) bash .ci/fuzz

lint:
	bash .ci/lint

generate:
	$(GO) generate ./...

check: ## what CI runs
	bash .ci/run

dist: ## reproducible release binaries, with digests
	bash .ci/dist $(VERSION)

clean:
	rm -rf bin dist out
