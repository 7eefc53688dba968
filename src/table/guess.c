#include "guess.h"

#include <string.h>

struct magic { const char *bytes; size_t len; struct foreign foreign; };

#define MAGIC(literal, what, remedy) {(literal), sizeof(literal) - 1, {(what), (remedy)}}

static const struct magic magics[] = {
	MAGIC("\xff\xfe", "UTF-16 text", "save it as UTF-8"),
	MAGIC("\xfe\xff", "UTF-16 text", "save it as UTF-8"),
	MAGIC("\x1f\x8b", "compressed by gzip", "give it a name that ends in .csv.gz, or decompress it (gunzip)"),
	MAGIC("\x28\xb5\x2f\xfd", "compressed by zstd", "give it a name that ends in .csv.zst, or decompress it (unzstd)"),
	MAGIC("BZh", "compressed by bzip2", "decompress it (bunzip2)"),
	MAGIC("\xfd" "7zXZ", "compressed by xz", "decompress it (unxz)"),
	MAGIC("PAR1", "a Parquet file", "export it as CSV"),
	MAGIC("ARROW1", "an Arrow file", "export it as CSV"),
	MAGIC("ORC", "an ORC file", "export it as CSV"),
	MAGIC("SQLite format 3", "a SQLite database", "export the table as CSV"),
	MAGIC("PK\x03\x04", "a ZIP archive or a spreadsheet", "save the sheet as CSV"),
	MAGIC("\xd0\xcf\x11\xe0", "an old Office document", "save the sheet as CSV"),
	MAGIC("%PDF-", "a PDF document", "export the data as CSV"),
};

static bool begins(struct text text, const char *bytes, size_t len)
{
	return text.len >= len && memcmp(text.at, bytes, len) == 0;
}

static bool is_markup(struct text start)
{
	static const char *const openings[] = {"<!doctype", "<html", "<?xml", "<head", "<body"};
	size_t at = 0;

	while (at < start.len && (start.at[at] == ' ' || start.at[at] == '\t' || start.at[at] == '\r' || start.at[at] == '\n'))
		at++;
	for (size_t i = 0; i < sizeof openings / sizeof *openings; i++)
		if (text_is_nocase(text_cut(start, at, at + strlen(openings[i])), openings[i]))
			return true;
	return false;
}

/* Letters of one byte each followed or preceded by a NUL. */
static bool is_wide_text(struct text start)
{
	size_t pairs = start.len / 2, low = 0, high = 0;

	if (pairs > 32)
		pairs = 32;
	for (size_t i = 0; i < pairs; i++) {
		low += start.at[2 * i] && !start.at[2 * i + 1];
		high += !start.at[2 * i] && start.at[2 * i + 1];
	}
	return pairs >= 2 && (low == pairs || high == pairs);
}

struct foreign guess_foreign(struct text start)
{
	/* Two or three letters may also begin a header line: only a file with control bytes behind them is another format. */
	bool binary = false;
	for (size_t i = 0; i < start.len && i < 64; i++) {
		unsigned char c = (unsigned char)start.at[i];
		binary = binary || (c < ' ' && c != '\t' && c != '\r' && c != '\n');
	}
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
		const struct magic *magic = &magics[i];
		bool letters = magic->bytes[0] >= 'A' && magic->bytes[0] <= 'Z';
		if (begins(start, magic->bytes, magic->len) && (binary || !letters))
			return magic->foreign;
	}
	if (is_wide_text(start))
		return (struct foreign){"UTF-16 text", "save it as UTF-8"};
	if (is_markup(start))
		return (struct foreign){"HTML or XML, perhaps an error page that was saved under this name", "download the data again"};
	return (struct foreign){0};
}

char guess_delimiter(struct text line)
{
	static const char candidates[] = {',', ';', '\t', '|'};
	size_t counts[sizeof candidates] = {0}, best = 0;
	bool quoted = false;

	for (size_t i = 0; i < line.len; i++) {
		if (line.at[i] == '"')
			quoted = !quoted;
		for (size_t k = 0; !quoted && k < sizeof candidates; k++)
			counts[k] += line.at[i] == candidates[k];
	}
	for (size_t k = 1; k < sizeof candidates; k++)
		if (counts[k] > counts[best])
			best = k;
	return candidates[best];
}

bool guess_is_declaration(char *delimiter, struct text line)
{
	if (line.len == 7 && line.at[0] == '"' && line.at[6] == '"')
		line = text_cut(line, 1, 6);
	if (line.len != 5 || !text_is_nocase(text_cut(line, 0, 4), "sep="))
		return false;
	*delimiter = line.at[4];
	return *delimiter != '"' && (*delimiter == '\t' || (*delimiter >= ' ' && *delimiter <= '~'));
}
