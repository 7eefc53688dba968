#include "flowchart.h"

#include <stdlib.h>

#include "arena.h"
#include "html_text.h"
#include "number.h"

enum { NODES_MOST = 64, EDGES_MOST = 256, LINES_MOST = 4 };
enum { CHARACTER = 7, LINE = 18, PAD = 12, GAP_X = 48, GAP_Y = 14 };

struct node {
	struct text name;
	struct text lines[LINES_MOST];
	size_t line_count;
	bool subject;
	int layer, width, height, x, y;
	double wish; /* the mean height of those it comes from */
};

struct edge { size_t from, to; };

struct chart {
	struct node nodes[NODES_MOST];
	size_t node_count;
	struct edge edges[EDGES_MOST];
	size_t edge_count;
	int width, height, layers;
};

/* --- reading --- */

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static struct text take_name(struct text *rest)
{
	size_t len = 0;

	while (len < rest->len && is_name(rest->at[len]))
		len++;
	struct text name = text_cut(*rest, 0, len);
	*rest = text_cut(*rest, len, rest->len);
	return name;
}

static bool take(struct text *rest, const char *words)
{
	if (!text_starts(*rest, words))
		return false;
	*rest = text_cut(*rest, strlen(words), rest->len);
	return true;
}

static size_t find_break(struct text label)
{
	for (size_t i = 0; i < label.len; i++)
		if (text_starts(text_cut(label, i, label.len), "<br/>"))
			return i;
	return label.len;
}

static void set_label(struct node *node, struct text label)
{
	node->line_count = 0;
	while (node->line_count < LINES_MOST) {
		size_t end = find_break(label);
		node->lines[node->line_count++] = text_cut(label, 0, end);
		if (end == label.len)
			return;
		label = text_cut(label, end + strlen("<br/>"), label.len);
	}
}

/* A node by its name, with a label where one follows; NULL where that is nothing known. */
static struct node *take_node(struct chart *chart, struct text *rest)
{
	struct text name = take_name(rest);
	size_t i = 0;

	while (i < chart->node_count && !text_equal(chart->nodes[i].name, name))
		i++;
	if (!name.len || i == NODES_MOST)
		return NULL;
	struct node *node = &chart->nodes[i];
	if (i == chart->node_count) {
		*node = (struct node){.name = name};
		set_label(node, name);
		chart->node_count++;
	}
	if (take(rest, "[\"")) {
		size_t end = text_find(*rest, '"');
		set_label(node, text_cut(*rest, 0, end));
		*rest = text_cut(*rest, end, rest->len);
		if (!take(rest, "\"]"))
			return NULL;
	}
	return node;
}

static bool read_class(struct chart *chart, struct text rest)
{
	do {
		struct node *node = take_node(chart, &rest);
		if (!node)
			return false;
		node->subject = true;
	} while (take(&rest, ","));
	return text_starts(rest, " ");
}

static bool read_line(struct chart *chart, struct text line)
{
	if (!line.len || text_starts(line, "classDef "))
		return true;
	if (take(&line, "class "))
		return read_class(chart, line);
	struct node *from = take_node(chart, &line);
	while (from && take(&line, " --> ")) {
		struct node *to = take_node(chart, &line);
		if (!to || chart->edge_count == EDGES_MOST)
			return false;
		chart->edges[chart->edge_count++] = (struct edge){(size_t)(from - chart->nodes), (size_t)(to - chart->nodes)};
		from = to;
	}
	return from && !line.len;
}

static bool read_chart(struct chart *chart, struct text source)
{
	if (!take(&source, "flowchart LR\n"))
		return false;
	while (source.len) {
		size_t end = text_find(source, '\n');
		if (!read_line(chart, text_trim(text_cut(source, 0, end))))
			return false;
		source = text_cut(source, end + 1, source.len);
	}
	return chart->node_count > 0;
}

/* --- placing --- */

/* Each node right of all that lead to it; false where they lead round. */
static bool set_layers(struct chart *chart)
{
	bool moved = true;

	for (size_t round = 0; moved; round++) {
		if (round > chart->node_count)
			return false;
		moved = false;
		for (size_t i = 0; i < chart->edge_count; i++) {
			const struct node *from = &chart->nodes[chart->edges[i].from];
			struct node *to = &chart->nodes[chart->edges[i].to];
			if (to->layer > from->layer)
				continue;
			to->layer = from->layer + 1;
			moved = true;
		}
	}
	for (size_t i = 0; i < chart->node_count; i++)
		chart->layers = chart->nodes[i].layer >= chart->layers ? chart->nodes[i].layer + 1 : chart->layers;
	return true;
}

