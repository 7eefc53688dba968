#include "review_parts.h"

#include "findings_parts.h"

enum { RUNS_SHOWN = 40 };

static void paint(struct buffer *out, bool color, enum severity severity)
{
	if (color)
		buffer_string(out, severity == SEVERITY_ERROR ? "\x1b[1;31m" : severity == SEVERITY_WARNING ? "\x1b[1;33m" : "\x1b[1;32m");
}

static void add_metric(struct buffer *out, const struct metric_move *metric)
{
	buffer_string(out, "    ");
	buffer_safe(out, metric->pack);
	buffer_char(out, ' ');
	buffer_safe(out, metric->metric->key);
	buffer_char(out, ' ');
	buffer_safe(out, metric->value.len ? text_cut(metric->value, 0, 40) : TEXT("no value"));
	buffer_format(out, ": %s -> %s%s", metric->has_before ? verdict_name(metric->before) : "not judged",
	              metric->has_after ? verdict_name(metric->after) : "not judged", metric->gate_moved ? ", only because the gate moved" : "");
	if (metric->reason.len) {
		buffer_string(out, "; ");
		buffer_safe(out, metric->reason);
	}
	buffer_char(out, '\n');
}

static void add_run(struct buffer *out, const struct run_move *move, bool color)
{
	enum severity severity = move->move == VERDICT_WORSE && move->after >= VERDICT_INCONCLUSIVE ? SEVERITY_ERROR
	                         : move->move == VERDICT_WORSE || move->gate_moved                  ? SEVERITY_WARNING
	                                                                                            : SEVERITY_OFF;

	buffer_string(out, "  ");
	paint(out, color, severity);
	buffer_format(out, "%s -> %s%s", move->has_before ? verdict_name(move->before) : "nothing", verdict_name(move->after), color ? "\x1b[0m" : "");
	buffer_string(out, "  ");
	buffer_safe(out, move->model->record.id);
	buffer_char(out, '/');
	buffer_safe(out, move->run->record.id);
	buffer_format(out, ", %s%s", run_role_name(move->role), move->is_new ? ", new" : "");
	if (move->served.len) {
		buffer_string(out, ", in place of ");
		buffer_safe(out, move->served);
	}
	if (move->gate_moved)
		buffer_string(out, ", better only because a gate moved");
	if (!move->metric_count && move->reason.len) {
		buffer_string(out, ": ");
		buffer_safe(out, move->reason);
	}
	buffer_char(out, '\n');
	for (size_t i = 0; i < move->metric_count; i++)
		add_metric(out, &move->metrics[i]);
}

static void add_runs(struct buffer *out, const struct run_moves *runs, bool color)
{
	buffer_format(out, "\nruns judged again: %zu, of which %zu keep%s the verdict", runs->judged, runs->kept, runs->kept == 1 ? "s" : "");
	if (runs->fresh)
		buffer_format(out, " and %zu %s new", runs->fresh, runs->fresh == 1 ? "is" : "are");
	buffer_char(out, '\n');
	for (size_t i = 0; i < runs->count && i < RUNS_SHOWN; i++)
		add_run(out, &runs->items[i], color);
	if (runs->count > RUNS_SHOWN)
		buffer_format(out, "  and %zu more\n", runs->count - RUNS_SHOWN);
}

/* What the change brought, the worst first; what stood there before is counted. */
static void add_findings(struct buffer *out, const struct review *review, bool color)
{
	const struct findings *findings = review->findings;
	size_t old = 0;

	buffer_string(out, "\nfindings: ");
	if (!add_counts(out, findings->counts))
		buffer_string(out, "none");
	buffer_char(out, '\n');
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = findings->ranked[i];
		if (!review->is_new[finding - findings->items]) {
			old++;
			continue;
		}
		buffer_char(out, '\n');
		finding_text(out, finding->diag, color);
	}
	if (old)
		buffer_format(out, "%s%zu stood there before; see: galley check\n", old < findings->count ? "\n" : "", old);
}

void review_text(struct buffer *out, const struct review *review, bool color)
{
	struct buffer headline;

	buffer_init(&headline);
	review_headline(&headline, review);
	paint(out, color, review_sign(review));
	buffer_add(out, buffer_text(&headline));
	buffer_string(out, color ? "\x1b[0m\n" : "\n");
	buffer_release(&headline);
	add_runs(out, review->runs, color);
	buffer_char(out, '\n');
	diff_text(out, &review->view, color);
	add_findings(out, review, color);
}
