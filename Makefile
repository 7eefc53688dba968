# galley: build, test, lint. Every target works alone from a fresh clone; 'make help' lists them.
BUILD ?= build
PREFIX ?= /usr/local
PKG_CONFIG ?= pkg-config

WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion -Wformat=2 -Wvla \
	-Wwrite-strings -Wundef
CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -iquote include -ffp-contract=off $(WARNINGS) \
	$(shell $(PKG_CONFIG) --cflags $(MODULES)) $(CFLAGS)
MODULES = libgit2 yaml-0.1 libcjson gsl zlib libzstd libcmark-gfm
LIBS = $(shell $(PKG_CONFIG) --libs $(MODULES)) -lcsv -lpthread -lm

# What a build and a test run need, see .ci/require: Debian's and Ubuntu's package, and what shows that it is there.
BUILD_NEEDS = $(patsubst cc,gcc,$(notdir $(firstword $(CC)))):command:$(firstword $(CC)) libc6-dev:header:stdlib.h \
	pkg-config:command:$(PKG_CONFIG) libgit2-dev:module:libgit2 libyaml-dev:module:yaml-0.1 \
	libcjson-dev:module:libcjson libcsv-dev:header:csv.h libgsl-dev:module:gsl zlib1g-dev:module:zlib libzstd-dev:module:libzstd \
	libcmark-gfm-dev:module:libcmark-gfm libcmark-gfm-extensions-dev:header:cmark-gfm-core-extensions.h
TEST_NEEDS = libcmocka-dev:header:cmocka.h bats:command:bats perl:command:prove git:command:git
# Shells whose completion is tried; without them, those tests are skipped.
SHELL_NEEDS = zsh:command:zsh fish:command:fish
REQUIRE = @CC='$(CC)' PKG_CONFIG='$(PKG_CONFIG)' .ci/require

SOURCES := $(sort $(wildcard src/*/*.c) $(wildcard src/propose.c))
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/obj/%.o)
UNIT_TESTS := $(patsubst tests/unit/test_%.c,$(BUILD)/tests/test_%,$(sort $(wildcard tests/unit/test_*.c)))
CLI_TESTS := $(sort $(wildcard tests/cli/*.bats))

# V=1 shows whole commands.
Q = $(if $(V),,@)
SAY = $(if $(V),,@echo '$@')

# One process a processor; the caller's -j decides how many compilers run.
PROVE = prove --jobs $(shell getconf _NPROCESSORS_ONLN)

all: $(BUILD)/galley ## build build/galley (the default)

$(BUILD)/galley: $(BUILD)/obj/main.o $(BUILD)/libgalley.a
	$(SAY)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/libgalley.a: $(OBJECTS)
	$(SAY)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/obj/%.o: src/%.c | build-needs
	$(SAY)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# What is kept between runs belongs to the code that made it: any change of what computes makes it another one's.
STAMP := $(shell (echo '$(CC) $(CFLAGS)'; $(PKG_CONFIG) --modversion gsl; cat $(sort $(wildcard include/*.h src/base/* src/source/* src/table/* src/measure/*))) 2>/dev/null | cksum | tr ' ' -)
$(BUILD)/stamp/$(STAMP):
	@rm -rf $(@D) && mkdir -p $(@D) && touch $@
$(BUILD)/obj/measure/kept.o: $(BUILD)/stamp/$(STAMP)
$(BUILD)/obj/measure/kept.o: ALL_CFLAGS += -DGALLEY_CODE_STAMP='"$(STAMP)"'

# A whole run belongs to all of it.
RUN_STAMP := $(shell (echo '$(CC) $(CFLAGS)'; $(PKG_CONFIG) --modversion $(MODULES); cat $(sort $(wildcard include/*.h src/*.c src/*/*))) 2>/dev/null | cksum | tr ' ' -)
$(BUILD)/run-stamp/$(RUN_STAMP):
	@rm -rf $(@D) && mkdir -p $(@D) && touch $@
$(BUILD)/obj/pipeline/again.o: $(BUILD)/run-stamp/$(RUN_STAMP)
$(BUILD)/obj/pipeline/again.o: ALL_CFLAGS += -DGALLEY_RUN_STAMP='"$(RUN_STAMP)"'

$(BUILD)/tests/test_%: tests/unit/test_%.c $(BUILD)/libgalley.a | test-needs
	$(SAY)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -MMD -MP -o $@ $< $(BUILD)/libgalley.a $(LIBS) -lcmocka

$(BUILD)/tests/judge: tests/schema/judge.c $(BUILD)/libgalley.a | build-needs
	$(SAY)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -MMD -MP -o $@ $< $(BUILD)/libgalley.a $(LIBS)

deps: build-needs test-needs ## install what is missing to build and to test
	$(REQUIRE) $(SHELL_NEEDS)
build-needs:
	$(REQUIRE) $(BUILD_NEEDS)
test-needs: build-needs
	$(REQUIRE) $(TEST_NEEDS)

demo: $(BUILD)/galley ## build, and write the example workspace's reports
	$(BUILD)/galley report
	@echo 'Now look at reports/README.md: it leads to every page.'

$(BUILD)/fuzz/%: tests/fuzz/%.c $(BUILD)/libgalley.a | build-needs
	$(SAY)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -MMD -MP -o $@ $< $(BUILD)/libgalley.a $(LIBS)

FUZZERS = $(BUILD)/fuzz/scan $(BUILD)/fuzz/decimals

test: $(BUILD)/galley $(BUILD)/tests/judge $(FUZZERS) $(UNIT_TESTS) | test-needs ## unit tests, cases, command line tests, FUZZ_SECONDS=60 of fuzzing
	GALLEY='$(abspath $(BUILD)/galley)' FUZZ_PROGRAMS='$(BUILD)/fuzz' $(PROVE) tests/fuzz/run $(UNIT_TESTS) tests/run-cases tests/schema/agree \
		tests/codes/run $(CLI_TESTS)

