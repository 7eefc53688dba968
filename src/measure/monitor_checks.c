#include "monitor_inner.h"

#include "arena.h"

static int run_check(const struct monitored *monitored, struct snapshot_result *snapshot)
{
	struct data_check *check = arena_alloc(monitored->arena, sizeof *check);
	struct table_file file = {monitored->request->source, snapshot->snapshot->csv};
	struct data_check_request request = {
		.file = &file,
		.recipe = monitored->watch.recipe,
		.as_of = snapshot->snapshot->time,
		.jobs = monitored->request->jobs,
		.limits = &monitored->watch.config->limits,
	};

	snapshot->check = check;
	return data_check(check, &request, monitored->arena, monitored->diags, monitored->failure);
}

int checks_run(struct monitored *monitored)
{
	size_t left = value_at(monitored->watch.recipe->root, "requirements.schema") ? monitored->request->data_checks : 0;

	for (size_t i = monitored->out->snapshot_count; i > 0 && left; i--) {
		struct snapshot_result *snapshot = &monitored->out->snapshots[i - 1];
		if (!snapshot->snapshot->csv.len)
			continue;
		left--;
		if (run_check(monitored, snapshot) != 0)
			return -1;
	}
	return 0;
}
