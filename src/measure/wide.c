#include "wide.h"

enum { LIMBS = 5 };

static void add_limbs(struct wide *sum, const uint64_t *limbs, int count)
{
	uint64_t carry = 0;

	for (int i = 0; i < LIMBS && (i < count || carry); i++) {
		__extension__ unsigned __int128 total = carry;
		total += sum->limbs[i];
		total += i < count ? limbs[i] : 0;
		sum->limbs[i] = (uint64_t)total;
		carry = (uint64_t)(total >> 64);
	}
}

/* product[0 .. count] = limbs[0 .. count - 1] * factor */
static void multiply(uint64_t *product, const uint64_t *limbs, int count, uint64_t factor)
{
	uint64_t carry = 0;

	for (int i = 0; i < count; i++) {
		__extension__ unsigned __int128 total = limbs[i];
		total = total * factor + carry;
		product[i] = (uint64_t)total;
		carry = (uint64_t)(total >> 64);
	}
	product[count] = carry;
}

void wide_add_large(struct wide *sum, uint64_t high, uint64_t low, uint64_t times)
{
	struct wide whole = {{0}};
	uint64_t product[LIMBS], size[2] = {low, high}, part[3];
	multiply(part, size, 2, low);
	add_limbs(&whole, part, 3);
	multiply(part, size, 2, high);
	add_limbs(&whole, (const uint64_t[]){0, part[0], part[1], part[2]}, 4);
	multiply(product, whole.limbs, 4, times);
	add_limbs(sum, product, LIMBS);
}

struct wide wide_minus(const struct wide *left, const struct wide *right)
{
	struct wide out;
	uint64_t borrow = 0;

	for (int i = 0; i < LIMBS; i++) {
		uint64_t less = left->limbs[i] - right->limbs[i];
		uint64_t under = left->limbs[i] < right->limbs[i] || less < borrow;
		out.limbs[i] = less - borrow;
		borrow = under;
	}
	return out;
}

bool wide_is_zero(const struct wide *wide)
{
	for (int i = 0; i < LIMBS; i++)
		if (wide->limbs[i])
			return false;
	return true;
}

double wide_double(const struct wide *wide)
{
	double value = 0;

	for (int i = LIMBS - 1; i >= 0; i--)
		value = value * 0x1p64 + (double)wide->limbs[i];
	return value;
}
