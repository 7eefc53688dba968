# galley: build, test, lint. Every target works alone from a fresh clone.
CC ?= cc
BUILD ?= build
PKG_CONFIG ?= pkg-config

WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion -Wformat=2 -Wvla \
	-Wwrite-strings -Wundef
CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -iquote include -ffp-contract=off $(WARNINGS) \
	$(shell $(PKG_CONFIG) --cflags libgit2 yaml-0.1 libcjson gsl) $(CFLAGS)
LIBS = $(shell $(PKG_CONFIG) --libs libgit2 yaml-0.1 libcjson gsl) -lcsv -lpthread -lm

SOURCES := $(sort $(wildcard src/*/*.c) $(wildcard src/pipeline.c))
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/obj/%.o)
UNIT_TESTS := $(patsubst tests/unit/test_%.c,$(BUILD)/tests/test_%,$(sort $(wildcard tests/unit/test_*.c)))

all: $(BUILD)/galley

$(BUILD)/galley: $(BUILD)/obj/main.o $(BUILD)/libgalley.a
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/libgalley.a: $(OBJECTS)
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/obj/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/test_%: tests/unit/test_%.c $(BUILD)/libgalley.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -o $@ $< $(BUILD)/libgalley.a $(LIBS) -lcmocka

unit: $(UNIT_TESTS)
	prove $(UNIT_TESTS)

clean:
	rm -rf $(BUILD)

.PHONY: all unit clean
-include $(OBJECTS:.o=.d) $(UNIT_TESTS:=.d) $(BUILD)/obj/main.d
