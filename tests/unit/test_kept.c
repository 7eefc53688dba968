#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/measure/kept.h"
#include "arena.h"

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * 2685821657736338717u;
}

static void test_counts(void **state)
{
	static const uint64_t values[] = {0, 1, 127, 128, 16383, 16384, UINT32_MAX, (uint64_t)1 << 63, UINT64_MAX};
	struct buffer out;

	(void)state;
	buffer_init(&out);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		pack_count(&out, values[i]);
		pack_word(&out, values[i]);
	}
	pack_double(&out, -0.1);
	pack_text(&out, TEXT("a\0b"));
	struct unpack from = {.bytes = buffer_text(&out)};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		assert_true(unpack_count(&from) == values[i]);
		assert_true(unpack_word(&from) == values[i]);
	}
	assert_true(unpack_double(&from) == -0.1);
	assert_true(text_equal(unpack_text(&from), TEXT("a\0b")));
	assert_true(unpack_whole(&from));
	assert_true(unpack_count(&from) == 0 && from.bad);
	buffer_release(&out);
}

/* The bytes of a number are the same on every machine, and there is one way to write it. */
static void test_bytes(void **state)
{
	struct buffer out;
	struct unpack from;

	(void)state;
	buffer_init(&out);
	pack_word(&out, 0x0102030405060708);
	pack_count(&out, 300);
	pack_double(&out, 1.0);
	assert_memory_equal(out.data, "\x08\x07\x06\x05\x04\x03\x02\x01\xac\x02\0\0\0\0\0\0\xf0\x3f", 18);
	from = (struct unpack){.bytes = TEXT("\x80\x00")};
	unpack_count(&from);
	assert_true(from.bad);
	from = (struct unpack){.bytes = TEXT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02")};
	unpack_count(&from);
	assert_true(from.bad);
	from = (struct unpack){.bytes = TEXT("\x05")};
	assert_true(unpack_most(&from, 4) == 0 && from.bad);
	from = (struct unpack){.bytes = TEXT("\x05" "abcd")};
	assert_true(unpack_length(&from, 1) == 0 && from.bad);
	assert_true(packed_checksum(TEXT("abc")) != packed_checksum(TEXT("abc\0")));
	buffer_release(&out);
}

static struct drift_shape sample_shape(void)
{
	struct drift_shape shape = {.start = 0.5, .width = 0.25, .bins = 3, .reference = {1, 2, 4}, .current = {3, 0, 1}, .grid_start = 0.5, .grid_step = 0.1,
	                            .ks_at = 0.75, .ks_reference = 1.0 / 7, .ks_current = 0.75};

	for (size_t i = 0; i < ECDF_POINTS; i++) {
		shape.reference_cdf[i] = (double)(i * 7 / ECDF_POINTS) / 7;
		shape.current_cdf[i] = 0.123456789 * (double)i / ECDF_POINTS; /* no share of 4 */
	}
	return shape;
}

/* A result with something in every place. */
static void sample(struct drift_result *out, struct drift_shape *shape, struct arena *arena)
{
	struct drift_column *columns = arena_array(arena, 2, sizeof *columns);
	struct drift_score *scores = arena_array(arena, 2, sizeof *scores);
	struct drift_definition *definition = arena_array(arena, 1, sizeof *definition);
	struct drift_cell *cells = arena_array(arena, 2, sizeof *cells);
	struct text *texts = arena_array(arena, 2, sizeof *texts);

	texts[0] = TEXT("red");
	texts[1] = TEXT("");
	definition[0] = (struct drift_definition){"edges", TEXT("[1,2]"), true};
	cells[0] = (struct drift_cell){.low = -1, .high = 2, .label = TEXT("x"), .reference = 3, .current = 900, .part = 0.01};
	scores[0] = (struct drift_score){.method = METHOD_PSI, .has_value = true, .value = 0.1, .effect = 0.1, .limit = {true, false, 0.1, 0.2},
	                                 .status = DRIFT_WARN, .definition = definition, .definition_count = 1};
	scores[1] = (struct drift_score){.method = METHOD_KS, .has_value = true, .has_p = true, .with_p = true, .value = 0.2, .p = 1e-300, .p_bound = -1,
	                                 .has_adjusted = true, .adjusted = 2e-300, .sides = {{"d_plus", true, 0.2}, {"at", false, 0}}, .side_count = 2,
	                                 .reason = TEXT("why")};
	columns[0] = (struct drift_column){.name = TEXT("price"), .kind = COLUMN_NUMBER, .reference = {9, 1, 1, 0, 7}, .current = {4, 0, 0, 0, 4},
	                                   .reference_summary = {.mean = 3, .std = 1, .has_std = true, .unique = 7, .has_unique = true, .quantiles = {1, 2}},
	                                   .new_categories = texts, .new_count = 2, .cells = cells, .cell_count = 2, .shape = shape, .scores = scores,
	                                   .score_count = 2, .deciding = &scores[1], .automatic = true, .asked = &drift_methods[METHOD_COUNT - 1], .status = DRIFT_DRIFT};
	columns[1] = (struct drift_column){.name = TEXT("gone"), .kind = COLUMN_IDENTIFIER, .status = DRIFT_INCONCLUSIVE, .reason = TEXT("a side lacks it")};
	*out = (struct drift_result){.references = arena_alloc(arena, sizeof *out->references), .reference_count = 1, .columns = columns, .column_count = 2,
	                             .only_in_current = texts, .only_in_current_count = 1, .status = DRIFT_DRIFT, .judged = 2, .drifting = 1};
	out->references[0].rows = 9;
}

static void pack_sample(struct buffer *out, struct arena *arena)
{
	struct drift_shape shape = sample_shape();
	struct drift_result result;

	sample(&result, &shape, arena);
	drift_pack(out, &result);
}

static void test_drift(void **state)
{
	struct drift_shape shape = sample_shape();
	struct drift_result back;
	struct buffer out, again;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	buffer_init(&out);
	buffer_init(&again);
	pack_sample(&out, &arena);
	assert_true(drift_unpack(&back, buffer_text(&out), &arena));
	assert_int_equal(back.column_count, 2);
	const struct drift_column *column = &back.columns[0];
	assert_true(column->deciding == &column->scores[1] && column->scores[1].p == 1e-300 && column->scores[1].p_bound == -1);
	assert_string_equal(column->scores[1].sides[0].key, "d_plus");
	assert_string_equal(column->scores[0].definition[0].key, "edges");
	assert_memory_equal(column->shape->reference_cdf, shape.reference_cdf, sizeof shape.reference_cdf);
	assert_memory_equal(column->shape->current_cdf, shape.current_cdf, sizeof shape.current_cdf);
	assert_null(back.columns[1].deciding);
	assert_true(column->automatic && !back.columns[1].automatic);
	assert_ptr_equal(column->asked, &drift_methods[METHOD_COUNT - 1]);
	assert_null(back.columns[1].asked);
	drift_pack(&again, &back);
	assert_true(text_equal(buffer_text(&out), buffer_text(&again)));
	buffer_release(&again);
	buffer_release(&out);
	arena_release(&arena);
}

/* Whatever the bytes: either they are refused or what they give is a result. */
static void test_hostile(void **state)
{
	struct drift_result back;
	struct buffer out, again;
	struct arena arena;
	uint64_t seed = 1;

	(void)state;
	arena_init(&arena);
	buffer_init(&out);
	pack_sample(&out, &arena);
	for (size_t len = 0; len < out.len; len++)
		assert_false(drift_unpack(&back, (struct text){out.data, len}, &arena));
	for (size_t i = 0; i < 4000; i++) {
		size_t at = (size_t)(next_random(&seed) % out.len);
		char before = out.data[at];
		out.data[at] = (char)(unsigned char)next_random(&seed);
		if (drift_unpack(&back, buffer_text(&out), &arena)) {
			buffer_init(&again);
			drift_pack(&again, &back);
			buffer_release(&again);
		}
		out.data[at] = before;
		arena_reset(&arena);
	}
	buffer_release(&out);
	arena_release(&arena);
}

static void test_check(void **state)
{
	struct offence rows[] = {{7, 3, TEXT("x")}};
	struct check_finding finding = {.kind = CHECK_UNIQUENESS, .status = CHECK_FAIL, .column = TEXT("id"), .words = TEXT("twice"), .count = 1, .of = 9,
	                                .rows = rows, .row_count = 1};
	struct data_check check = {.status = CHECK_FAIL, .findings = &finding, .finding_count = 1, .rows = 9, .bad_rows = 1}, back;
	struct arena arena;
	struct buffer out;

	(void)state;
	check.checks[CHECK_VOLUME].words = TEXT("9 rows");
	arena_init(&arena);
	buffer_init(&out);
	data_check_pack(&out, &check);
	assert_true(data_check_unpack(&back, buffer_text(&out), &arena));
	assert_true(back.findings[0].rows[0].same_as == 3 && text_is(back.checks[CHECK_VOLUME].words, "9 rows") && back.bad_rows == 1);
	for (size_t len = 0; len < out.len; len++)
		assert_false(data_check_unpack(&back, (struct text){out.data, len}, &arena));
	buffer_release(&out);
	arena_release(&arena);
}

/* Everything that shapes an answer makes another key. */
static void test_keys(void **state)
{
	struct table_file reference = {(struct source *)state, TEXT("r.csv")}, current = {(struct source *)state, TEXT("c.csv")};
	struct content a = {"1111111111111111111111111111111111111111"}, b = {"2222222222222222222222222222222222222222"}, none = {""};
	struct drift_request request = {.reference = &reference, .current = &current, .reference_count = 1, .current_count = 1, .decide = METHOD_NONE};
	struct drift_feature feature = {.name = TEXT("price"), .method = METHOD_NONE};
	struct limits limits = limits_default;
	char first[65], key[65];

	kept_drift_key(first, &request, &a, &b, &limits);
	assert_int_equal(strlen(first), 64);
	kept_drift_key(key, &request, &b, &a, &limits);
	assert_string_not_equal(first, key);
	request.delimiter = ';';
	kept_drift_key(key, &request, &a, &b, &limits);
	assert_string_not_equal(first, key);
	request.delimiter = 0;
	request.show[METHOD_KS] = true;
	kept_drift_key(key, &request, &a, &b, &limits);
	assert_string_not_equal(first, key);
	request.show[METHOD_KS] = false;
	request.jobs = 7;
	request.memory = 1;
	current.path = TEXT("elsewhere.csv");
	kept_drift_key(key, &request, &a, &b, &limits);
	assert_string_equal(first, key);
	current.path = TEXT("c.csv.gz");
	kept_drift_key(key, &request, &a, &b, &limits);
	assert_string_not_equal(first, key);
	current.path = TEXT("c.csv");
	limits.csv_field--;
	kept_drift_key(key, &request, &a, &b, &limits);
	assert_string_not_equal(first, key);
	limits.csv_field++;
	request.features = &feature;
	request.feature_count = 1;
	kept_drift_key(first, &request, &a, &b, &limits);
	feature.automatic = true;
	kept_drift_key(key, &request, &a, &b, &limits);
	assert_string_not_equal(first, key);
	kept_drift_key(key, &request, &a, &none, &limits);
	assert_string_equal(key, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts), cmocka_unit_test(test_bytes), cmocka_unit_test(test_drift),
		cmocka_unit_test(test_hostile), cmocka_unit_test(test_check), cmocka_unit_test(test_keys),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("kept", tests, NULL, NULL);
}
