#include <string.h>

#include "buffer.h"
#include "index.h"

/* A line with the format's version, a checksum of the rest, and the rest: numbers are little-endian; a text is its length and its bytes.
 * The checksum tells damage from what was once written; every number is checked all the same before it is used. */
#define MAGIC "galley versions 2\n"
enum { CHECKSUM_BYTES = 8, DIGEST_BYTES = 32, CHANGE_BYTES = 9, MOVE_BYTES = 17, COUNT_MOST = 1 << 28 };

static uint64_t mix(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
	return sum ^ sum >> 32;
}

uint64_t index_checksum(struct text bytes)
{
	uint64_t sum = bytes.len, word;
	size_t at = 0;

	for (; at + sizeof word <= bytes.len; at += sizeof word) {
		word = 0;
		for (unsigned i = 0; i < sizeof word; i++)
			word |= (uint64_t)(unsigned char)bytes.at[at + i] << (8 * i);
		sum = mix(sum, word);
	}
	for (; at < bytes.len; at++)
		sum = mix(sum, (unsigned char)bytes.at[at]);
	return sum;
}

static int hex_digit(char c)
{
	return c >= 'a' ? c - 'a' + 10 : c - '0';
}

/* --- Writing --- */

static void put(struct buffer *out, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		buffer_char(out, (char)(unsigned char)(value >> (8 * i)));
}

static void put_count(struct buffer *out, size_t value)
{
	put(out, value, 4);
}

static void put_text(struct buffer *out, struct text text)
{
	put_count(out, text.len);
	buffer_add(out, text);
}

static void put_bytes(struct buffer *out, const unsigned char *bytes, size_t count)
{
	buffer_add(out, (struct text){(const char *)bytes, count});
}

static void put_commit(struct buffer *out, const struct index *index, const struct commit *commit)
{
	put_bytes(out, commit->id, ID_BYTES);
	put(out, (uint64_t)commit->time, 8);
	put_count(out, commit->files);
	put_count(out, commit->parent_count);
	for (uint32_t i = 0; i < commit->parent_count; i++)
		put_count(out, index->parents[commit->parents + i]);
	put_count(out, commit->change_count);
	for (uint32_t i = 0; i < commit->change_count; i++) {
		put_count(out, index->changes[commit->changes + i].path);
		put_count(out, index->changes[commit->changes + i].blob);
		put(out, index->changes[commit->changes + i].is_new, 1);
	}
}

/* Of commits that are gone nothing need be known. */
static void put_moves(struct buffer *out, const struct index *index)
{
	size_t count = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < index->move_count; i++) {
			const struct move *move = &index->moves[i];
			size_t commit = id_table_find(&index->by_commit, move->commit), parent = id_table_find(&index->by_commit, move->parent);
			if (commit == ID_NONE || parent == ID_NONE)
				continue;
			count += pass == 0;
			if (pass == 0)
				continue;
			put_count(out, commit);
			put_count(out, parent);
			put(out, move->found, 1);
			put_text(out, move->to);
			put_text(out, move->from);
		}
		if (pass == 0)
			put_count(out, count);
	}
}

static void put_blob(struct buffer *out, const struct blob *blob)
{
	put_bytes(out, blob->id_in_git, ID_BYTES);
	put(out, (uint64_t)blob->kind, 1);
	put(out, (uint64_t)blob->status, 1);
	put_text(out, blob->id);
	if (!blob->id.len)
		return;
	put_text(out, blob->version);
	put_text(out, blob->family);
	for (size_t i = 0; i < DIGEST_BYTES; i++)
		put(out, (uint64_t)(hex_digit(blob->digest[2 * i]) * 16 + hex_digit(blob->digest[2 * i + 1])), 1);
}

void index_encode(struct buffer *out, const struct index *index)
{
	struct buffer body;

	buffer_init(&body);
	put_text(&body, index->shape);
	put_count(&body, index->folder_count);
	for (size_t i = 0; i < index->folder_count; i++) {
		put(&body, (uint64_t)index->folders[i].kind, 1);
		put_text(&body, index->folders[i].path);
	}
	put_count(&body, index->path_count);
	for (size_t i = 0; i < index->path_count; i++) {
		put(&body, (uint64_t)index->paths[i].kind, 1);
		put_text(&body, index->paths[i].text);
	}
	put_count(&body, index->blob_count);
	for (size_t i = 0; i < index->blob_count; i++)
		put_blob(&body, &index->blobs[i]);
	put_count(&body, index->parent_count);
	put_count(&body, index->change_count);
	put_count(&body, index->commit_count);
	for (size_t i = 0; i < index->commit_count; i++)
		put_commit(&body, index, &index->commits[i]);
	put_moves(&body, index);
	buffer_string(out, MAGIC);
	put(out, index_checksum(buffer_text(&body)), CHECKSUM_BYTES);
	buffer_add(out, buffer_text(&body));
	buffer_release(&body);
}

