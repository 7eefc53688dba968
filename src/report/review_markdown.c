#include "review_parts.h"

#include <string.h>

#include "findings_parts.h"
#include "words.h"

/* The page in the order that people read it; the rank says what goes first where there is too much: it goes from the highest. */
enum { RANK_FRAME, RANK_SUMMARY, RANK_RUNS, RANK_GATES, RANK_FINDINGS, RANK_FIELDS, RANK_RECIPES, RANK_GRAPH };

enum { NAME_POINTS = 60, NAMED = 3, METRICS_SHOWN = 12, OLDER_NAMED = 3 };

struct page_of_review {
	struct buffer *out;
	const struct review *review;
	const struct diff_tables *tables;
	struct blocks *blocks;
};

/* --- The head --- */

static void add_sign(struct buffer *out, const struct review *review, enum severity severity)
{
	add_mark(out, &review->view, severity == SEVERITY_ERROR ? "❌" : severity == SEVERITY_WARNING ? "⚠️" : "✅");
}

static void add_counted(struct buffer *out, bool *any, size_t count, const char *one)
{
	if (!count)
		return;
	buffer_format(out, "%s%zu %s%s", *any ? ", " : "", count, one, count == 1 ? "" : "s");
	*any = true;
}

static void add_reach(struct buffer *out, const struct review *review)
{
	size_t levels[LEVEL_CLIENT + 1] = {0};
	const struct differences *differences = review->view.differences;
	bool any = false;

	for (size_t i = 0; i < differences->count; i++) {
		const struct record_change *change = &differences->items[i];
		if (change->kind == KIND_RECIPE)
			levels[((const struct recipe *)(change->after ? change->after : change->before))->level]++;
	}
	buffer_format(out, "**%zu recipe%s**", review->counts.records[KIND_RECIPE], review->counts.records[KIND_RECIPE] == 1 ? "" : "s");
	if (review->counts.records[KIND_RECIPE]) {
		buffer_string(out, " (");
		for (int level = LEVEL_BASELINE; level <= LEVEL_CLIENT; level++) {
			if (!levels[level])
				continue;
			buffer_format(out, "%s%zu %s", any ? ", " : "", levels[level], level_name((enum level)level));
			any = true;
		}
		buffer_string(out, ")");
	}
	buffer_format(out, " and %zu model%s", review->counts.records[KIND_MODEL], review->counts.records[KIND_MODEL] == 1 ? "" : "s");
}

static void add_validity(struct buffer *out, const struct review *review)
{
	const size_t *counts = review->findings->counts;
	bool any = false;

	if (!counts[SEVERITY_ERROR])
		buffer_string(out, "All files valid");
	any = !counts[SEVERITY_ERROR];
	add_counted(out, &any, counts[SEVERITY_ERROR], "error");
	add_counted(out, &any, counts[SEVERITY_WARNING], "warning");
	add_counted(out, &any, counts[SEVERITY_NOTE], "note");
	buffer_string(out, ".\n");
}

/* What a page has at least. */
static void add_answer(struct buffer *out, const struct review *review)
{
	buffer_format(out, "<!-- galley:review key=%s format=1 -->\n### ", review->key);
	add_sign(out, review, review_sign(review));
	review_headline(out, review);
}

static void add_top(struct page_of_review *page)
{
	const struct review *review = page->review;
	struct buffer *out = page->out;

	add_answer(out, review);
	buffer_format(out, "\n\n%zu file%s edited → ", review->files_edited, review->files_edited == 1 ? "" : "s");
	add_reach(out, review);
	buffer_string(out, ". ");
	if (review->view.head)
		add_head(out, &review->view);
	else
		buffer_format(out, "T%s", review->view.head_place + 1);
	buffer_string(out, " compared with ");
	markdown_text_cut(out, text_of(review->base_name), NAME_POINTS);
	buffer_format(out, " `%.*s`.", DIFF_COMMIT_DIGITS, review->view.base);
	add_moved(out, &review->view);
	buffer_char(out, ' ');
	add_validity(out, review);
}

/* --- What it comes to, in five lines --- */

