#include "arena.h"
#include "kept.h"

void data_check_pack(struct buffer *out, const struct data_check *check)
{
	pack_count(out, (uint64_t)check->status);
	for (size_t i = 0; i < CHECK_COUNT; i++) {
		pack_count(out, (uint64_t)check->checks[i].status);
		pack_text(out, check->checks[i].words);
	}
	pack_count(out, check->finding_count);
	for (size_t i = 0; i < check->finding_count; i++) {
		const struct check_finding *finding = &check->findings[i];
		pack_count(out, (uint64_t)finding->kind);
		pack_count(out, (uint64_t)finding->status);
		pack_text(out, finding->column);
		pack_text(out, finding->words);
		pack_count(out, finding->count);
		pack_count(out, finding->of);
		pack_count(out, finding->row_count);
		for (size_t k = 0; k < finding->row_count; k++) {
			pack_count(out, finding->rows[k].row);
			pack_count(out, finding->rows[k].same_as);
			pack_text(out, finding->rows[k].value);
		}
	}
	pack_count(out, check->rows);
	pack_count(out, check->bad_rows);
}

static void get_finding(struct check_finding *finding, struct unpack *from, struct arena *arena)
{
	finding->kind = (enum check_kind)unpack_most(from, CHECK_COUNT - 1);
	finding->status = (enum check_status)unpack_most(from, CHECK_FAIL);
	finding->column = unpack_text(from);
	finding->words = unpack_text(from);
	finding->count = unpack_count(from);
	finding->of = unpack_count(from);
	finding->row_count = unpack_length(from, 3);
	finding->rows = arena_array(arena, finding->row_count, sizeof *finding->rows);
	for (size_t i = 0; i < finding->row_count; i++) {
		finding->rows[i].row = unpack_count(from);
		finding->rows[i].same_as = unpack_count(from);
		finding->rows[i].value = unpack_text(from);
	}
}

bool data_check_unpack(struct data_check *out, struct text bytes, struct arena *arena)
{
	struct unpack from = {.bytes = bytes};

	*out = (struct data_check){.status = (enum check_status)unpack_most(&from, CHECK_FAIL)};
	for (size_t i = 0; i < CHECK_COUNT; i++) {
		out->checks[i].status = (enum check_status)unpack_most(&from, CHECK_FAIL);
		out->checks[i].words = unpack_text(&from);
	}
	out->finding_count = unpack_length(&from, 7);
	out->findings = arena_array(arena, out->finding_count, sizeof *out->findings);
	for (size_t i = 0; i < out->finding_count; i++)
		get_finding(&out->findings[i], &from, arena);
	out->rows = unpack_count(&from);
	out->bad_rows = unpack_count(&from);
	return unpack_whole(&from);
}
