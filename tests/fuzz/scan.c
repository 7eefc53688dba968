/* usage: scan SECONDS FOLDER FOUND [SEED]: makes files out of the pieces that CSV has, and out of the files in FOLDER with some bytes
 * changed, and says where what a scan gives differs from what libcsv gives: a field, a number, a count, a bad row, a message or its
 * place. The file that did is written to FOUND. */
#include <dirent.h>
#include <time.h>
#include <unistd.h>

#include "compare.h"
#include "decimals.h"

struct corpus { struct buffer *files; size_t count; };

static size_t below(uint64_t *seed, size_t count)
{
	return (size_t)(next_random(seed) >> 11) % count;
}

static void read_corpus(struct corpus *corpus, const char *folder)
{
	DIR *dir = opendir(folder);
	char path[4096], block[4096];
	size_t got;

	for (struct dirent *item; dir && (item = readdir(dir)) != NULL;) {
		snprintf(path, sizeof path, "%s/%s", folder, item->d_name);
		FILE *file = item->d_name[0] == '.' ? NULL : fopen(path, "rb");
		if (!file)
			continue;
		corpus->files = realloc(corpus->files, (corpus->count + 1) * sizeof *corpus->files);
		buffer_init(&corpus->files[corpus->count]);
		while ((got = fread(block, 1, sizeof block, file)) > 0)
			buffer_add(&corpus->files[corpus->count], (struct text){block, got});
		corpus->count++;
		fclose(file);
	}
	if (dir)
		closedir(dir);
}

/* --- files --- */

static const struct text odd[] = {
#define T(literal) {(literal), sizeof(literal) - 1}
	T("\""), T("\"\""), T("\"\"\""), T("\n"), T("\r"), T("\r\n"), T("\n\n"), T(","), T(";"), T("\t"), T("|"), T("\0"), T("\xff"), T("\xc3"), T("\xc3\xa4"),
	T("\xef\xbb\xbf"), T(" "), T("\",\""), T("\"\n\""), T("a\"b"), T("\"a\"b"), T("sep=;\n"), T("0123456789012345678901234567890123456789012345678901234567890123456789"),
	T("NA"), T("nan"), T("inf"), T("-"), T("."), T("1e5"), T("\xe2\x82\xac"), T("\xf0\x9f\x98\x80"),
#undef T
};

static void add_value(struct buffer *out, uint64_t *seed)
{
	char text[512];

	switch (below(seed, 8)) {
	case 0: break;
	case 1: buffer_add(out, (struct text){text, (size_t)hard_decimal(text, 500, seed)}); break;
	case 2: buffer_add(out, odd[below(seed, sizeof odd / sizeof *odd)]); break;
	case 3: buffer_string(out, "word"); break;
	case 4: buffer_repeat(out, (char)('a' + below(seed, 26)), below(seed, 5) ? below(seed, 40) : below(seed, 400)); break;
	default: buffer_format(out, "%.*f", (int)below(seed, 9), (double)(int64_t)next_random(seed) / 1e16); break;
	}
}

static void add_field_of(struct buffer *out, size_t quotes, char delimiter, uint64_t *seed)
{
	if (below(seed, 16) >= quotes) {
		add_value(out, seed);
		return;
	}
	buffer_char(out, '"');
	for (size_t i = below(seed, 4); i; i--) {
		static const char *const inside[] = {"\n", "\r\n", "\r", "\"\"", "text", "1.5"};
		size_t what = below(seed, 7);
		if (what == 6)
			buffer_char(out, delimiter);
		else
			buffer_string(out, inside[what]);
	}
	buffer_char(out, '"');
}

static void make_file(struct buffer *out, uint64_t *seed)
{
	static const char delimiters[] = {',', ',', ';', '\t', '|'};
	static const char *const endings[] = {"\n", "\n", "\r\n", "\r"};
	char delimiter = delimiters[below(seed, sizeof delimiters)];
	const char *ending = endings[below(seed, 4)];
	size_t columns = below(seed, 4) ? 1 + below(seed, 6) : 1, quotes = below(seed, 3) ? below(seed, 10) : 0, errors = below(seed, 3) ? below(seed, 8) : 0;

	for (size_t i = 0; i < columns; i++)
		buffer_format(out, "%.*sc%zu", i != 0, &delimiter, i);
	buffer_string(out, ending);
	for (size_t row = below(seed, 30); row; row--) {
		size_t fields = below(seed, 64) < errors ? below(seed, 8) : columns;
		for (size_t i = 0; i < fields; i++) {
			if (i)
				buffer_char(out, delimiter);
			add_field_of(out, quotes, delimiter, seed);
		}
		buffer_string(out, below(seed, 64) < errors ? endings[below(seed, 4)] : ending);
		if (below(seed, 64) < errors)
			buffer_add(out, odd[below(seed, sizeof odd / sizeof *odd)]);
	}
	if (below(seed, 3) == 0 && out->len > 1)
		out->len -= 1;
}

