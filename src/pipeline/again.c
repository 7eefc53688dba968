#include "stages.h"

#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "packed.h"
#include "report.h"
#include "seen.h"

#ifndef GALLEY_RUN_STAMP
#error "the build says which code it is, so that no other code's run is taken for its own"
#endif

/* --- The key: all that tells one run from another but what is read --- */

static void make_key(char key[65], struct source *source, const struct workspace_request *request, enum run_kind kind, bool color)
{
	const struct limits *limits = request->limits ? request->limits : &limits_default;
	struct buffer out;

	buffer_init(&out);
	buffer_string(&out, GALLEY_RUN_STAMP "\nrun\n");
	pack_count(&out, (uint64_t)kind);
	pack_flag(&out, color);
	pack_flag(&out, request->has_as_of);
	pack_flag(&out, request->live);
	/* Whoever commits builds on another commit each time. */
	pack_text(&out, text_of(kind == RUN_CHECK && request->source.at ? request->source.at : ""));
	for (size_t i = 0; i < LIMIT_LIST_COUNT; i++)
		pack_count(&out, limit_get(limits, &limit_list[i]));
	pack_count(&out, limits->given);
	seen_place(&out, source);
	digest_sha256(key, buffer_text(&out));
	buffer_release(&out);
}

/* Pages go where they were read from, or nowhere; else what stands there is not known by what was read. */
static bool can_tell(const struct source *source, enum run_kind kind)
{
	enum source_kind from = source_get_info(source)->kind;

	return kind == RUN_WRITE ? from == SOURCE_WORKTREE : kind == RUN_COMMIT ? from == SOURCE_COMMIT : from != SOURCE_FOLDER;
}

/* --- The record --- */

struct run_record {
	struct run_answer answer;
	struct period holds;
	bool history;    /* pages name the commit that they were made from */
	struct text commit; /* the one that was read, or HEAD */
	struct text source; /* what the manifest that is there now says, where it lies behind that commit; else empty */
	struct text seen;
};

static void put_record(struct buffer *out, const struct run_record *record)
{
	const struct run_answer *answer = &record->answer;

	pack_count(out, (uint64_t)answer->code);
	pack_text(out, answer->said);
	pack_count(out, (uint64_t)answer->out_code);
	pack_text(out, answer->out);
	pack_count(out, answer->pages);
	pack_text(out, answer->reports);
	pack_text(out, answer->committer_name);
	pack_text(out, answer->committer_email);
	pack_flag(out, answer->fixed);
	pack_flag(out, record->holds.begins);
	pack_flag(out, record->holds.ends);
	pack_word(out, (uint64_t)record->holds.from);
	pack_word(out, (uint64_t)record->holds.until);
	pack_flag(out, record->history);
	pack_text(out, record->commit);
	pack_text(out, record->source);
	pack_text(out, record->seen);
}

static bool get_record(struct run_record *record, struct text bytes)
{
	struct unpack from = {.bytes = bytes};
	struct run_answer *answer = &record->answer;

	answer->code = (int)unpack_most(&from, EXIT_LOST_RACE);
	answer->said = unpack_text(&from);
	answer->out_code = (int)unpack_most(&from, EXIT_LOST_RACE);
	answer->out = unpack_text(&from);
	answer->pages = (size_t)unpack_count(&from);
	answer->reports = unpack_text(&from);
	answer->committer_name = unpack_text(&from);
	answer->committer_email = unpack_text(&from);
	answer->fixed = unpack_flag(&from);
	record->holds.begins = unpack_flag(&from);
	record->holds.ends = unpack_flag(&from);
	record->holds.from = (int64_t)unpack_word(&from);
	record->holds.until = (int64_t)unpack_word(&from);
	record->history = unpack_flag(&from);
	record->commit = unpack_text(&from);
	record->source = unpack_text(&from);
	record->seen = unpack_text(&from);
	return unpack_whole(&from) && (!record->source.len || record->source.len == 40);
}

static void write_record(struct source *source, const char key[65], const struct run_record *record)
{
	struct buffer out;

	buffer_init(&out);
	put_record(&out, record);
	source_kept_write(source, key, buffer_text(&out));
	buffer_release(&out);
}

