/* Pipeline: source -> document -> catalog -> resolve -> measure -> report -> publish, and the points where a command may stop.
 *
 * The one place that knows the order of the stages. Ownership: a workspace owns its arena and its source; workspace_close() releases both.
 * Failure: -1 with a failure; what is wrong in the user's files is in workspace.diags, sorted and with the configured severities. */
#ifndef GALLEY_PIPELINE_H
#define GALLEY_PIPELINE_H

#include "activity.h"
#include "arena.h"
#include "author.h"
#include "compare.h"
#include "difference.h"
#include "import.h"
#include "proposal.h"
#include "profile.h"
#include "publish.h"
#include "rejudge.h"
#include "results.h"
#include "site.h"
#include "source.h"
#include "synth.h"
#include "version_report.h"

struct workspace_request {
	struct source_options source;
	unsigned jobs;
	const struct progress *progress; /* NULL; must outlive the workspace */
	size_t memory;  /* for the values of data, in bytes; 0: the default. Changes no answer */
	const struct limits *limits; /* the command line's; NULL: limits_default */
	bool has_as_of; /* --as-of; else galley.yaml's, else the commit's time with --at (unless live), else now */
	bool findings_only; /* no measures and pages will follow: what only they show of recipes is left out, see resolve_findings() */
	bool differences_only; /* recipes are resolved when somebody asks for one, see resolve_by_need(); with against alone nothing is looked
	                        * for that is wrong across files */
	bool settings_only; /* galley.yaml alone, for what reads history: there are no records */
	bool live;      /* a commit is read, but the present is now: a feed goes stale though nobody commits */
	int64_t as_of;
	int64_t now;
	const struct source_overlay *overlay; /* read as if it had been written; NULL */
	size_t overlay_count;
	const char *base; /* --base REV: also what the change since the merge base with REV may not do; NULL */
	bool base_if_any;  /* no base where there can be none: no commit yet, a shallow clone, nothing in common; see workspace.no_base */
	bool base_exactly; /* what REV holds is compared, not the merge base with it: also what a rewritten branch leaves out */
	bool may_be_none;  /* a commit without a workspace is no failure, see workspace.none */
	const char *against; /* a revision to compare with, without the rules for changes; NULL. Not with base */
	bool since_fork;  /* compare with the merge base of that revision and what is read */
};

/* Another state of the same repository, that the one which is read is compared with. */
struct workspace_base {
	char commit[41];
	bool moved;           /* its folder is another one there, catalog.config.workspace */
	struct catalog catalog;
	struct resolved resolved;
	struct diags diags;   /* findings on it, without configured severities */
};

struct workspace {
	struct arena arena;
	struct source *source;
	struct catalog catalog;
	struct resolved resolved;
	struct diags diags;
	struct results results;
	struct text manifest; /* reports/manifest.json as it was read, after workspace_pages() */
	struct period holds; /* as of any other instant of it the same results would come out, but for results.as_of itself */
	size_t files; /* manifests and metric files read */
	struct limits limits; /* the command line's */
	struct history *history; /* opened when it is first asked for */
	unsigned jobs;
	const struct progress *progress;
	size_t memory; /* as in the request */
	bool data_checks; /* set before workspace_measure(): also check the CSVs of snapshots that pages show */
	const char *no_base; /* why there was no base, with base_if_any; else NULL */
	bool none;    /* no workspace was there, with may_be_none; nothing else is set */
	bool base_none; /* nor was there one at the base */
	const struct workspace_base *base; /* with base or against; NULL */
};

/* Source to resolve: every record is there, every effective recipe, every finding of `galley check`. */
int workspace_open(struct workspace *workspace, const struct workspace_request *request, struct failure *failure);
void workspace_close(struct workspace *workspace);
/* Where the workspace of the base stands in what is read, "ml/", where the start folder leads to none there any more. */
int workspace_moved_to(struct text *place, bool *found, struct workspace *workspace, struct failure *failure);
/* Whether anything stands at this path, from the repository's top, in what is read. */
int workspace_has(bool *found, struct workspace *workspace, struct text path, struct failure *failure);

/* Resolve: what differs in meaning between workspace->base and what was read. Not after findings_only. */
void workspace_differences(struct differences *out, struct workspace *workspace);
/* Measure: the runs that succeeded, judged by the limits of both. */
void workspace_rejudge(struct run_moves *out, struct workspace *workspace);

/* History: all of them also where settings_only. Without history, or in a shallow clone that cannot know, they fail with EXIT_UNABLE. */