static void add_verdicts(struct buffer *out, const struct review *review, const struct run_move *move)
{
	(void)review;
	markdown_text_cut(out, model_name(move), NAME_POINTS);
	if (move->role != ROLE_PRODUCTION) {
		buffer_char(out, ' ');
		markdown_text_cut(out, move->run->record.id, NAME_POINTS);
	}
	buffer_format(out, ", %s → %s", move->has_before ? verdict_name(move->before) : "not serving", verdict_name(move->after));
}

/* Names those that are shown below, the first few of them. */
static void add_names(struct buffer *out, const struct review *review, bool gate_moved)
{
	size_t named = 0, all = 0;

	for (size_t i = 0; i < review->runs->count; i++) {
		const struct run_move *move = &review->runs->items[i];
		if (gate_moved ? !move->gate_moved : move->move != VERDICT_WORSE)
			continue;
		all++;
		if (named >= NAMED || (!is_shown(move) && !gate_moved))
			continue;
		buffer_string(out, named++ ? "; " : ": ");
		add_verdicts(out, review, move);
	}
	if (named && named < all)
		buffer_format(out, "; and %zu more", all - named);
}

static void row_begin(struct block *block, const char *what)
{
	buffer_format(&block->rows, "| %s | ", what);
}

static void row_close(struct page_of_review *page, struct block *block)
{
	buffer_string(&block->rows, " |\n");
	block_row(block, page->blocks);
}

static void row_of_worse(struct page_of_review *page, struct block *block)
{
	const struct run_moves *runs = page->review->runs;
	size_t others = runs->worse[ROLE_NEWEST] + runs->worse[ROLE_OLDER], served = runs->worse[ROLE_PRODUCTION];
	struct buffer *out = &block->rows;

	row_begin(block, "Verdicts that get worse");
	add_sign(out, page->review, runs->worst_served ? SEVERITY_ERROR : served || others ? SEVERITY_WARNING : SEVERITY_OFF);
	if (served)
		buffer_format(out, "**%zu** in production", served);
	if (others)
		buffer_format(out, "%s**%zu** %s", served ? " and " : "", others, served ? "other" : "not in production");
	if (!served && !others)
		buffer_format(out, "none of %zu", runs->judged);
	add_names(out, page->review, false);
	row_close(page, block);
}

static void row_of_gates(struct page_of_review *page, struct block *block)
{
	const struct diff_counts *counts = &page->review->counts;
	size_t looser = counts->gates[GATE_IS_LOOSER] + counts->gates[GATE_IS_REMOVED], named = 0;
	struct buffer *out = &block->rows;

	row_begin(block, "Gates that get looser");
	add_sign(out, page->review, looser ? SEVERITY_WARNING : SEVERITY_OFF);
	if (!looser)
		buffer_format(out, "none%s", counts->gates[GATE_IS_TIGHTER] ? ", some tighter" : "");
	else
		buffer_format(out, "**%zu**", looser);
	if (counts->waived)
		buffer_format(out, " (%zu waived)", counts->waived);
	for (size_t i = 0; i < page->tables->gate_count && named < NAMED; i++) {
		const struct gate_group *group = &page->tables->gates[i];
		if (group->gate->word > GATE_IS_REMOVED)
			continue;
		buffer_string(out, named++ ? "; " : ": ");
		add_gate_brief(out, group, page->tables->arena);
	}
	if (looser > named)
		buffer_format(out, "; and %zu more", looser - named);
	row_close(page, block);
}

static void row_of_better(struct page_of_review *page, struct block *block)
{
	const struct run_moves *runs = page->review->runs;

	row_begin(block, "Verdicts that get better only because a gate moved");
	add_sign(&block->rows, page->review, runs->gate_moved ? SEVERITY_WARNING : SEVERITY_OFF);
	if (runs->gate_moved)
		buffer_format(&block->rows, "**%zu**", runs->gate_moved);
	else
		buffer_string(&block->rows, "none");
	add_names(&block->rows, page->review, true);
	row_close(page, block);
}

