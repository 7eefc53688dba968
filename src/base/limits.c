#include "limits.h"

enum { KIB = 1024, MIB = 1024 * 1024 };

const struct limits limits_default = {
	.manifest_bytes = MIB,
	.metrics_bytes = MIB,
	.depth = 64,
	.yaml_nodes = 100000,
	.yaml_aliases = 1000,
	.scalar_bytes = 64 * KIB,
	.key_bytes = KIB,
	.csv_field = 64 * KIB,
	.csv_line = 16 * MIB,
	.csv_columns = 10000,
	.stages = 1000,
	.expression_bytes = 4 * KIB,
	.blob_bytes = 256 * (size_t)MIB,
	.walk_commits = 100000,
	.walk_files = 1000000,
};
