# One place for every command. `make help` lists them; README.md shows the two that matter.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help deps build test demo simulate fuzz chaos-worker chaos-operator parity model corpus clean

CONFIGURATION ?= Release
DOTNET_FLAGS := --nologo -v q -c $(CONFIGURATION)
BIN := artifacts/bin
LOWER := $(shell echo $(CONFIGURATION) | tr A-Z a-z)

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  \033[36mmake %-14s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## Install the Debian packages that building, testing and the demo need
	@./tests/deps.sh

build: ## Build everything; warnings are errors
	@dotnet build DeepfakeOperator.sln $(DOTNET_FLAGS)

demo: deps build ## The main job, live: real cluster, real Kafka, one ScanJob. CORPUS=folder scans your files, KEEP=1 leaves it up
	@exec dotnet $(BIN)/DeepfakeOperator.Demo/$(LOWER)/DeepfakeOperator.Demo.dll $(if $(CORPUS),--corpus "$(CORPUS)") $(if $(filter-out 0,$(KEEP)),--keep)

test: deps build ## Every test, on real servers where they can be had; ends with the counts
	@CONFIGURATION=$(CONFIGURATION) ./tests/run.sh

simulate: ## The autoscaler and the dealer on traces, against KEDA's formula and an oracle. SEED=n, SEEDS=n for many, WRITE=1 keeps the table in docs/
	@dotnet build tests/DeepfakeOperator.Simulator $(DOTNET_FLAGS) >&2
	@exec dotnet $(BIN)/DeepfakeOperator.Simulator/$(LOWER)/DeepfakeOperator.Simulator.dll \
		--seed $(or $(SEED),1) --seeds $(or $(SEEDS),1) $(if $(WRITE),--write docs/autoscaling.md)

# Weights of published models, where a folder with them (and golden/, their outputs) lies beside this checkout; none of them is part of the project.
MODELS ?= $(patsubst %/golden,%,$(firstword $(wildcard ../*/models/golden)))

parity: ## Published detectors from their YAML against golden outputs. MODELS=folder with their weights
	@dotnet build tests/DeepfakeOperator.Parity $(DOTNET_FLAGS) >&2
	@exec dotnet $(BIN)/DeepfakeOperator.Parity/$(LOWER)/DeepfakeOperator.Parity.dll --models "$(MODELS)"

fuzz: deps ## Mutated and hostile files through the worker's fetch and decode. FILES=n, SEED=n, ONLY=n for one file, which is kept
	@dotnet build tests/DeepfakeOperator.Fuzz $(DOTNET_FLAGS) >&2
	@exec dotnet $(BIN)/DeepfakeOperator.Fuzz/$(LOWER)/DeepfakeOperator.Fuzz.dll \
		--files $(or $(FILES),10000) --seed $(or $(SEED),1) $(if $(ONLY),--only $(ONLY))

chaos-worker: deps ## Workers killed at random and the broker too, then every item accounted for. KILLS=n, ITEMS=n, SEED=n
	@dotnet build tests/DeepfakeOperator.Chaos $(DOTNET_FLAGS) >&2
	@exec dotnet $(BIN)/DeepfakeOperator.Chaos/$(LOWER)/DeepfakeOperator.Chaos.dll \
		--kills $(or $(KILLS),100) --items $(or $(ITEMS),100000) --seed $(or $(SEED),1) --restart-broker

chaos-operator: deps ## The operator killed at random moments of small jobs, the API server restarted twice. ROUNDS=n, SEED=n
	@dotnet build tests/DeepfakeOperator.OperatorTrials $(DOTNET_FLAGS) >&2
	@exec dotnet $(BIN)/DeepfakeOperator.OperatorTrials/$(LOWER)/DeepfakeOperator.OperatorTrials.dll chaos --rounds $(or $(ROUNDS),50) --seed $(or $(SEED),1)

model: ## Train the bundled detector anew (seeded, under 30 minutes on two cores)
	@./models/upsampling-trace/train.sh

corpus: ## Make the sample corpus anew (seeded)
	@python3 samples/make-corpus.py

clean: ## Remove what was built
	rm -rf artifacts