static void row_of_fields(struct page_of_review *page, struct block *block)
{
	const struct review *review = page->review;
	struct buffer *out = &block->rows;

	row_begin(block, "Fields that change in effect");
	if (review->field_count)
		buffer_format(out, "%zu in %zu recipe%s", review->field_count, review->field_recipes, review->field_recipes == 1 ? "" : "s");
	else
		buffer_string(out, "none");
	if (review->keepers)
		buffer_format(out, "; %zu recipe%s %s own value", review->keepers, review->keepers == 1 ? "" : "s",
		              review->keepers == 1 ? "keeps its" : "keep their");
	row_close(page, block);
}

static void row_of_checks(struct page_of_review *page, struct block *block)
{
	const struct review *review = page->review;
	const size_t *counts = review->findings->counts;
	struct buffer *out = &block->rows;
	size_t fresh = review->new_counts[SEVERITY_ERROR] + review->new_counts[SEVERITY_WARNING] + review->new_counts[SEVERITY_NOTE];

	row_begin(block, "Schema, references, versions");
	add_sign(out, review, counts[SEVERITY_ERROR] ? SEVERITY_ERROR : review->new_counts[SEVERITY_WARNING] ? SEVERITY_WARNING : SEVERITY_OFF);
	buffer_format(out, "%zu recipe%s, %zu pack%s, %zu error%s, %zu warning%s, %zu note%s", review->now->catalog->recipe_count,
	              review->now->catalog->recipe_count == 1 ? "" : "s", review->now->catalog->pack_count,
	              review->now->catalog->pack_count == 1 ? "" : "s", counts[SEVERITY_ERROR], counts[SEVERITY_ERROR] == 1 ? "" : "s",
	              counts[SEVERITY_WARNING], counts[SEVERITY_WARNING] == 1 ? "" : "s", counts[SEVERITY_NOTE],
	              counts[SEVERITY_NOTE] == 1 ? "" : "s");
	if (review->findings->count)
		buffer_format(out, ", %zu of them new", fresh);
	row_close(page, block);
}

static void add_summary(struct page_of_review *page)
{
	struct block *block = block_add(page->blocks, RANK_SUMMARY, "summary line");

	buffer_string(&block->head, "\n");
	table_head(&block->head, (struct column[]){{"Check", 30, false}, {"Result", 0, false}}, 2);
	row_of_worse(page, block);
	row_of_gates(page, block);
	row_of_better(page, block);
	row_of_fields(page, block);
	row_of_checks(page, block);
}

/* --- Runs --- */

static void add_verdict(struct buffer *out, const struct review *review, enum verdict verdict, bool bold)
{
	static const enum severity signs[] = {SEVERITY_OFF, SEVERITY_WARNING, SEVERITY_WARNING, SEVERITY_ERROR};

	if (verdict == VERDICT_INCONCLUSIVE)
		add_mark(out, &review->view, "❔");
	else
		add_sign(out, review, signs[verdict]);
	buffer_format(out, "%s%s%s", bold ? "**" : "", verdict_name(verdict), bold ? "**" : "");
}

static void add_run_cells(struct buffer *out, const struct run_move *move)
{
	cell(out);
	buffer_string(out, "**");
	markdown_text_cut(out, model_name(move), NAME_POINTS);
	buffer_string(out, "**<br>");
	markdown_text_cut(out, move->run->record.id, 64);
	cell(out);
	buffer_string(out, run_role_name(move->role));
	if (move->served.len) {
		buffer_string(out, ", was ");
		markdown_text_cut(out, move->served, 64);
	}
	if (move->is_new)
		buffer_string(out, ", new");
}

static void metric_row(struct buffer *out, const struct page_of_review *page, const struct run_move *move, const struct metric_move *metric)
{
	bool worse = metric->has_after && (!metric->has_before || metric->after > metric->before);

	add_run_cells(out, move);
	cell(out);
	markdown_text_cut(out, metric->metric->key, NAME_POINTS);
	cell(out);
	show_value(out, metric->metric, metric->value, page->tables->arena);
	cell(out);
	if (metric->has_before)
		add_verdict(out, page->review, metric->before, false);
	else
		buffer_string(out, "not judged");
	cell(out);
	if (metric->has_after)
		add_verdict(out, page->review, metric->after, worse);
	else
		buffer_string(out, "not judged");
	buffer_string(out, metric->gate_moved ? ", gate moved" : "");
	row_end(out);
}

