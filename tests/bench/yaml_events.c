/* yaml_events <LIST: what libyaml's events alone cost on the files whose names stand in LIST, a line each, read into memory first. Prints
 * files, bytes, events and the median of five rounds in seconds: of the clock, and of the processor. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <yaml.h>

struct file {
	unsigned char *bytes;
	size_t len;
};

static double now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void read_file(struct file *file, const char *path)
{
	FILE *stream = fopen(path, "rb");
	long len = -1;

	if (stream && fseek(stream, 0, SEEK_END) == 0)
		len = ftell(stream);
	if (len < 0) {
		perror(path);
		exit(3);
	}
	rewind(stream);
	file->len = (size_t)len;
	file->bytes = malloc(file->len + 1);
	if (!file->bytes || fread(file->bytes, 1, file->len, stream) != file->len) {
		perror(path);
		exit(3);
	}
	fclose(stream);
}

static size_t count_events(const struct file *file)
{
	yaml_parser_t parser;
	yaml_event_t event;
	size_t events = 0;
	int done = 0;

	if (!yaml_parser_initialize(&parser))
		exit(3);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, file->bytes, file->len);
	while (!done) {
		if (!yaml_parser_parse(&parser, &event))
			exit(3);
		done = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
		events++;
	}
	yaml_parser_delete(&parser);
	return events;
}

static int order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	enum { ROUNDS = 5 };
	struct file *files = NULL;
	size_t count = 0, bytes = 0, events = 0;
	double seconds[ROUNDS], cpu[ROUNDS];
	char path[4096];

	while (fgets(path, sizeof path, stdin)) {
		path[strcspn(path, "\n")] = '\0';
		if (!(count & (count - 1)))
			files = realloc(files, (count ? 2 * count : 1) * sizeof *files);
		if (!files)
			return 3;
		read_file(&files[count], path);
		bytes += files[count++].len;
	}
	for (int round = 0; round < ROUNDS; round++) {
		double start = now(CLOCK_MONOTONIC), cpu_start = now(CLOCK_PROCESS_CPUTIME_ID);
		events = 0;
		for (size_t i = 0; i < count; i++)
			events += count_events(&files[i]);
		seconds[round] = now(CLOCK_MONOTONIC) - start;
		cpu[round] = now(CLOCK_PROCESS_CPUTIME_ID) - cpu_start;
	}
	qsort(seconds, ROUNDS, sizeof *seconds, order);
	qsort(cpu, ROUNDS, sizeof *cpu, order);
	printf("%zu files, %zu bytes, %zu events: %.3f s, %.3f s cpu\n", count, bytes, events, seconds[ROUNDS / 2], cpu[ROUNDS / 2]);
	return 0;
}
