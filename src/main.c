/* galley: a governed workspace for machine-learning models in a Git repository.
 *
 * Where to look:
 *   src/cli/       options, help, and one file per command (cmd_*.c)
 *   src/pipeline/  the order of the stages, one function per stopping point
 *   src/propose.c  from decisions to branches that wait for a person
 *   src/source/    files from the working tree, the index, a commit or a plain folder (libgit2)
 *   src/document/  YAML and JSON as trees of values with positions, and edits in place (libyaml)
 *   src/catalog/   the schema table, its checker, and the typed records
 *   src/resolve/   inheritance, origins, gates tighter or looser, what a change may not do, what two states differ in
 *   src/history/   versions as commits have them, and the index that remembers them
 *   src/table/     CSV columns (libcsv)
 *   src/measure/   statistics, drift, gates, alert conditions, decisions (GSL)
 *   src/tracker/   runs that MLflow, W&B and DVC have left in a folder
 *   src/author/    what commands may write into manifests, and the bytes
 *   src/report/    Markdown, JSON, SVG and text from results (cJSON)
 *   src/site/      the pages as a static web site (cmark-gfm)
 *   src/publish/   pages into files, or into one guarded commit (libgit2)
 *   src/base/      arena, text, numbers, diagnostics
 * The layers and their rules: docs/architecture.md. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "cli.h"
#include "failure.h"

int main(int argc, char **argv)
{
	memory_begin();
	int code = cli_run(argc, argv);

	/* A full disk or closed pipe may show only now. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "galley: cannot write to standard output: %s\n", strerror(errno));
		return EXIT_UNABLE;
	}
	return code;
}
