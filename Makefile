# Two commands do everything: `make run` and `make test`.

LINT    = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.12.0
VERSION = $(shell git describe --always --dirty 2>/dev/null || echo unknown)
LDFLAGS = -s -w -X main.version=$(VERSION)

.PHONY: run build build-core build-panel test lint unit e2e cross bench fuzz shots generate clean

run: need-run build
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then exec bin/aside; else exec bin/aside-demo -out out; fi

build: build-core build-panel

# With cgo for one thing: miniaudio, where there is ALSA and no sound server.
build-core:
	@scripts/beat "building the core" env CGO_ENABLED=1 go build -tags netgo,osusergo -ldflags '$(LDFLAGS)' -o bin/ ./cmd/aside ./cmd/aside-demo

# Shipped without Fyne's thread check and its bundled emoji; tested with both.
build-panel:
	@scripts/beat "building the panel (the first time takes about four minutes)" \
		env CGO_ENABLED=1 go build -tags no_emoji,migrated_fynedo -ldflags '$(LDFLAGS)' -o bin/ ./cmd/aside-panel

test: need-test lint cross build unit e2e
	@echo "aside: all tests passed"

# The linter's cache names files by their whole path, also those of another
# checkout with the same content: each checkout has its own.
lint: bin/tools/golangci-lint
	@scripts/beat "linting" env GOLANGCI_LINT_CACHE=$(CURDIR)/bin/tools/cache bin/tools/golangci-lint run ./...
	@go mod tidy -diff

bin/tools/golangci-lint: Makefile
	@GOBIN=$(CURDIR)/bin/tools scripts/beat "building the linter (the first time takes about four minutes)" go install $(LINT)
	@touch $@

# The end-to-end tests have a step of their own: they need a quiet machine.
unit:
	@scripts/beat "running the unit tests" sh -c 'ASIDE_TEST_ALL=1 CGO_ENABLED=1 go test -race -timeout 20m $$(go list ./... | grep -v /app/e2e)'

e2e: build
	@scripts/beat "running the end-to-end tests" env ASIDE_TEST_ALL=1 ASIDE_BIN=$(CURDIR)/bin go test -race -count=1 -timeout 30m ./app/e2e

cross:
	@scripts/beat "checking the other systems" scripts/cross

bench: need-test build
	@scripts/bench

# A minute for every fuzz target. The seeds run with every `make test`.
fuzz:
	@scripts/fuzz 60s

# The README's picture, and every state of the panel in every language and
# theme, at 1080p and at 4K scale 2: out/shots/LANGUAGE/THEME, with a sheet of each.
shots: need-test build
	@bin/aside-demo -out out && cp out/screenshot.png assets/screenshot.png
	@scripts/beat "drawing every state of the panel" go test ./app/panel -run TestShotsOfEveryState -count=1 -timeout 20m -shots $(CURDIR)/out/shots

generate:
	go generate ./...

clean:
	rm -rf bin out

need-run:
	@scripts/need build run desk

need-test:
	@scripts/need build run desk test

.PHONY: need-run need-test
