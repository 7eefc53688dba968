#include "unpack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "arena.h"

enum { IN_BYTES = 64 * 1024, OUT_BYTES = 256 * 1024, GZIP_WINDOW = 15 + 16 /* that, and gzip's header alone */, ZSTD_WINDOW = 27 /* 128 MiB */ };

struct work {
	struct stream *out, *packed;
	char *in, *room;
	size_t total, max;
};

enum packing packing_of(struct text start)
{
	if (text_starts(start, "\x1f\x8b"))
		return PACKING_GZIP;
	return text_starts(start, "\x28\xb5\x2f\xfd") ? PACKING_ZSTD : PACKING_NONE;
}

/* *end changes where there is more than may be. */
static int put(enum unpacked *end, struct work *work, size_t len, struct failure *failure)
{
	if (len > work->max - work->total) {
		*end = UNPACKED_TOO_LARGE;
		return 0;
	}
	work->total += len;
	return stream_append(work->out, work->room, len, failure);
}

static void *get(void *context, unsigned count, unsigned size)
{
	(void)context;
	return memory_get((size_t)count * size);
}

static void drop(void *context, void *memory)
{
	(void)context;
	free(memory);
}

static int unpack_gzip(enum unpacked *end, struct work *work, struct failure *failure)
{
	z_stream z = {.zalloc = get, .zfree = drop};
	bool in_member = true;
	size_t got = 1;
	int status = 0;

	if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
		memory_exhausted();
	while (!status && *end == UNPACKED_WHOLE && (status = stream_read(&got, work->packed, work->in, IN_BYTES, failure)) == 0 && got) {
		z.next_in = (unsigned char *)work->in;
		z.avail_in = (unsigned)got;
		do {
			if (!in_member) {
				inflateReset(&z);
				in_member = true;
			}
			z.next_out = (unsigned char *)work->room;
			z.avail_out = OUT_BYTES;
			int result = inflate(&z, Z_NO_FLUSH);
			/* Z_BUF_ERROR: all that was there is used up. */
			if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
				*end = UNPACKED_DAMAGED;
			else
				status = put(end, work, OUT_BYTES - z.avail_out, failure);
			in_member = result != Z_STREAM_END;
		} while (!status && *end == UNPACKED_WHOLE && (z.avail_in || (in_member && !z.avail_out)));
	}
	if (!status && *end == UNPACKED_WHOLE && in_member)
		*end = UNPACKED_CUT;
	inflateEnd(&z);
	return status;
}

static int unpack_zstd(enum unpacked *end, struct work *work, struct failure *failure)
{
	ZSTD_DStream *z = ZSTD_createDStream();
	size_t got = 1, left = 1;
	int status = 0;

	if (!z)
		memory_exhausted();
	ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, ZSTD_WINDOW);
	while (!status && *end == UNPACKED_WHOLE && (status = stream_read(&got, work->packed, work->in, IN_BYTES, failure)) == 0 && got) {
		ZSTD_inBuffer in = {work->in, got, 0};
		ZSTD_outBuffer out;
		do {
			out = (ZSTD_outBuffer){work->room, OUT_BYTES, 0};
			left = ZSTD_decompressStream(z, &out, &in);
			if (ZSTD_isError(left))
				*end = UNPACKED_DAMAGED;
			else
				status = put(end, work, out.pos, failure);
		} while (!status && *end == UNPACKED_WHOLE && (in.pos < in.size || out.pos == out.size));
	}
	if (!status && *end == UNPACKED_WHOLE && left)
		*end = UNPACKED_CUT;
	ZSTD_freeDStream(z);
	return status;
}

int unpack(enum unpacked *end, struct stream *out, struct stream *packed, enum packing packing, size_t max, struct failure *failure)
{
	struct work work = {.out = out, .packed = packed, .in = memory_get(IN_BYTES), .room = memory_get(OUT_BYTES), .max = max};

	*end = UNPACKED_WHOLE;
	int status = packing == PACKING_GZIP ? unpack_gzip(end, &work, failure) : unpack_zstd(end, &work, failure);
	free(work.in);
	free(work.room);
	return status;
}
