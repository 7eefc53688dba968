/* usage: decimals COUNT [SEED]: reads so many hard decimals, and says where decimal_read() differs from the C library. */
#include "decimals.h"

int main(int argc, char **argv)
{
	unsigned long long count = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) | 1 : 0x9e3779b97f4a7c15u;
	char text[512];
	int len;

	for (unsigned long long i = 0; i < count; i++) {
		if (!decimal_agrees(text, &len, &seed)) {
			printf("not ok - '%.*s', number %llu\n", len, text, i);
			return 1;
		}
	}
	printf("ok - %llu decimals\n", count);
	return 0;
}