/* --- Reading --- */

struct reader {
	struct text bytes;
	size_t at;
	bool bad;
};

static const char *take(struct reader *reader, size_t count)
{
	if (reader->bad || reader->bytes.len - reader->at < count) {
		reader->bad = true;
		return NULL;
	}
	reader->at += count;
	return reader->bytes.at + reader->at - count;
}

static uint64_t get(struct reader *reader, unsigned bytes)
{
	const char *from = take(reader, bytes);
	uint64_t value = 0;

	for (unsigned i = 0; from && i < bytes; i++)
		value |= (uint64_t)(unsigned char)from[i] << (8 * i);
	return value;
}

/* A number below most. */
static uint32_t get_below(struct reader *reader, size_t most)
{
	uint64_t value = get(reader, 4);

	if (value >= most)
		reader->bad = true;
	return reader->bad ? 0 : (uint32_t)value;
}

/* How many there are of what takes at least so many bytes each. */
static size_t get_count(struct reader *reader, size_t bytes)
{
	size_t count = get_below(reader, COUNT_MOST);

	if (count > (reader->bytes.len - reader->at) / bytes)
		reader->bad = true;
	return reader->bad ? 0 : count;
}

static struct text get_text(struct reader *reader)
{
	size_t len = get_count(reader, 1);
	const char *at = take(reader, len);

	return at ? (struct text){at, len} : TEXT("");
}

static bool get_flag(struct reader *reader)
{
	uint64_t value = get(reader, 1);

	if (value > 1)
		reader->bad = true;
	return value == 1;
}

static void get_digest(char out[65], struct reader *reader)
{
	static const char digits[] = "0123456789abcdef";
	const char *bytes = take(reader, DIGEST_BYTES);

	for (size_t i = 0; bytes && i < DIGEST_BYTES; i++) {
		out[2 * i] = digits[(unsigned char)bytes[i] >> 4];
		out[2 * i + 1] = digits[(unsigned char)bytes[i] & 15];
	}
}

static enum kind get_kind(struct reader *reader)
{
	uint64_t kind = get(reader, 1);

	if (kind != KIND_RECIPE && kind != KIND_PACK && kind != KIND_CONFIG)
		reader->bad = true;
	return reader->bad ? KIND_RECIPE : (enum kind)kind;
}

/* As many as arena_grow() would have made room for, as more are added later. */
static size_t room_for(size_t count)
{
	size_t room = 1;

	while (room < count)
		room *= 2;
	return room;
}

static void get_blobs(struct index *index, struct reader *reader, struct arena *arena)
{
	size_t count = get_count(reader, ID_BYTES + 6);

	index->blobs = arena_array(arena, room_for(count), sizeof *index->blobs);
	id_table_reserve(&index->by_blob[KIND_RECIPE], count, arena);
	for (size_t i = 0; i < count && !reader->bad; i++) {
		struct blob *blob = &index->blobs[index->blob_count];
		const char *id = take(reader, ID_BYTES);
		blob->kind = get_kind(reader);
		uint64_t status = get(reader, 1);
		blob->id = get_text(reader);
		if (reader->bad || status > STATUS_ARCHIVED)
			break;
		memcpy(blob->id_in_git, id, ID_BYTES);
		blob->status = (enum record_status)status;
		if (blob->id.len) {
			blob->version = get_text(reader);
			blob->family = get_text(reader);
			get_digest(blob->digest, reader);
		}
		if (reader->bad || id_table_find(&index->by_blob[blob->kind], blob->id_in_git) != ID_NONE)
			break;
		id_table_put(&index->by_blob[blob->kind], blob->id_in_git, index->blob_count++, arena);
	}
	reader->bad = reader->bad || index->blob_count != count;
}

/* "" or "ml/". */
static struct text get_place(struct reader *reader)
{
	struct text place = get_text(reader);

	if (place.len && (place.at[0] == '/' || place.at[place.len - 1] != '/'))
		reader->bad = true;
	return place;
}

