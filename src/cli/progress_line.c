#include "progress_line.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"

enum { FIRST_AFTER = 1000, EVERY = 100 };

static void put(const struct progress_line *line, struct text text)
{
	ssize_t written = write(line->fd, text.at, text.len);

	(void)written; /* a line that is lost is no loss */
}

static void add_models(struct buffer *out, const struct progress_line *line)
{
	if (line->models > 1)
		buffer_format(out, "model %" PRIu64 " of %" PRIu64 ", ", line->models_done + 1, line->models);
	buffer_string(out, line->model);
}

static void add_bytes(struct buffer *out, struct text name, uint64_t done, uint64_t all)
{
	buffer_string(out, out->len ? ": " : "");
	buffer_safe(out, text_is(name, "-") ? TEXT("standard input") : name);
	if (all)
		buffer_format(out, " %u%%", (unsigned)(done >= all ? 100 : (double)done * 100 / (double)all));
	else
		buffer_format(out, " %" PRIu64 " MB", done / 1000000);
}

/* As much as fits in a line of the terminal: one that wraps could not be taken back. */
static struct text fitting(struct text text, size_t width)
{
	size_t end = 0;

	for (size_t i = 0; i < text.len;) {
		utf8_next(text, &i);
		if (utf8_columns(text_cut(text, 0, i)) >= width)
			break;
		end = i;
	}
	return text_cut(text, 0, end);
}

static void show(struct progress_line *line, enum progress_kind kind, struct text name, uint64_t done, uint64_t all)
{
	struct buffer words, out;

	buffer_init(&words);
	buffer_init(&out);
	if (line->models)
		add_models(&words, line);
	if (kind == PROGRESS_BYTES)
		add_bytes(&words, name, done, all);
	buffer_string(&out, "\r\033[K");
	buffer_add(&out, fitting(buffer_text(&words), line->width));
	put(line, buffer_text(&out));
	buffer_release(&words);
	buffer_release(&out);
	line->shown = true;
}

static void set_model(struct progress_line *line, struct text name, uint64_t done, uint64_t all)
{
	struct buffer safe;

	buffer_init(&safe);
	buffer_safe(&safe, name);
	struct text shown = buffer_text(&safe);
	size_t len = shown.len < sizeof line->model ? shown.len : sizeof line->model - 1;
	/* Not in the middle of a character. */
	while (len < shown.len && len && ((unsigned char)shown.at[len] & 0xc0) == 0x80)
		len--;
	memcpy(line->model, shown.at ? shown.at : "", len);
	line->model[len] = '\0';
	line->models_done = done;
	line->models = all;
	buffer_release(&safe);
}

static void tell(void *context, enum progress_kind kind, struct text name, uint64_t done, uint64_t all)
{
	struct progress_line *line = context;

	if (atomic_flag_test_and_set(&line->busy))
		return;
	if (kind == PROGRESS_MODELS)
		set_model(line, name, done, all);
	uint64_t now = line->clock();
	if (now >= line->next) {
		show(line, kind, name, done, all);
		line->next = now + EVERY;
	}
	atomic_flag_clear(&line->busy);
}

void progress_line_begin(struct progress_line *line, int fd, size_t width, uint64_t (*clock)(void))
{
	memset(line, 0, sizeof *line);
	atomic_flag_clear(&line->busy);
	line->fd = fd;
	line->width = width;
	line->clock = clock;
	if (fd < 0)
		return;
	line->progress = (struct progress){tell, line};
	line->next = clock() + FIRST_AFTER;
}

void progress_line_end(struct progress_line *line)
{
	if (line->shown)
		put(line, TEXT("\r\033[K"));
	line->shown = false;
}
