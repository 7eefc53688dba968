#include "seal.h"

#include <inttypes.h>

#include "arena.h"
#include "digest.h"

enum { SEAL_DIGITS = 32 };

static const char seal_key[] = "Galley-Seal: ";

static void compute(char out[static 65], struct text message, const git_oid *tree, const git_oid *parent, const char *name, const char *email,
                    int64_t time, struct arena *arena)
{
	char tree_id[41], parent_id[41];

	git_oid_tostr(tree_id, sizeof tree_id, tree);
	git_oid_tostr(parent_id, sizeof parent_id, parent);
	digest_sha256(out, text_format(arena, "galley.seal/1\n%s\n%s\n%s\n%s\n%" PRId64 "\n%.*s", tree_id, parent_id, name, email, time, TEXT_ARGS(message)));
}

struct text seal_message(struct text message, const struct target *target, const git_oid *tree, const git_oid *parent, int64_t time,
                         struct arena *arena)
{
	git_signature *who = NULL;
	char digest[65];

	/* git trims names; where it takes none at all, writing the commit says so. */
	if (git_signature_new(&who, target->name, target->email, time, 0) != 0)
		return message;
	compute(digest, message, tree, parent, who->name, who->email, time, arena);
	git_signature_free(who);
	return text_format(arena, "%.*s%s%.*s\n", TEXT_ARGS(message), seal_key, SEAL_DIGITS, digest);
}

bool seal_fits(const git_commit *commit, struct arena *arena)
{
	struct text message = text_of(git_commit_message(commit));
	const git_signature *who = git_commit_committer(commit), *author = git_commit_author(commit);
	size_t tail = sizeof seal_key - 1 + SEAL_DIGITS + 1;
	char digest[65];

	if (message.len < tail || git_commit_parentcount(commit) != 1 || !who || !author)
		return false;
	struct text body = text_cut(message, 0, message.len - tail), seal = text_cut(message, body.len, message.len);
	if (!text_starts(seal, seal_key) || !text_ends(seal, "\n") || !text_is(text_of(who->name), author->name) ||
	    !text_is(text_of(who->email), author->email) || who->when.time != author->when.time)
		return false;
	compute(digest, body, git_commit_tree_id(commit), git_commit_parent_id(commit, 0), who->name, who->email, who->when.time, arena);
	return text_equal(text_cut(seal, sizeof seal_key - 1, seal.len - 1), (struct text){digest, SEAL_DIGITS});
}