/* Where no metric says why. */
static void whole_row(struct buffer *out, const struct page_of_review *page, const struct run_move *move)
{
	add_run_cells(out, move);
	buffer_string(out, " | all | n/a | ");
	if (move->has_before)
		add_verdict(out, page->review, move->before, false);
	else
		buffer_string(out, move->role == ROLE_PRODUCTION ? "not serving" : "not judged");
	cell(out);
	add_verdict(out, page->review, move->after, move->move == VERDICT_WORSE);
	buffer_string(out, move->gate_moved ? ", gate moved" : "");
	if (move->reason.len) {
		buffer_string(out, "<br>");
		markdown_text_cut(out, move->reason, 160);
	}
	row_end(out);
}

static void rows_of_run(const struct page_of_review *page, struct block *block, const struct run_move *move)
{
	if (!move->metric_count || move->served.len) {
		whole_row(&block->rows, page, move);
		block_row(block, page->blocks);
	}
	for (size_t i = 0; i < move->metric_count && i < METRICS_SHOWN; i++) {
		metric_row(&block->rows, page, move, &move->metrics[i]);
		block_row(block, page->blocks);
	}
}

/* "4 older runs, none of them in production, would be judged worse too; 55 other runs keep their verdict." */
static void add_others(struct buffer *out, const struct review *review)
{
	const struct run_moves *runs = review->runs;
	size_t kept = runs->kept;
	bool any = false;

	/* Those that are shown for a metric of theirs are no others. */
	for (size_t i = 0; i < runs->count; i++)
		kept -= is_shown(&runs->items[i]) && runs->items[i].move == VERDICT_KEPT && !runs->items[i].gate_moved;
	if (runs->worse[ROLE_OLDER]) {
		buffer_format(out, "%zu older run%s, none of them in production, would be judged worse too", runs->worse[ROLE_OLDER],
		              runs->worse[ROLE_OLDER] == 1 ? "" : "s");
		any = true;
	}
	if (runs->better[ROLE_OLDER]) {
		buffer_format(out, "%s%zu older run%s better", any ? ", " : "", runs->better[ROLE_OLDER], runs->better[ROLE_OLDER] == 1 ? "" : "s");
		any = true;
	}
	if (runs->fresh) {
		buffer_format(out, "%s%zu new run%s not compared", any ? "; " : "", runs->fresh, runs->fresh == 1 ? " is" : "s are");
		any = true;
	}
	if (kept || !(runs->count || any))
		buffer_format(out, "%s%zu %srun%s %s verdict", any ? "; " : "", kept, runs->count || any ? "other " : "", kept == 1 ? "" : "s",
		              kept == 1 ? "keeps its" : "keep their");
	else if (!any)
		buffer_string(out, "No other run was judged");
	buffer_string(out, ".\n");
}

static void add_runs(struct page_of_review *page)
{
	static const struct column columns[] = {{"Model and run", 0, false}, {"Role", 0, false},  {"Metric", 0, false},
	                                        {"Value", 0, true},          {"Before", 3, false}, {"After", 4, false}};
	const struct run_moves *runs = page->review->runs;
	struct block *block;

	if (!runs->judged)
		return;
	block = block_add(page->blocks, RANK_RUNS, "verdict");
	buffer_string(&block->head, "\n#### Runs judged again\n\n");
	table_head(&block->head, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < runs->count; i++)
		if (is_shown(&runs->items[i]))
			rows_of_run(page, block, &runs->items[i]);
	struct block *others = block_add(page->blocks, RANK_RUNS, NULL);
	buffer_string(&others->head, block->count ? "\n" : "\n#### Runs judged again\n\n");
	add_others(&others->head, page->review);
}

/* --- Findings --- */

