#include "digest.h"

#include <stdint.h>
#include <string.h>

static const uint32_t round_constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turn(uint32_t x, unsigned by)
{
	return x >> by | x << (32 - by);
}

/* One round; the eight words change places by their names. */
#define ROUND(a, b, c, d, e, f, g, h, i)                                                                                             \
	do {                                                                                                                             \
		uint32_t one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (g ^ (e & (f ^ g))) + round_constants[i] + w[(i) & 15];        \
		d += one;                                                                                                                    \
		h = one + (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) | (c & (a | b)));                                              \
	} while (0)
#define EIGHT_ROUNDS(i)                                                                                                              \
	do {                                                                                                                             \
		ROUND(a, b, c, d, e, f, g, h, (i) + 0);                                                                                      \
		ROUND(h, a, b, c, d, e, f, g, (i) + 1);                                                                                      \
		ROUND(g, h, a, b, c, d, e, f, (i) + 2);                                                                                      \
		ROUND(f, g, h, a, b, c, d, e, (i) + 3);                                                                                      \
		ROUND(e, f, g, h, a, b, c, d, (i) + 4);                                                                                      \
		ROUND(d, e, f, g, h, a, b, c, (i) + 5);                                                                                      \
		ROUND(c, d, e, f, g, h, a, b, (i) + 6);                                                                                      \
		ROUND(b, c, d, e, f, g, h, a, (i) + 7);                                                                                      \
	} while (0)

/* The sixteen words of the schedule in a ring. */
static void next_words(uint32_t w[16])
{
	for (unsigned i = 0; i < 16; i++) {
		uint32_t before = w[(i + 1) & 15], last = w[(i + 14) & 15];
		w[i] += (turn(before, 7) ^ turn(before, 18) ^ before >> 3) + w[(i + 9) & 15] + (turn(last, 17) ^ turn(last, 19) ^ last >> 10);
	}
}

static void digest_block(uint32_t state[8], const unsigned char *block)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7], w[16];

	for (unsigned i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
		       (uint32_t)block[4 * i + 3];
	for (unsigned i = 0; i < 64; i += 16) {
		if (i)
			next_words(w);
		EIGHT_ROUNDS(i);
		EIGHT_ROUNDS(i + 8);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
	state[5] += f;
	state[6] += g;
	state[7] += h;
}

/* floor(2^32 * |sin(i + 1)|) */
static const uint32_t md5_constants[64] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
	0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
	0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
	0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
	0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
	0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
	0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
	0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static void md5_block(uint32_t state[8], const unsigned char *block)
{
	static const unsigned char turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
	static const unsigned char steps[4] = {1, 5, 3, 7}, starts[4] = {0, 1, 5, 0};
	uint32_t w[16], a = state[0], b = state[1], c = state[2], d = state[3];

	for (unsigned i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i + 3] << 24 | (uint32_t)block[4 * i + 2] << 16 | (uint32_t)block[4 * i + 1] << 8 |
		       (uint32_t)block[4 * i];
	for (unsigned i = 0; i < 64; i++) {
		unsigned round = i / 16;
		uint32_t mixed = round == 0 ? (b & c) | (~b & d) : round == 1 ? (b & d) | (c & ~d) : round == 2 ? b ^ c ^ d : c ^ (b | ~d);
		mixed += a + md5_constants[i] + w[(i * steps[round] + starts[round]) % 16];
		a = d;
		d = c;
		c = b;
		b += turn(mixed, 32u - turns[round][i % 4]);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
}

static void take_block(struct digest *digest, const unsigned char *block)
{
	if (digest->kind == DIGEST_MD5)
		md5_block(digest->state, block);
	else
		digest_block(digest->state, block);
}

void digest_init(struct digest *digest, enum digest_kind kind)
{
	static const uint32_t sha256[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
	static const uint32_t md5[8] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

	*digest = (struct digest){.kind = kind};
	memcpy(digest->state, kind == DIGEST_MD5 ? md5 : sha256, sizeof sha256);
}

void digest_add(struct digest *digest, struct text bytes)
{
	size_t held = digest->len % 64;

	digest->len += bytes.len;
	while (bytes.len) {
		size_t take = 64 - held < bytes.len ? 64 - held : bytes.len;
		if (take == 64) {
			take_block(digest, (const unsigned char *)bytes.at);
		} else {
			memcpy(digest->block + held, bytes.at, take);
			if (held + take == 64)
				take_block(digest, digest->block);
		}
		held = (held + take) % 64;
		bytes = text_cut(bytes, take, bytes.len);
	}
}

void digest_end(char out[static 65], struct digest *digest)
{
	static const char padding[64] = {'\x80'};
	uint64_t bits = digest->len * 8;
	size_t held = digest->len % 64;
	unsigned digits = digest->kind == DIGEST_MD5 ? 32 : 64;
	bool last_first = digest->kind == DIGEST_MD5;
	char length[8];

	digest_add(digest, (struct text){padding, held < 56 ? 56 - held : 120 - held});
	for (unsigned i = 0; i < 8; i++)
		length[i] = (char)(unsigned char)(bits >> (last_first ? 8 * i : 56 - 8 * i));
	digest_add(digest, (struct text){length, sizeof length});
	for (unsigned i = 0; i < digits; i++) {
		unsigned byte = digest->state[i / 8] >> (last_first ? 8 * (i % 8 / 2) : 24 - 8 * (i % 8 / 2)) & 255;
		out[i] = "0123456789abcdef"[i % 2 ? byte & 15 : byte >> 4];
	}
	out[digits] = '\0';
}

void digest_sha256(char out[static 65], struct text bytes)
{
	struct digest digest;

	digest_init(&digest, DIGEST_SHA256);
	digest_add(&digest, bytes);
	digest_end(out, &digest);
}
