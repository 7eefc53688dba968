/* Shared by the files of gates: metrics on a scale where larger is worse. */
#ifndef GALLEY_GATES_INNER_H
#define GALLEY_GATES_INNER_H

#include "gates.h"
#include "number.h"

struct line {
	bool given;
	struct decimal at;
};

/* v, -v or |v - target|, with the limits on the same scale; ok is false when the metric has no direction, no limit, or an unreadable one. */
struct scale {
	bool ok;
	enum direction direction;
	struct decimal target;
	struct line promote, warn, fail;
};

struct scale scale_of(const struct metric *metric, struct arena *arena);
struct decimal scale_place(const struct scale *scale, struct decimal value, struct arena *arena);
enum verdict scale_judge(bool *promotable, const struct scale *scale, struct decimal place);

/* What a metric file is judged with beside the limits. */
struct measured {
	const struct value *metrics;
	bool bare;                  /* a snapshot: what is not there is left out, nothing regresses */
	bool has_production;        /* there is another run to regress from */
	struct text production;     /* its id */
	const struct value *production_metrics; /* NULL: could not be had */
};

/* False when the metric is left out: not there and not required. */
bool gate_judge(struct gate_result *out, const struct metric *metric, const struct measured *measured, struct arena *arena);
/* Makes the gates worse by what the pack's slice rules find in the metric file's segments, and lists that. */
void gate_slices(struct pack_result *out, const struct pack *pack, const struct measured *measured, struct arena *arena);

/* One segment: judged by the metric's limits; samples are counted where the segment gives them. False as in gate_judge(). */
bool gate_segment(struct gate_result *out, const struct metric *metric, const struct value *segment, struct arena *arena);

/* Whether a value of a metric file is a finite number, and which; *text is it as written, whatever it is. */
bool measured_number(struct decimal *out, struct text *text, const struct value *value, struct arena *arena);
/* Makes a gate at least as bad as verdict; the reason is that of the worst. */
void gate_worsen(struct gate_result *gate, enum verdict verdict, struct text reason);
/* "0.41 is past its fail limit 0.40"; empty for a pass. */
struct text gate_words(const struct metric *metric, enum verdict verdict, struct text value, struct arena *arena);

/* A value that is greater than a limit, with as many places as it takes to see that. */
struct text show_beyond(const struct metric *metric, struct decimal value, struct decimal limit, struct arena *arena);

/* The exact decimal with this many places, rounded half away from zero; without "-0". */
struct text decimal_fixed(struct decimal value, long places, bool commas, struct arena *arena);
/* All of it, without needless zeros. */
struct text decimal_plain(struct decimal value, struct arena *arena);

#endif
