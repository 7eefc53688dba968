#include "instant.h"

static void begin(struct period *period, int64_t from)
{
	period->from = period->begins && period->from > from ? period->from : from;
	period->begins = true;
}

static void end(struct period *period, int64_t until)
{
	period->until = period->ends && period->until < until ? period->until : until;
	period->ends = true;
}

bool period_reached(struct period *period, int64_t present, int64_t instant)
{
	bool reached = present >= instant;

	if (reached)
		begin(period, instant);
	else
		end(period, instant);
	return reached;
}

bool period_passed(struct period *period, int64_t present, int64_t instant)
{
	return instant < INT64_MAX && period_reached(period, present, instant + 1);
}

void period_only(struct period *period, int64_t present)
{
	begin(period, present);
	if (present < INT64_MAX)
		end(period, present + 1);
}

void period_meet(struct period *period, const struct period *other)
{
	if (other->begins)
		begin(period, other->from);
	if (other->ends)
		end(period, other->until);
}

bool period_holds(const struct period *period, int64_t present)
{
	return (!period->begins || present >= period->from) && (!period->ends || present < period->until);
}
