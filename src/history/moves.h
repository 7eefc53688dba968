/* Moves: of the workspaces that a commit no longer has, the one that a workspace comes from. */
#ifndef GALLEY_HISTORY_MOVES_H
#define GALLEY_HISTORY_MOVES_H

#include "arena.h"
#include "source.h"

/* The workspace in `to` ("" or "ml/") of a commit (NULL: of what is read), where its parent has none there: *found says whether one that the
 * parent has and the commit has not lives on there, and *from which: the one that shares most ids of recipes and packs with it, at least
 * one; of several the one that shares most files, whose galley.yaml is the same, or the first by path. */
int move_find(bool *found, struct text *from, struct source *source, const char *commit, const char *parent, struct text to,
              const struct limits *limits, struct arena *arena, struct failure *failure);

/* The other way round: where what stood in place `from` of a commit lives on in what is read, in a folder that the commit has none in. */
int move_forward(bool *found, struct text *to, struct source *source, const char *commit, struct text from, const struct limits *limits,
                 struct arena *arena, struct failure *failure);

/* Whether a parent has a workspace that the commit has no more. */
int move_possible(bool *possible, struct source *source, const char *commit, const char *parent, struct text to, const struct limits *limits,
                  struct failure *failure);

/* Whether there is a workspace: a recipe or pack in its folders and, but at the top of the repository, a galley.yaml. */
int place_stands(bool *stands, struct source *source, struct text place, const struct limits *limits, struct failure *failure);

#endif
