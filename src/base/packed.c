#include "packed.h"

#include <string.h>

void pack_count(struct buffer *out, uint64_t value)
{
	for (; value > 0x7f; value >>= 7)
		buffer_char(out, (char)(unsigned char)(value | 0x80));
	buffer_char(out, (char)value);
}

void pack_word(struct buffer *out, uint64_t value)
{
	char bytes[8];

	for (unsigned i = 0; i < 8; i++)
		bytes[i] = (char)(unsigned char)(value >> (8 * i));
	buffer_add(out, (struct text){bytes, sizeof bytes});
}

void pack_double(struct buffer *out, double value)
{
	uint64_t word;

	memcpy(&word, &value, sizeof word);
	pack_word(out, word);
}

void pack_flag(struct buffer *out, bool value)
{
	buffer_char(out, (char)value);
}

void pack_text(struct buffer *out, struct text text)
{
	pack_count(out, text.len);
	buffer_add(out, text);
}

static const unsigned char *take(struct unpack *from, size_t count)
{
	if (from->bad || from->bytes.len - from->at < count) {
		from->bad = true;
		return NULL;
	}
	from->at += count;
	return (const unsigned char *)from->bytes.at + (from->at - count);
}

uint64_t unpack_count(struct unpack *from)
{
	uint64_t value = 0;

	for (unsigned shift = 0;; shift += 7) {
		const unsigned char *byte = take(from, 1);
		if (!byte)
			return 0;
		/* One way to write each number: neither more bits than there are nor a zero at the end. */
		if ((shift == 63 && *byte > 1) || (shift && !*byte)) {
			from->bad = true;
			return 0;
		}
		value |= (uint64_t)(*byte & 0x7f) << shift;
		if (!(*byte & 0x80))
			return value;
	}
}

uint64_t unpack_most(struct unpack *from, uint64_t most)
{
	uint64_t value = unpack_count(from);

	if (value > most)
		from->bad = true;
	return from->bad ? 0 : value;
}

size_t unpack_length(struct unpack *from, size_t bytes)
{
	uint64_t count = unpack_count(from);

	if (count > (from->bytes.len - from->at) / bytes)
		from->bad = true;
	return from->bad ? 0 : (size_t)count;
}

uint64_t unpack_word(struct unpack *from)
{
	const unsigned char *bytes = take(from, 8);
	uint64_t value = 0;

	for (unsigned i = 0; bytes && i < 8; i++)
		value |= (uint64_t)bytes[i] << (8 * i);
	return value;
}

double unpack_double(struct unpack *from)
{
	uint64_t word = unpack_word(from);
	double value;

	memcpy(&value, &word, sizeof value);
	return value;
}

bool unpack_flag(struct unpack *from)
{
	return unpack_most(from, 1) != 0;
}

struct text unpack_text(struct unpack *from)
{
	size_t len = unpack_length(from, 1);
	const unsigned char *bytes = take(from, len);

	return bytes ? (struct text){(const char *)bytes, len} : TEXT("");
}

bool unpack_whole(const struct unpack *from)
{
	return !from->bad && from->at == from->bytes.len;
}

static uint64_t mix(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
	return sum ^ sum >> 32;
}

uint64_t packed_checksum(struct text bytes)
{
	uint64_t sum = mix(0, bytes.len);
	struct unpack from = {.bytes = bytes};

	while (bytes.len - from.at >= 8)
		sum = mix(sum, unpack_word(&from));
	while (from.at < bytes.len)
		sum = mix(sum, *take(&from, 1));
	return sum;
}
