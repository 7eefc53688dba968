#include "monitor_inner.h"

#include "arena.h"

static int run_check(struct monitored *monitored, size_t i)
{
	struct snapshot_result *snapshot = &monitored->out->snapshots[i];
	const struct content *content = content_of(monitored, i);
	size_t said = monitored->diags->count;
	char key[65];
	struct data_check *check = arena_alloc(monitored->arena, sizeof *check);
	struct table_file file = {monitored->request->source, snapshot->snapshot->csv};
	struct data_check_request request = {
		.file = &file,
		.recipe = monitored->watch.recipe,
		.as_of = snapshot->snapshot->time,
		.jobs = monitored->request->jobs,
		.memory = monitored->request->memory,
		.progress = monitored->request->progress,
		.limits = &monitored->watch.config->limits,
	};

	snapshot->check = check;
	kept_check_key(key, &request, content);
	if (key[0] && kept_check_read(check, key, &request, content, monitored->arena))
		return 0;
	if (data_check(check, &request, monitored->arena, monitored->diags, monitored->failure) != 0)
		return -1;
	if (key[0] && monitored->diags->count == said)
		kept_check_write(check, key, &request, content, monitored->arena);
	return 0;
}

int checks_run(struct monitored *monitored)
{
	size_t left = value_at(monitored->watch.recipe->root, "requirements.schema") ? monitored->request->data_checks : 0;

	for (size_t i = monitored->out->snapshot_count; i > 0 && left; i--) {
		if (!monitored->out->snapshots[i - 1].snapshot->csv.len)
			continue;
		left--;
		if (run_check(monitored, i - 1) != 0)
			return -1;
	}
	return 0;
}