/* --- Reading it --- */

static bool is_present(const struct run_record *record, const struct source *source, const struct workspace_request *request)
{
	const struct source_info *info = source_get_info(source);

	return record->answer.fixed || period_holds(&record->holds, present_without_settings(info, request));
}

/* HEAD may have moved: what matters is whether the source that pages name lies behind it. */
static bool is_history_same(const struct run_record *record, struct source *source)
{
	struct failure failure;
	enum reach reach;
	char commit[41] = "";

	if (!record->history || text_is(record->commit, source_get_info(source)->commit))
		return true;
	if (!record->source.len)
		return false;
	memcpy(commit, record->source.at, 40);
	return source_reaches(&reach, source, commit, &failure) == 0 && reach == REACH_YES;
}

static bool read_record(struct run_record *record, struct source *source, const char key[65], const struct workspace_request *request,
                        struct arena *arena)
{
	bool renewed;
	struct buffer fresh;

	if (!get_record(record, source_kept_read(source, key, arena)) || !is_present(record, source, request) || !is_history_same(record, source))
		return false;
	buffer_init(&fresh);
	bool same = seen_again(&fresh, &renewed, source, record->seen, request->jobs);
	if (same && renewed) {
		record->seen = buffer_text(&fresh);
		write_record(source, key, record);
	}
	buffer_release(&fresh);
	return same;
}

bool workspace_again(struct run_answer *answer, const struct workspace_request *request, enum run_kind kind, bool color, struct arena *arena)
{
	struct run_record record = {.history = false};
	struct source *source;
	struct failure failure;
	char key[65];

	/* What is wrong here is met again by the whole run, which says it. */
	if (request->source.no_cache || source_open(&source, &request->source, arena, &failure) < 0)
		return false;
	bool again = can_tell(source, kind);
	if (again) {
		make_key(key, source, request, kind, color);
		again = read_record(&record, source, key, request, arena);
	}
	source_close(source);
	*answer = record.answer;
	return again;
}

/* --- Writing it --- */

/* The commit that the manifest names as pages stand now: *known is false where nobody can tell whether it lies behind the one that is read. */
static struct text standing_source(bool *known, struct workspace *workspace, struct text manifest)
{
	struct failure failure;
	enum reach reach = REACH_NO;
	char source[41] = "";
	int64_t as_of;

	*known = true;
	if (!report_manifest_read(&as_of, source, manifest, &workspace->arena) || !source[0])
		return TEXT("");
	if (source_reaches(&reach, workspace->source, source, &failure) < 0 || reach == REACH_UNKNOWN)
		*known = false;
	return reach == REACH_YES ? text_copy(&workspace->arena, text_of(source)) : TEXT("");
}

/* Holds for nobody who asks later. */
static bool is_brief(const struct workspace *workspace, const struct run_answer *answer)
{
	return !answer->fixed && workspace->holds.ends && workspace->holds.until <= workspace->results.as_of + 1;
}

void workspace_keep(struct workspace *workspace, struct run_answer *answer, const struct workspace_request *request, enum run_kind kind, bool color,
                    const struct publish_file *files, size_t count)
{
	struct source *source = workspace->source;
	struct run_record record = {.holds = workspace->holds, .history = workspace->catalog.config.history};
	struct text manifest = count && kind != RUN_CHECK ? files[count - 1].bytes : workspace->manifest;
	struct buffer seen;
	bool known = true;
	char key[65];

	if (request->source.no_cache || !can_tell(source, kind) || is_brief(workspace, answer))
		return;
	record.commit = text_of(source_get_info(source)->commit);
	record.source = record.history ? standing_source(&known, workspace, manifest) : TEXT("");
	if (!known)
		return;
	for (size_t i = 0; i < count && kind == RUN_WRITE; i++)
		if (!files[i].remove) {
			seen_wrote(source, files[i].path, files[i].bytes);
			answer->pages++;
		}
	record.answer = *answer;
	buffer_init(&seen);
	if (seen_pack(&seen, source, workspace->jobs)) {
		make_key(key, source, request, kind, color);
		record.seen = buffer_text(&seen);
		write_record(source, key, &record);
	}
	buffer_release(&seen);
}
