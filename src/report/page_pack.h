/* Who is judged by a pack. Ownership, failure: as in page.h. */
#ifndef GALLEY_PAGE_PACK_H
#define GALLEY_PAGE_PACK_H

#include "rows.h"

bool pack_judges(const struct effective *effective, const struct pack *pack);
size_t pack_recipes(const struct pages *set, const struct pack *pack);
size_t pack_models(const struct pages *set, const struct pack *pack);

#endif
