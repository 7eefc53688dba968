/* Code examples: for each diagnostic code why it matters, files that show it, and the same files mended. The files are laid over the
 * small workspace in tests/cases/base/small, whose recipes demand_base (baseline), demand_shops (industry) and demand_corner (client)
 * inherit from each other, with the pack pack_standard and the model model_demand; as of 2026-03-01. A test runs both.
 *
 * Ownership: constant. Failure: none. */
#ifndef GALLEY_CODE_EXAMPLES_H
#define GALLEY_CODE_EXAMPLES_H

#include "diag.h"

enum { EXAMPLE_FILES = 3 };

struct example_file {
	const char *path, *content; /* path NULL: no file */
};

struct code_example {
	enum code code;
	const char *why;
	struct example_file failing[EXAMPLE_FILES], mended[EXAMPLE_FILES];
	const char *command; /* what shows it; NULL: "check" */
	struct example_file before[EXAMPLE_FILES]; /* with "--base HEAD": committed before; the other files are then changes */
};

extern const struct code_example file_examples[], rule_examples[];
extern const size_t file_example_count, rule_example_count;

#define FAILING(...) .failing = {__VA_ARGS__}
#define BEFORE(...) .command = "check --base HEAD", .before = {__VA_ARGS__}
#define MENDED(...) .mended = {__VA_ARGS__}

/* The beginning of a recipe that inherits from demand_shops, of a pack, and of a model. */
#define CHILD_HEAD \
	"metadata: {id: demand_case, name: Case, model_family: forecasting, level: client, parent: demand_shops, version: 1.0.0, status: draft}\n"
#define PACK_HEAD "metadata: {id: pack_case, name: Case, model_family: forecasting, version: 1.0.0, status: draft}\n"
#define MODEL_HEAD "metadata: {id: model_case, name: Case}\n"

#define RECIPE_FILE(content) {"recipes/case.yaml", content}
#define CHILD_FILE(content) {"recipes/case.yaml", CHILD_HEAD content}
#define PACK_FILE(content) {"packs/case.yaml", PACK_HEAD content}
#define MODEL_FILE(content) {"runs/model_case/model.yaml", MODEL_HEAD content}
#define RUN_FILE(content) {"runs/model_demand/2026-02-10-train/run.yaml", content}
#define METRICS_FILE(content) {"runs/model_demand/2026-01-05-train/metrics.json", content}
#define SNAPSHOT_FILE(content) {"runs/model_demand/snapshots/2026-02-15.csv", content}
#define CONFIG_FILE(content) {"galley.yaml", "version: 1\nas_of: 2026-03-01T00:00:00Z\n" content}

#endif
