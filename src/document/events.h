/* Events: libyaml's scalars, tags and errors in our terms. Ownership: as in reader.h. Failure: false after a diag. */
#ifndef GALLEY_DOCUMENT_EVENTS_H
#define GALLEY_DOCUMENT_EVENTS_H

#include <yaml.h>

#include "reader.h"

/* Sets value's kind and quotes from the event's style and tag; value->text and place are set. A key is never null by its text.
 * tag_place: where findings about the tag stand. */
bool event_type_scalar(struct reader *reader, struct value *value, const yaml_event_t *event, bool key, struct place tag_place);
bool event_check_tag(struct reader *reader, const yaml_char_t *tag, bool list, struct place place);
/* A root that is no map and ends before the code point end; always false. */
bool event_refuse_root(struct reader *reader, const struct value *value, size_t end);

/* The first code point that the parser's error is about. */
size_t event_error_start(const yaml_parser_t *parser);
/* in_document: a document had begun, so that a missing '---' is text after its end. */
void event_refuse_error(struct reader *reader, const yaml_parser_t *parser, bool in_document);

#endif
