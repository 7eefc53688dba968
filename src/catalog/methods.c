#include "schema.h"

/* Which limits fit a method: the table of docs on statistics. Where the default limit is a p-value only p may be written; distances
 * between histograms have no p. */
const struct schema_method schema_methods[] = {
    {"psi", true, false},        {"js", true, false},           {"hellinger", true, false},
    {"tvd", true, false},        {"kl", true, false},           {"ks", true, true},
    {"kuiper", true, true},      {"wasserstein", true, false},  {"energy", true, false},
    {"cvm", false, true},        {"anderson_darling", false, true}, {"mann_whitney", false, true},
    {"welch_t", false, true},    {"chi_square", true, true},    {"g_test", false, true},
    {"z_test", false, true},     {"missing", true, true},
};

const size_t schema_method_count = sizeof schema_methods / sizeof *schema_methods;

const struct schema_method *schema_method_of(struct text name)
{
	for (size_t i = 0; i < schema_method_count; i++)
		if (text_is_nocase(name, schema_methods[i].key))
			return &schema_methods[i];
	return NULL;
}