static void change_file(struct buffer *out, const struct buffer *from, uint64_t *seed)
{
	struct text text = buffer_text(from);

	for (size_t i = 1 + below(seed, 4); i; i--) {
		size_t at = below(seed, text.len + 1), skip = below(seed, 3) ? 0 : below(seed, 20);
		buffer_add(out, text_cut(text, 0, at));
		if (below(seed, 5))
			buffer_add(out, odd[below(seed, sizeof odd / sizeof *odd)]);
		else
			buffer_char(out, (char)below(seed, 256));
		text = text_cut(text, at + skip, text.len);
	}
	buffer_add(out, text);
}

/* --- runs --- */

static bool try_file(struct compared *compared, const char *path, const struct buffer *bytes, uint64_t *seed)
{
	static const struct text na[] = {{"?", 1}, {"-1", 2}};
	struct limits limits = limits_default;
	struct scan_options options = {.limits = &limits, .na = na, .na_count = below(seed, 8) ? 0 : 2};
	FILE *file = fopen(path, "wb");

	if (!file || (bytes->len && fwrite(bytes->data, 1, bytes->len, file) != bytes->len) || fclose(file) != 0)
		return false;
	if (below(seed, 3) == 0) {
		limits.csv_field = 128 + below(seed, 64);
		limits.csv_line = 150 + below(seed, 400);
	}
	options.max_bad_rows = below(seed, 3) ? below(seed, 6) : 1000;
	options.block_bytes = 1 + below(seed, below(seed, 3) ? 100 : 1000);
	for (enum scan_code code = SCAN_PORTABLE; code <= SCAN_AVX2; code++) {
		options.code = code;
		compare_scan(compared, &(struct table_file){NULL, text_of(path)}, &options, below(seed, 8) ? 1 : 3);
		if (compared->difference[0]) {
			printf("not ok - code %d, blocks of %zu, %zu bad rows at most: %s\n", (int)code, options.block_bytes, options.max_bad_rows, compared->difference);
			return false;
		}
	}
	return true;
}

static void save(const char *path, const struct buffer *bytes)
{
	FILE *file = fopen(path, "wb");
	if (file) {
		fwrite(bytes->data ? bytes->data : "", 1, bytes->len, file);
		fclose(file);
	}
}

int main(int argc, char **argv)
{
	struct corpus corpus = {0};
	struct compared compared = {0};
	char path[] = "/tmp/galley-fuzz-XXXXXX";
	size_t files = 0, opened = 0, good = 0, rows = 0;
	bool same = true;

	if (argc < 4)
		return fprintf(stderr, "usage: scan SECONDS FOLDER FOUND [SEED]\n"), 2;
	time_t end = time(NULL) + (time_t)strtoul(argv[1], NULL, 10);
	uint64_t seed = argc > 4 ? strtoull(argv[4], NULL, 10) | 1 : 0x9e3779b97f4a7c15u;
	int fd = mkstemp(path);
	if (fd < 0)
		return 3;
	close(fd);
	read_corpus(&corpus, argv[2]);
	for (; same && (files < corpus.count || time(NULL) < end); files++) {
		struct buffer bytes;
		buffer_init(&bytes);
		if (files < corpus.count)
			buffer_add(&bytes, buffer_text(&corpus.files[files]));
		else if (corpus.count && below(&seed, 3) == 0)
			change_file(&bytes, &corpus.files[below(&seed, corpus.count)], &seed);
		else
			make_file(&bytes, &seed);
		same = try_file(&compared, path, &bytes, &seed);
		if (!same)
			save(argv[3], &bytes);
		opened += compared.opened;
		good += compared.ok;
		rows += compared.rows;
		buffer_release(&bytes);
	}
	unlink(path);
	for (size_t i = 0; i < corpus.count; i++)
		buffer_release(&corpus.files[i]);
	free(corpus.files);
	if (same)
		printf("ok - %zu files: %zu opened, %zu good, %zu rows\n", files, opened, good, rows);
	return same ? 0 : 1;
}
