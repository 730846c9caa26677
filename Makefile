# Everything that is done with this repository. `make help` lists it.

PREFIX ?= /usr/local
PG_CONFIG ?= pg_config
SCRATCH ?= .build

BUILD = swift build --scratch-path $(SCRATCH) --explicit-target-dependency-import-check error
# The installed program must run where there is no Swift. lld, which comes with Swift, links Foundation without complaints.
RELEASE = $(BUILD) -c release --static-swift-stdlib -Xswiftc -use-ld=lld
PROGRAM = $(SCRATCH)/release/s3cache
EXTENSION = $(MAKE) --no-print-directory -C extension PG_CONFIG=$(PG_CONFIG)

.DEFAULT_GOAL := help
.PHONY: demo test build install bench chaos lint deps clean help

help: ## This list
	@echo 'make TARGET, where TARGET is one of:'
	@awk -F ' *##' '/^[a-z]+:.*##/ { sub(/:.*/, "", $$1); printf "  %-9s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo 'PREFIX=$(PREFIX) and DESTDIR say where install puts things; PG_CONFIG=$(PG_CONFIG) says for which PostgreSQL.'

demo: build ## The main job, from nothing: build, then keep a table true to real images, each step checked
	@scripts/demo.sh

test: ## Everything, against a real PostgreSQL of its own; ARGS='--filter swift' for a part of it
	@scripts/deps.sh
	@$(BUILD) --build-tests
	@$(EXTENSION) -s install DESTDIR= SQLBUNDLE=$(abspath $(SCRATCH))/debug/sqlbundle || \
		{ echo 'make test: the tests use CREATE EXTENSION, so they must be able to install it: run as root, or set PG_CONFIG' >&2; exit 1; }
	@S3CACHE_SCRATCH=$(SCRATCH) scripts/test.sh $(ARGS)

build: ## .build/release/s3cache, and the extension in extension/
	@scripts/deps.sh build
	@$(RELEASE)
	@$(EXTENSION) -s SQLBUNDLE=$(abspath $(SCRATCH))/release/sqlbundle

# Under sudo there is often no Swift, and what it builds would belong to root: what `make build` left is taken then.
install: ## The extension and the program: PREFIX, DESTDIR and PG_CONFIG are honoured
	@if [ -z "$$SUDO_USER" ] || [ ! -x $(PROGRAM) ]; then $(MAKE) --no-print-directory build; fi
	@$(EXTENSION) -s install SQLBUNDLE=$(abspath $(SCRATCH))/release/sqlbundle
	@install -d '$(DESTDIR)$(PREFIX)/bin'
	@install -s -m 755 $(PROGRAM) '$(DESTDIR)$(PREFIX)/bin/s3cache'
	@echo 'installed: $(DESTDIR)$(PREFIX)/bin/s3cache and the extension for $(PG_CONFIG)'

bench: build ## Measure, side by side with comparable tools
	@scripts/deps.sh
	@if [ -x bench/run.sh ]; then bench/run.sh $(ARGS); else echo 'bench: nothing to run yet'; fi

chaos: build ## Kill, cut off and restart things while jobs run, and check that nothing is lost
	@scripts/deps.sh
	@if [ -x bench/chaos.sh ]; then bench/chaos.sh $(ARGS); else echo 'chaos: nothing to run yet'; fi

lint: ## Format, SQL tree and shell scripts
	@$(BUILD) --product sqlbundle
	@S3CACHE_SCRATCH=$(SCRATCH) scripts/lint.sh

deps: ## Install what is missing to build and test (Debian; needs root only if something is missing)
	@scripts/deps.sh

clean: ## Remove what was built
	@rm -rf $(SCRATCH)
	@$(EXTENSION) -s clean