fuzz: $(FUZZERS) ## fuzz for longer: FUZZ_SECONDS=600, FUZZ_DECIMALS=100000000
	FUZZ_PROGRAMS='$(BUILD)/fuzz' FUZZ_SECONDS=$${FUZZ_SECONDS:-600} FUZZ_DECIMALS=$${FUZZ_DECIMALS:-100000000} tests/fuzz/run

unit: $(UNIT_TESTS) | test-needs ## unit tests alone
	$(PROVE) $(UNIT_TESTS)

cases: $(BUILD)/galley | test-needs ## cases alone
	GALLEY='$(abspath $(BUILD)/galley)' $(PROVE) tests/run-cases

# Findings go to files, so that a test that expects a failure cannot swallow one; gcc's shared libraries do not both obey. Leaks
# cannot be looked for under ptrace, as in some containers; the empty program shows it.
SANITIZE = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	$(if $(findstring clang,$(CC)),,-static-libasan -static-libubsan) -DGALLEY_SANITIZE
test-san: | build-needs ## the same tests with AddressSanitizer and UndefinedBehaviorSanitizer
	@rm -rf $(BUILD)/san/findings && mkdir -p $(BUILD)/san/findings
	@echo 'int main(void) { return 0; }' | $(CC) -fsanitize=address -x c -o $(BUILD)/san/empty -
	@log=$(abspath $(BUILD))/san/findings/log; \
	ASAN_OPTIONS=detect_leaks=1 $(BUILD)/san/empty 2>$(BUILD)/san/empty.err && leaks=1 || leaks=0; \
	[ $$leaks = 1 ] || echo '# leaks are not looked for: LeakSanitizer does not run here'; \
	export ASAN_OPTIONS=log_path=$$log:detect_leaks=$$leaks:allocator_may_return_null=1; \
	export UBSAN_OPTIONS=log_path=$$log:print_stacktrace=1; \
	export LSAN_OPTIONS=print_suppressions=0:suppressions=$(abspath tests/leaks.supp); \
	$(MAKE) test BUILD=$(BUILD)/san CFLAGS='$(SANITIZE)'; status=$$?; \
	if cat $(BUILD)/san/findings/* 2>/dev/null; then exit 1; fi; exit $$status

lint: | test-needs ## layers, banned calls, headers; warnings as errors with each compiler that is there
	tests/lint/run
	@for cc in gcc clang; do \
		command -v $$cc >/dev/null || { echo "# $$cc is not here"; continue; }; \
		$(MAKE) --silent BUILD=$(BUILD)/lint-$$cc CC=$$cc CFLAGS='-O2 -Werror' compiled || exit; \
		tests/lint/globals $(BUILD)/lint-$$cc/libgalley.a || exit; \
	done
compiled: $(BUILD)/galley $(BUILD)/tests/judge $(FUZZERS) $(BUILD)/bench/scan $(UNIT_TESTS)

docs: $(BUILD)/galley ## the pages of docs/ that galley prints itself
	$(BUILD)/galley schema --format markdown --output docs/reference.md
	$(BUILD)/galley explain --format markdown --output docs/codes.md

bench: $(BUILD)/galley $(BUILD)/bench/yaml_events ## beside named peers, ratios printed: check, history, drift (1.4 GB of data, minutes)
	GALLEY='$(abspath $(BUILD)/galley)' EVENTS='$(abspath $(BUILD)/bench/yaml_events)' tests/bench/run
	GALLEY='$(abspath $(BUILD)/galley)' tests/bench/history
	GALLEY='$(abspath $(BUILD)/galley)' CC='$(CC)' tests/bench/drift

$(BUILD)/bench/%: tests/bench/%.c $(BUILD)/libgalley.a | build-needs
	$(SAY)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(BUILD)/libgalley.a $(LIBS)

SHARE = $(PREFIX)/share
MAN = $(SHARE)/man/man1
install: $(BUILD)/galley ## install program, manual pages and completions below PREFIX (/usr/local), with DESTDIR before it
	install -D -m 755 $(BUILD)/galley '$(DESTDIR)$(PREFIX)/bin/galley'
	install -d '$(DESTDIR)$(MAN)' '$(DESTDIR)$(SHARE)/bash-completion/completions' '$(DESTDIR)$(SHARE)/zsh/site-functions' '$(DESTDIR)$(SHARE)/fish/vendor_completions.d'
	$(BUILD)/galley help --format man -o '$(DESTDIR)$(MAN)/galley.1'
	for command in $$(sed -n 's/^COMMAND(\(.*\))$$/\1/p' src/cli/commands.h); do \
		$(BUILD)/galley help $$command --format man -o '$(DESTDIR)$(MAN)/galley-'$$command.1 || exit; \
	done
	$(BUILD)/galley completion bash -o '$(DESTDIR)$(SHARE)/bash-completion/completions/galley'
	$(BUILD)/galley completion zsh -o '$(DESTDIR)$(SHARE)/zsh/site-functions/_galley'
	$(BUILD)/galley completion fish -o '$(DESTDIR)$(SHARE)/fish/vendor_completions.d/galley.fish'

clean: ## remove what was built
	rm -rf $(BUILD)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

.PHONY: bench fuzz all deps build-needs test-needs demo test unit cases test-san lint compiled docs install clean help
-include $(OBJECTS:.o=.d) $(UNIT_TESTS:=.d) $(FUZZERS:=.d) $(BUILD)/tests/judge.d $(BUILD)/obj/main.d