static void get_moves(struct index *index, struct reader *reader, struct arena *arena)
{
	size_t count = get_count(reader, MOVE_BYTES);

	for (size_t i = 0; i < count && !reader->bad; i++) {
		uint32_t commit = get_below(reader, index->commit_count), parent = get_below(reader, index->commit_count);
		struct move move = {.found = get_flag(reader)};
		move.to = get_place(reader);
		move.from = get_place(reader);
		if (reader->bad)
			return;
		memcpy(move.commit, index->commits[commit].id, ID_BYTES);
		memcpy(move.parent, index->commits[parent].id, ID_BYTES);
		index->moves = arena_grow(arena, index->moves, index->move_count, sizeof *index->moves);
		index->moves[index->move_count++] = move;
	}
}

static void get_commit(struct index *index, struct reader *reader, size_t parents, size_t changes, struct arena *arena)
{
	struct commit commit = {.parents = (uint32_t)index->parent_count, .changes = (uint32_t)index->change_count};
	const char *id = take(reader, ID_BYTES);

	commit.time = (int64_t)get(reader, 8);
	commit.files = (uint32_t)get(reader, 4);
	commit.parent_count = (uint32_t)get_count(reader, 4);
	for (uint32_t i = 0; i < commit.parent_count && !reader->bad; i++) {
		uint32_t parent = get_below(reader, index->commit_count);
		if (index->parent_count < parents)
			index->parents[index->parent_count++] = parent;
		else
			reader->bad = true;
	}
	commit.change_count = (uint32_t)get_count(reader, CHANGE_BYTES);
	for (uint32_t i = 0; i < commit.change_count && !reader->bad; i++) {
		struct change change = {.path = get_below(reader, index->path_count), .blob = (uint32_t)get(reader, 4), .is_new = get_flag(reader)};
		if (change.blob != GONE && (change.blob >= index->blob_count || reader->bad ||
		                            index->blobs[change.blob].kind != index->paths[change.path].kind))
			reader->bad = true;
		if (index->change_count < changes)
			index->changes[index->change_count++] = change;
		else
			reader->bad = true;
	}
	if (reader->bad)
		return;
	memcpy(commit.id, id, ID_BYTES);
	if (id_table_find(&index->by_commit, commit.id) != ID_NONE) {
		reader->bad = true;
		return;
	}
	id_table_put(&index->by_commit, commit.id, index->commit_count, arena);
	index->commits[index->commit_count++] = commit;
}

static void get_body(struct index *index, struct reader *reader, struct arena *arena)
{
	size_t folders = get_count(reader, 5);

	for (size_t i = 0; i < folders && !reader->bad; i++) {
		enum kind kind = get_kind(reader);
		index_add_folder(index, kind, get_text(reader), arena);
	}
	size_t paths = get_count(reader, 5);
	for (size_t i = 0; i < paths && !reader->bad; i++) {
		enum kind kind = get_kind(reader);
		if (index_add_path(index, kind, get_text(reader), arena) != i)
			reader->bad = true;
	}
	get_blobs(index, reader, arena);
	size_t parents = get_count(reader, 4), changes = get_count(reader, CHANGE_BYTES), commits = get_count(reader, ID_BYTES + 20);
	index->parents = arena_array(arena, room_for(parents), sizeof *index->parents);
	index->changes = arena_array(arena, room_for(changes), sizeof *index->changes);
	id_table_reserve(&index->by_commit, commits, arena);
	index->commits = arena_array(arena, room_for(commits), sizeof *index->commits);
	for (size_t i = 0; i < commits && !reader->bad; i++)
		get_commit(index, reader, parents, changes, arena);
	get_moves(index, reader, arena);
	if (reader->at != reader->bytes.len || index->parent_count != parents || index->change_count != changes)
		reader->bad = true;
}

bool index_decode(struct index *index, struct text bytes, struct text shape, const struct folder *wanted, size_t wanted_count, struct arena *arena)
{
	size_t head = sizeof MAGIC - 1 + CHECKSUM_BYTES;
	struct reader reader = {.bytes = text_cut(bytes, head, bytes.len)}, sum = {.bytes = text_cut(bytes, sizeof MAGIC - 1, head)};

	*index = (struct index){.shape = shape};
	if (bytes.len < head || !text_starts(bytes, MAGIC))
		return false;
	if (get(&sum, CHECKSUM_BYTES) != index_checksum(reader.bytes) || !text_equal(get_text(&reader), shape))
		return false;
	get_body(index, &reader, arena);
	for (size_t i = 0; i < wanted_count && !reader.bad; i++)
		if (!index_has_folder(index, &wanted[i]))
			return false;
	return !reader.bad;
}
