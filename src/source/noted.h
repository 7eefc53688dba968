/* What a source has seen. seen.c notes it, seen_files.c looks whether a working directory is as it was, seen_pack.c makes bytes of it. */
#ifndef GALLEY_SOURCE_NOTED_H
#define GALLEY_SOURCE_NOTED_H

#include <sys/stat.h>

#include "arena.h"
#include "handle.h"
#include "packed.h"
#include "seen.h"

/* A moment by the clock of the file system that the git directory lies on. */
struct mark {
	bool known;
	dev_t device;
	struct timespec time;
};

/* How a file or folder looked. settled: a change since then would show. */
struct stamp {
	uint64_t inode, size;
	struct timespec content, entry; /* when these changed last */
	bool settled;
};

struct seen_file {
	struct text path; /* these all end with a NUL */
	bool has_id;      /* else only its stamp tells */
	bool converts;    /* id is not that of its bytes: git may store others */
	bool written;
	bool stands;      /* that it is a file is all that was asked */
	unsigned char id[20];
	struct stamp stamp;
};

/* One that was passed on the way to a file, or (list is not SEEN_NONE) listed. */
enum { SEEN_NONE = -1 };
struct seen_folder {
	struct text path;
	int list;
	struct stamp stamp;
};

struct seen_look {
	struct text path;
	bool found;
	enum entry_kind kind;
};

struct seen_list {
	struct text folder;
	char digest[65];       /* of paths and kinds */
	size_t depth, files;   /* the limits it was made with */
	struct text *inside;   /* folders in it; while it is noted alone */
	size_t inside_count;
};

/* An object in a store: what stood there, or that nothing did. */
struct seen_store {
	struct text path, id;
	enum store store;
	bool found;
	struct stamp stamp;
};

/* A path of a commit or the index. */
struct seen_id {
	struct text path;
	bool whole; /* stands for all below it */
	struct text id;
};

struct seen {
	struct arena arena;
	struct mark began;
	bool spoiled;
	struct stamp index; /* git's: it tells folders from submodules that were not fetched */
	bool history; /* commits behind the one that is read were looked at */
	struct seen_file *files;
	struct seen_folder *folders;
	struct seen_look *looks;
	struct seen_list *lists;
	struct seen_store *stores;
	struct seen_id *ids;
	size_t file_count, folder_count, look_count, list_count, store_count, id_count;
};

/* --- seen.c: all of these do nothing where source->seen is NULL --- */

void seen_begin(struct source *source);
void seen_end(struct source *source);

/* A path was read, or opened, with that result. id: "" where it is not known. */
void seen_read(struct source *source, struct text path, enum read_result result, const char *id, bool converts);
void seen_looked(struct source *source, struct text path, bool found, enum entry_kind kind);
void seen_listed(struct source *source, struct text folder, const struct entry *entries, size_t count, const struct limits *limits);
/* fd: -1 where nothing was there. */
void seen_stored(struct source *source, struct text path, enum store store, const char *id, int fd);
void seen_history(struct source *source);
/* Something was asked that cannot be asked again like this. */
void seen_spoil(struct source *source);

void seen_digest(char digest[65], const struct entry *entries, size_t count);

/* --- seen_files.c --- */

/* A file is made, looked at and removed: what is older than it will look otherwise when it is changed. */
void mark_take(struct mark *mark, struct source *source);
/* Returns whether it is settled. */
bool stamp_take(struct stamp *stamp, const struct stat *status, const struct mark *mark);
/* Whether what looks like this now is what was stamped. */
bool stamp_same(const struct stamp *stamp, const struct stat *status);
/* Whether the working directory is as it was seen. first: nothing was stamped yet; what has not changed since it was begun needs no look. */
bool seen_files_same(bool *renewed, struct seen *seen, struct source *source, bool first, unsigned jobs);

/* --- seen_pack.c --- */

void seen_put(struct buffer *out, const struct seen *seen);
/* To the end of what is packed. */
bool seen_get(struct seen *seen, struct unpack *from);

/* --- known.c --- */

/* The blob id of a file's bytes as they stand, by git's index or by reading it; false where it cannot be had. */
bool known_bytes(unsigned char id[20], struct source *source, struct text path);

#endif
