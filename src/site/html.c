#include "html.h"

#include <stdlib.h>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include "arena.h"
#include "flowchart.h"
#include "html_text.h"

/* --- text --- */

static struct text text_under(cmark_node *node, struct arena *arena)
{
	cmark_iter *iter = cmark_iter_new(node);
	struct buffer out;
	cmark_event_type event;

	buffer_init(&out);
	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *at = cmark_iter_get_node(iter);
		cmark_node_type type = cmark_node_get_type(at);
		if (event == CMARK_EVENT_ENTER && (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE))
			buffer_string(&out, cmark_node_get_literal(at));
	}
	cmark_iter_free(iter);
	struct text text = text_copy(arena, buffer_text(&out));
	buffer_release(&out);
	return text;
}

/* --- what a page's own HTML may be --- */

static bool is_known_tag(struct text tag)
{
	static const char *const known[] = {"<details>", "<details open>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>", "<br>", "<br/>"};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (text_is(tag, known[i]))
			return true;
	return false;
}

static bool is_known_html(struct text html)
{
	for (size_t i = 0; i < html.len; i++) {
		if (html.at[i] != '<')
			continue;
		struct text rest = text_cut(html, i, html.len);
		size_t end = text_find(rest, '>');
		if (end == rest.len || !is_known_tag(text_cut(rest, 0, end + 1)))
			return false;
		i += end;
	}
	return true;
}

/* Anything else stands there as it was written. */
static void tame_html(cmark_node *node, bool block)
{
	const char *html = cmark_node_get_literal(node);

	if (is_known_html(text_of(html)))
		return;
	cmark_node *text = cmark_node_new(CMARK_NODE_TEXT), *stand_in = text;
	cmark_node_set_literal(text, html);
	if (block) {
		stand_in = cmark_node_new(CMARK_NODE_PARAGRAPH);
		cmark_node_append_child(stand_in, text);
	}
	cmark_node_replace(node, stand_in);
	cmark_node_free(node);
}

/* --- single nodes --- */

static void replace_html(cmark_node *node, cmark_node_type type, const struct buffer *html)
{
	cmark_node *made = cmark_node_new(type);

	cmark_node_set_literal(made, buffer_text(html).at);
	cmark_node_replace(node, made);
	cmark_node_free(node);
}

static void draw_flowchart(cmark_node *node, struct arena *arena)
{
	struct buffer svg;

	buffer_init(&svg);
	buffer_string(&svg, "<div class=\"wide\">");
	if (flowchart_svg(&svg, text_of(cmark_node_get_literal(node)), arena)) {
		buffer_string(&svg, "</div>\n");
		replace_html(node, CMARK_NODE_HTML_BLOCK, &svg);
	}
	buffer_release(&svg);
}

static void map_link(cmark_node *node, bool image, const struct html_links *links, struct arena *arena)
{
	struct text url = links->map(links->context, text_of(cmark_node_get_url(node)), image);

	if (url.len) {
		cmark_node_set_url(node, text_copy(arena, url).at);
		return;
	}
	while (cmark_node_first_child(node))
		cmark_node_insert_before(node, cmark_node_first_child(node));
	cmark_node_free(node);
}

/* As hosts do: lower case, blanks to hyphens, punctuation dropped. */
static struct text anchor_of(struct text words, struct arena *arena)
{
	struct buffer out;

	buffer_init(&out);
	for (size_t i = 0; i < words.len; i++) {
		unsigned char c = (unsigned char)words.at[i];
		if (c >= 'A' && c <= 'Z')
			buffer_char(&out, (char)(c - 'A' + 'a'));
		else if (c == ' ')
			buffer_char(&out, '-');
		else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c >= 0x80)
			buffer_char(&out, (char)c);
	}
	struct text anchor = text_copy(arena, buffer_text(&out));
	buffer_release(&out);
	return anchor;
}

static void add_anchor(cmark_node *heading, struct text words, struct arena *arena)
{
	cmark_node *anchor = cmark_node_new(CMARK_NODE_HTML_INLINE);
	struct buffer html;

	buffer_init(&html);
	buffer_string(&html, "<a id=\"");
	html_text(&html, anchor_of(words, arena));
	buffer_string(&html, "\"></a>");
	cmark_node_set_literal(anchor, buffer_text(&html).at);
	buffer_release(&html);
	cmark_node_prepend_child(heading, anchor);
}

/* "> [!CAUTION]" is a box elsewhere; here its word in bold. */
static void name_alert(cmark_node *quote)
{
	static const char *const kinds[][2] = {
		{"[!NOTE]", "Note"}, {"[!TIP]", "Tip"}, {"[!IMPORTANT]", "Important"}, {"[!WARNING]", "Warning"}, {"[!CAUTION]", "Caution"}};
	cmark_node *paragraph = cmark_node_first_child(quote), *text = paragraph ? cmark_node_first_child(paragraph) : NULL;

	if (!text || cmark_node_get_type(text) != CMARK_NODE_TEXT)
		return;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (!text_is(text_of(cmark_node_get_literal(text)), kinds[i][0]))
			continue;
		cmark_node *strong = cmark_node_new(CMARK_NODE_STRONG);
		cmark_node_set_literal(text, kinds[i][1]);
		cmark_node_replace(text, strong);
		cmark_node_append_child(strong, text);
		return;
	}
}

/* --- the page --- */

static void tame_page(cmark_node *root, const struct html_links *links, struct html_page *page, struct arena *arena)
{
	cmark_iter *iter = cmark_iter_new(root);
	cmark_event_type event;

	/* On the way out of a node it may be replaced: the iterator has gone on to the next one. */
	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);
		cmark_node_type type = cmark_node_get_type(node);
		bool leaf = type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE || type == CMARK_NODE_CODE_BLOCK;
		if (event != CMARK_EVENT_EXIT && !leaf)
			continue;
		if (type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE) {
			tame_html(node, type == CMARK_NODE_HTML_BLOCK);
		} else if (type == CMARK_NODE_CODE_BLOCK && text_is(text_of(cmark_node_get_fence_info(node)), "mermaid")) {
			draw_flowchart(node, arena);
		} else if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE) {
			map_link(node, type == CMARK_NODE_IMAGE, links, arena);
		} else if (type == CMARK_NODE_BLOCK_QUOTE) {
			name_alert(node);
		} else if (type == CMARK_NODE_HEADING) {
			struct text words = text_under(node, arena);
			page->title = page->title.len ? page->title : words;
			add_anchor(node, words, arena);
		}
	}
	cmark_iter_free(iter);
}

void html_of_markdown(struct html_page *out, struct text markdown, const struct html_links *links, struct arena *arena)
{
	*out = (struct html_page){.title = TEXT("")};
	cmark_gfm_core_extensions_ensure_registered();
	cmark_parser *parser = cmark_parser_new(CMARK_OPT_VALIDATE_UTF8);
	cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension("table"));
	cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension("strikethrough"));
	cmark_parser_feed(parser, markdown.at, markdown.len);
	cmark_node *root = cmark_parser_finish(parser);
	cmark_consolidate_text_nodes(root);
	tame_page(root, links, out, arena);
	/* Nothing is left of the page's HTML but what tame_html() knows, and of its links but what the map gave. */
	char *html = cmark_render_html(root, CMARK_OPT_UNSAFE | CMARK_OPT_VALIDATE_UTF8, cmark_parser_get_syntax_extensions(parser));
	out->body = text_copy(arena, text_of(html));
	free(html);
	cmark_node_free(root);
	cmark_parser_free(parser);
}