/* The versions of a recipe or pack, with what each changed in effect; none where there is no such id. */
int workspace_log(struct version_log *log, struct workspace *workspace, struct text id, size_t most, struct failure *failure);
/* All versions of all recipes and packs, by kind and id, without what they changed. */
int workspace_versions(struct version_log **logs, size_t *count, struct workspace *workspace, struct failure *failure);
/* "ID", "ID@VERSION", "MODEL" or "MODEL/RUN". Where there is the id but no such version, newest names those that there are. */
int workspace_show(struct shown_record *record, bool *found, struct text *newest, struct workspace *workspace, struct text wanted,
                   struct failure *failure);
/* The effective recipe that a reference asks for, of any version; *out is NULL where there is none, see newest. */
int workspace_resolve(const struct effective **out, struct text *newest, struct workspace *workspace, const struct reference *reference,
                      struct failure *failure);
/* Who decided what, newest first, with the proposals that wait on branches; see activity.h. branches: where those are. */
int workspace_activity(struct activity **items, size_t *count, bool *cut, struct workspace *workspace, struct text id,
                       const struct proposal_request *branches, struct failure *failure);
/* The ids of recipes and packs that are or were there, after one of the above. */
void workspace_names(struct text **names, size_t *count, struct workspace *workspace);

/* Author: the workspace as it would be with a change of some files, into after, which is closed by workspace_close() whatever comes of it;
 * fresh gets the errors that before does not have, and all of the changed files themselves. request: what before was opened with.
 * with_versions: the first file's version is also held against history, where there is one. */
int workspace_would_be(struct workspace *after, struct diags *fresh, struct workspace *before, const struct workspace_request *request,
                       const struct authored *changes, size_t count, bool with_versions, struct failure *failure);

/* Measure: gates, drift, freshness and decision of every model (of those in only where only_count is not 0), in
 * workspace->results.models. latest_only: the newest snapshots alone, see monitor.h. */
int workspace_measure(struct workspace *workspace, bool latest_only, const struct model *const *only, size_t only_count,
                      struct failure *failure);

/* Measure: runs side by side, each judged as it is now. */
void workspace_compare(struct comparison *out, struct workspace *workspace, const struct model *const *models, const struct run *const *runs,
                       size_t count);

/* An expression against a model's present state, see monitor.h. */
int workspace_try(struct trial *trial, struct workspace *workspace, const struct model *model, struct text source, struct failure *failure);

/* Report: the pages as files to write, after workspace_measure(). recheck: as the manifest.json that is there says (as-of and source),
 * see `report --check`. */
int workspace_pages(struct publish_file **files, size_t *count, struct workspace *workspace, bool recheck, struct failure *failure);

/* Site: the pages as files of a static web site, see site.h; previous: the bytes of the SITE_MANIFEST that is there now. */
int workspace_site(struct publish_file **files, size_t *count, struct workspace *workspace, struct text previous, struct failure *failure);

/* Of files, those that differ from what the source holds now. */
int workspace_stale(struct publish_file **stale, size_t *stale_count, struct workspace *workspace, const struct publish_file *files,
                    size_t count, struct failure *failure);

/* --- The same run again: with nothing changed that it read or wrote, it comes to the same --- */

enum run_kind { RUN_WRITE, RUN_CHECK, RUN_COMMIT };

/* What a run of `report` came to, as far as it is told. */
struct run_answer {
	int code;         /* of what was found in the files */
	struct text said; /* of that, on standard error */
	int out_code;     /* RUN_CHECK: of what was printed */
	struct text out;
	size_t pages;     /* RUN_WRITE: how many; workspace_keep() counts them */
	struct text reports; /* the folder */
	struct text committer_name, committer_email; /* galley.yaml's */
	bool fixed;       /* what was read says which present it is as of */
};

/* Whether a run of this kind with this request was kept and would come to the same now: all that it read is as it was, and so is every page
 * that it wrote or that was there already. color: of what it says. */
bool workspace_again(struct run_answer *answer, const struct workspace_request *request, enum run_kind kind, bool color, struct arena *arena);
/* Keeps a run that has come to its end, where the workspace was opened with source.seen. files: its pages; request: as it was asked for. */
void workspace_keep(struct workspace *workspace, struct run_answer *answer, const struct workspace_request *request, enum run_kind kind, bool color,
                    const struct publish_file *files, size_t count);

/* A new workspace in a folder, from templates; where a file of one is there already nothing is written. left_out: the names of what
 * belongs at the top of the repository, where the folder is not that; else empty. */
int workspace_create(size_t *written, struct text *left_out, const char *directory, struct arena *arena, struct failure *failure);

#endif