/* A fence holds lines; each comes through on its own, so that nothing in it can end the fence. */
static void add_fenced(struct buffer *out, struct text text)
{
	while (text.len) {
		size_t end = text_find(text, '\n');
		markdown_fenced(out, text_cut(text, 0, end));
		buffer_char(out, '\n');
		text = text_cut(text, end + 1, text.len);
	}
}

static void add_finding(struct page_of_review *page, struct block *block, const struct finding *finding)
{
	struct buffer text;

	buffer_init(&text);
	buffer_string(&block->rows, block->count ? "\n" : "");
	finding_text(&text, finding->diag, false);
	add_fenced(&block->rows, buffer_text(&text));
	buffer_release(&text);
	block_row(block, page->blocks);
}

static void add_findings(struct page_of_review *page)
{
	const struct findings *findings = page->review->findings;
	struct block *block = block_add(page->blocks, RANK_FINDINGS, "finding");
	size_t fresh = 0;
	bool any = false;

	for (size_t i = 0; i < findings->count; i++)
		fresh += page->review->is_new[i];
	buffer_string(&block->head, "\n<details>\n<summary>Diagnostics: ");
	add_counted(&block->head, &any, findings->counts[SEVERITY_ERROR], "error");
	add_counted(&block->head, &any, findings->counts[SEVERITY_WARNING], "warning");
	add_counted(&block->head, &any, findings->counts[SEVERITY_NOTE], "note");
	if (fresh < findings->count)
		buffer_format(&block->head, ", %zu of them there before, last", findings->count - fresh);
	buffer_string(&block->head, "</summary>\n\n```text\n");
	for (int old = 0; old < 2; old++)
		for (size_t i = 0; i < findings->count; i++) {
			const struct finding *finding = findings->ranked[i];
			if (page->review->is_new[finding - findings->items] == !old)
				add_finding(page, block, finding);
		}
	buffer_string(&block->tail, "```\n\n</details>\n");
}

/* --- All of it --- */

/* A branch may be named so that a shell would run what people copy. */
static bool is_shell_word(const char *name)
{
	const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-";

	return *name != '-' && strspn(name, plain) == strlen(name) && strlen(name) <= NAME_POINTS;
}

static void add_footer(struct page_of_review *page)
{
	const struct review *review = page->review;
	struct block *block = block_add(page->blocks, RANK_FRAME, NULL);
	struct buffer command;

	buffer_init(&command);
	buffer_string(&command, "galley review --base ");
	if (is_shell_word(review->base_name))
		buffer_string(&command, review->base_name);
	else
		buffer_format(&command, "%.*s", DIFF_COMMIT_DIGITS, review->view.base);
	if (review->view.head && !review->checked_out)
		buffer_format(&command, " --at %.*s", DIFF_COMMIT_DIGITS, review->view.head);
	buffer_string(&block->head, "\n<sub>The same on your machine: ");
	markdown_code(&block->head, buffer_text(&command));
	buffer_string(&block->head, ". This comment is updated on every push. All of it as data: `--format json`.</sub>\n");
	buffer_release(&command);
}

void review_markdown(struct buffer *out, const struct review *review, size_t max)
{
	struct arena arena;
	struct blocks blocks;
	struct diff_tables tables;

	arena_init(&arena);
	diff_tables_init(&tables, &review->view, &arena);
	blocks_init(&blocks, &arena);
	struct page_of_review page = {out, review, &tables, &blocks};
	add_top(&page);
	add_summary(&page);
	if (tables.gate_count)
		block_of_gates(&blocks, &tables, RANK_GATES);
	add_runs(&page);
	block_of_fields(&blocks, &tables, RANK_FIELDS);
	block_of_recipes(&blocks, review, &tables, RANK_RECIPES);
	block_of_graph(&blocks, review, &tables, RANK_GRAPH);
	add_findings(&page);
	add_footer(&page);
	blocks_print(out, &blocks, max, TEXT("The rest is in `galley review --format json`, and in the page with a larger `--max-bytes`."));
	if (out->len > max) {
		buffer_clear(out);
		add_answer(out, review);
		buffer_string(out, "\n\nAll else is left out for size; it is in `galley review --format json`.\n");
	}
	blocks_release(&blocks);
	arena_release(&arena);
}