static void set_sizes(struct chart *chart)
{
	for (size_t i = 0; i < chart->node_count; i++) {
		struct node *node = &chart->nodes[i];
		size_t longest = 0;
		for (size_t k = 0; k < node->line_count; k++)
			longest = utf8_count(node->lines[k]) > longest ? utf8_count(node->lines[k]) : longest;
		node->width = (int)longest * CHARACTER + 2 * PAD;
		node->height = (int)node->line_count * LINE + PAD;
	}
}

static void set_wishes(struct chart *chart, int layer)
{
	for (size_t i = 0; i < chart->node_count; i++) {
		struct node *node = &chart->nodes[i];
		double sum = 0;
		int count = 0;
		for (size_t k = 0; node->layer == layer && k < chart->edge_count; k++)
			if (chart->edges[k].to == i) {
				sum += chart->nodes[chart->edges[k].from].y + chart->nodes[chart->edges[k].from].height / 2.0;
				count++;
			}
		node->wish = count ? sum / count : node->wish;
	}
}

static int order_wishes(const void *left, const void *right)
{
	const struct node *a = *(const struct node *const *)left, *b = *(const struct node *const *)right;

	return a->wish != b->wish ? (a->wish > b->wish) - (a->wish < b->wish) : (a > b) - (a < b);
}

/* One layer after the other, each node near those that lead to it. */
static void set_places(struct chart *chart)
{
	int x = 1;

	for (int layer = 0; layer < chart->layers; layer++) {
		struct node *here[NODES_MOST];
		size_t count = 0;
		int widest = 0, y = 1;
		set_wishes(chart, layer);
		for (size_t i = 0; i < chart->node_count; i++)
			if (chart->nodes[i].layer == layer)
				here[count++] = &chart->nodes[i];
		qsort(here, count, sizeof *here, order_wishes);
		for (size_t i = 0; i < count; i++) {
			here[i]->x = x;
			here[i]->y = y;
			y += here[i]->height + GAP_Y;
			widest = here[i]->width > widest ? here[i]->width : widest;
		}
		chart->height = y > chart->height ? y : chart->height;
		x += widest + GAP_X;
	}
	chart->width = x - GAP_X + 1;
	chart->height += 1 - GAP_Y;
	/* Layers that are lower than the highest stand in the middle. */
	for (int layer = 0; layer < chart->layers; layer++) {
		int bottom = 0;
		for (size_t i = 0; i < chart->node_count; i++)
			if (chart->nodes[i].layer == layer && chart->nodes[i].y + chart->nodes[i].height > bottom)
				bottom = chart->nodes[i].y + chart->nodes[i].height;
		for (size_t i = 0; i < chart->node_count; i++)
			if (chart->nodes[i].layer == layer)
				chart->nodes[i].y += (chart->height - 1 - bottom) / 2;
	}
}

/* --- drawing --- */

static void draw_edge(struct buffer *out, const struct node *from, const struct node *to)
{
	int x1 = from->x + from->width, y1 = from->y + from->height / 2, x2 = to->x, y2 = to->y + to->height / 2, half = (x2 - x1) / 2;

	buffer_format(out, "<path class=\"edge\" d=\"M%d %dC%d %d %d %d %d %d\"/>\n", x1, y1, x1 + half, y1, x2 - half, y2, x2 - 6, y2);
	buffer_format(out, "<path class=\"tip\" d=\"M%d %dl-8 -4v8z\"/>\n", x2, y2);
}

static void draw_node(struct buffer *out, const struct node *node)
{
	buffer_format(out, "<rect class=\"node%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\"/>\n", node->subject ? " subject" : "", node->x,
	              node->y, node->width, node->height);
	for (size_t i = 0; i < node->line_count; i++) {
		buffer_format(out, "<text x=\"%d\" y=\"%d\">", node->x + node->width / 2, node->y + PAD / 2 + LINE * (int)i + 13);
		html_text(out, node->lines[i]);
		buffer_string(out, "</text>\n");
	}
}

bool flowchart_svg(struct buffer *out, struct text mermaid, struct arena *arena)
{
	struct chart *chart = arena_alloc(arena, sizeof *chart);

	if (!read_chart(chart, mermaid) || !set_layers(chart))
		return false;
	set_sizes(chart);
	set_places(chart);
	buffer_format(out, "<svg class=\"graph\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n", chart->width, chart->height, chart->width,
	              chart->height);
	for (size_t i = 0; i < chart->edge_count; i++)
		draw_edge(out, &chart->nodes[chart->edges[i].from], &chart->nodes[chart->edges[i].to]);
	for (size_t i = 0; i < chart->node_count; i++)
		draw_node(out, &chart->nodes[i]);
	buffer_string(out, "</svg>\n");
	return true;
}
