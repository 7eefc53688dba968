/* The kernels' common part. Before it is included: TARGET, what functions need to be compiled for the processor; marks_of() and
 * parity_of(), see below; KERNEL, the name of the struct kernel; numbers_of(), its member. */

/* Bit i is byte i of 64. */
struct marks { uint64_t quote, delimiter, line_feed, carriage_return; };

static TARGET void marks_of(struct marks *out, const char *bytes, char delimiter);
/* Bit i is the exclusive or of bits 0 to i. */
static TARGET uint64_t parity_of(uint64_t bits);
/* Bytes of 64 that are 0x80 and above, and NULs. */
static TARGET void look_for_bad(bool *high, bool *nul, const char *bytes, size_t len);

static inline uint64_t low_bits(size_t count)
{
	return count < 64 ? ((uint64_t)1 << count) - 1 : ~(uint64_t)0;
}

static inline bool bit(uint64_t bits, size_t at)
{
	return bits >> at & 1;
}

static TARGET size_t survey_of(struct survey *survey, const char *bytes, size_t from, size_t to)
{
	struct marks marks;

	for (size_t at = from; at < to; at += 64) {
		size_t len = to - at < 64 ? to - at : 64;
		uint64_t valid = low_bits(len);
		marks_of(&marks, bytes + at, survey->delimiter);
		uint64_t quote = marks.quote & valid, inside = parity_of(quote) ^ (survey->inside ? ~(uint64_t)0 : 0);
		uint64_t open = quote & inside, close = quote & ~inside;
		uint64_t lines = (marks.line_feed | marks.carriage_return) & ~inside & valid;
		uint64_t separators = lines | (marks.delimiter & ~inside & valid);
		uint64_t bad = open & ~((separators | close) << 1 | survey->may_open);
		bad |= (close << 1 | survey->closed) & ~(separators | open) & valid;
		if (separators) {
			size_t first = (size_t)__builtin_ctzll(separators);
			if (at + first - survey->field > survey->field_most)
				bad |= (uint64_t)1 << first;
			survey->field = at + 64 - (size_t)__builtin_clzll(separators);
		}
		if (bad)
			lines &= low_bits((size_t)__builtin_ctzll(bad));
		if (lines)
			survey->record = at + 64 - (size_t)__builtin_clzll(lines);
		if (bad)
			return at + (size_t)__builtin_ctzll(bad);
		survey->inside = bit(inside, len - 1);
		survey->may_open = bit(separators | close, len - 1);
		survey->closed = bit(close, len - 1);
	}
	return to;
}

/* The places of bits, eight at a time: most blocks have not many more. */
static TARGET inline uint32_t *spread(uint32_t *out, uint64_t bits, uint32_t base)
{
	size_t count = (size_t)__builtin_popcountll(bits);
	uint32_t *end = out + count;

	while (bits) {
		for (int i = 0; i < 8; i++) {
			out[i] = base + (uint32_t)__builtin_ctzll(bits | (uint64_t)1 << 63);
			bits &= bits - 1;
		}
		out += 8;
	}
	return end;
}

static TARGET inline void split_with(struct splits *out, const char *bytes, size_t len, char delimiter, bool quotes, bool returns)
{
	uint32_t *end = out->ends;
	uint64_t open = 0;
	size_t rows = 0;
	struct marks marks;

	for (size_t at = 0; at < len; at += 64) {
		uint64_t valid = low_bits(len - at);
		marks_of(&marks, bytes + at, delimiter);
		marks.line_feed &= valid;
		uint64_t lines = marks.line_feed;
		if (returns) {
			/* A CR before an LF is no end of its own. */
			uint64_t next = at + 64 < len && bytes[at + 64] == '\n';
			lines |= marks.carriage_return & ~(marks.line_feed >> 1 | next << 63);
		}
		uint64_t separators = (lines | marks.delimiter) & valid;
		if (quotes) {
			uint64_t inside = parity_of(marks.quote & valid) ^ open;
			open = (uint64_t)0 - (inside >> 63);
			separators &= ~inside;
		}
		rows += (size_t)__builtin_popcountll(lines & separators);
		end = spread(end, separators, (uint32_t)at);
	}
	out->count = (size_t)(end - out->ends);
	out->rows = rows;
	look_for_bad(&out->high, &out->nul, bytes, len);
}

static TARGET void split_of(struct splits *out, const char *bytes, size_t len, char delimiter, bool quotes, bool returns)
{
	if (quotes)
		split_with(out, bytes, len, delimiter, true, returns);
	else if (returns)
		split_with(out, bytes, len, delimiter, false, true);
	else
		split_with(out, bytes, len, delimiter, false, false);
}

const struct kernel KERNEL = {survey_of, split_of, numbers_of};
