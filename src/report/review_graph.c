#include "review_parts.h"

#include "words.h"

/* Hosts draw a diagram at once up to 2,000 characters, and people read at most 40 nodes; GitHub itself would take 50,000 and 500 edges. */
enum { NODES = 40, CHARACTERS = 2000, LABEL_POINTS = 48 };

struct node {
	const struct record_change *change;
	const char *note;   /* second line; "" for none */
	bool edited;        /* drawn with a thick line */
	bool folded;        /* counted at its parent instead */
	size_t parent;      /* node above; NO_PARENT */
	size_t children, folded_children;
};

enum { NO_PARENT = -1 };

struct graph {
	const struct review *review;
	struct node *nodes;
	size_t count;
	struct arena *arena;
};

/* A model whose run that serves gets worse, and the recipe that judged it. */
static const char *run_note(const struct review *review, struct text recipe)
{
	static const char *const notes[] = {"", "production run warns", "production run inconclusive", "production run fails"};
	enum verdict worst = VERDICT_PASS;

	for (size_t i = 0; i < review->runs->count; i++) {
		const struct run_move *move = &review->runs->items[i];
		if (move->role == ROLE_PRODUCTION && move->move == VERDICT_WORSE && text_equal(move->run->recipe.id, recipe) && move->after > worst)
			worst = move->after;
	}
	return notes[worst];
}

static const char *note_of(const struct graph *graph, const struct record_change *change)
{
	const char *run = change->kind == KIND_RECIPE ? run_note(graph->review, change->id) : "";

	if (*run)
		return run;
	if (change->move != MOVE_CHANGED)
		return change->move == MOVE_ADDED ? "ADDED" : "REMOVED";
	return change->edited ? "EDITED" : change->unresolved_after ? "no effective form" : "";
}

static void add_nodes(struct graph *graph)
{
	const struct differences *differences = graph->review->view.differences;

	graph->nodes = arena_array(graph->arena, differences->count, sizeof *graph->nodes);
	for (size_t i = 0; i < differences->count; i++) {
		const struct record_change *change = &differences->items[i];
		if (change->kind != KIND_RECIPE && change->kind != KIND_PACK)
			continue;
		graph->nodes[graph->count++] = (struct node){.change = change,
		                                             .note = note_of(graph, change),
		                                             .edited = change->edited || change->move != MOVE_CHANGED,
		                                             .parent = (size_t)NO_PARENT};
	}
}

/* Nodes of a kind stand in order of their ids: recipes, then packs. */
static size_t find_node(const struct graph *graph, enum kind kind, struct text id)
{
	size_t low = 0, high = graph->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct record_change *change = graph->nodes[middle].change;
		int order = change->kind != kind ? (int)change->kind - (int)kind : text_compare(change->id, id);
		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return (size_t)NO_PARENT;
}

static void link_parents(struct graph *graph)
{
	for (size_t i = 0; i < graph->count; i++) {
		struct node *node = &graph->nodes[i];
		const struct recipe *recipe = (const struct recipe *)(node->change->after ? node->change->after : node->change->before);
		if (node->change->kind != KIND_RECIPE)
			continue;
		node->parent = recipe->parent.id.len ? find_node(graph, KIND_RECIPE, recipe->parent.id) : (size_t)NO_PARENT;
		if (node->parent == i)
			node->parent = (size_t)NO_PARENT;
		if (node->parent != (size_t)NO_PARENT)
			graph->nodes[node->parent].children++;
	}
}

/* Leaves of which nothing is to be said but that they are reached. */
static void fold(struct graph *graph)
{
	for (size_t i = 0; i < graph->count; i++) {
		struct node *node = &graph->nodes[i];
		if (node->children || *node->note || node->parent == (size_t)NO_PARENT)
			continue;
		node->folded = true;
		graph->nodes[node->parent].folded_children++;
	}
}

static void add_node(struct buffer *out, const struct graph *graph, size_t at)
{
	const struct node *node = &graph->nodes[at];
	bool pack = node->change->kind == KIND_PACK;

	buffer_format(out, "  n%zu%s\"", at, pack ? "[/" : "[");
	markdown_mermaid(out, text_cut(node->change->id, 0, LABEL_POINTS));
	if (*node->note)
		buffer_format(out, "<br/>%s", node->note);
	buffer_string(out, pack ? "\"/]\n" : "\"]\n");
	if (node->folded_children)
		buffer_format(out, "  m%zu[\"%zu more recipe%s\"]\n  n%zu --> m%zu\n", at, node->folded_children, node->folded_children == 1 ? "" : "s",
		              at, at);
}

/* From a pack to the recipes that attach it: the ones before it at the end of a chain. */
static bool attaches(const struct record_change *recipe, struct text pack)
{
	for (size_t i = 0; i < recipe->chain_count; i++) {
		const struct chain *chain = &recipe->chains[i];
		const struct step *last = &chain->steps[chain->count - 1];
		if (chain->count == 2 && last->kind == KIND_PACK && text_equal(last->id, pack))
			return true;
	}
	return false;
}

static size_t add_edges(struct buffer *out, const struct graph *graph)
{
	size_t edges = 0;

	for (size_t i = 0; i < graph->count; i++) {
		const struct node *node = &graph->nodes[i];
		if (node->change->kind == KIND_RECIPE && !node->folded && node->parent != (size_t)NO_PARENT) {
			buffer_format(out, "  n%zu --> n%zu\n", node->parent, i);
			edges++;
		}
		for (size_t k = 0; node->change->kind == KIND_PACK && k < graph->count && out->len <= CHARACTERS; k++)
			if (graph->nodes[k].change->kind == KIND_RECIPE && !graph->nodes[k].folded && attaches(graph->nodes[k].change, node->change->id)) {
				buffer_format(out, "  n%zu --> n%zu\n", i, k);
				edges++;
			}
	}
	return edges;
}

static void add_class(struct buffer *out, const struct graph *graph)
{
	bool any = false;

	for (size_t i = 0; i < graph->count; i++) {
		if (!graph->nodes[i].edited)
			continue;
		buffer_format(out, "%sn%zu", any ? "," : "  classDef edit stroke-width:3px\n  class ", i);
		any = true;
	}
	buffer_string(out, any ? " edit\n" : "");
}

/* False where it would be larger than what is read and drawn. */
static bool draw(struct buffer *out, struct graph *graph)
{
	size_t nodes = 0;

	buffer_string(out, "```mermaid\nflowchart LR\n");
	for (size_t i = 0; i < graph->count && nodes <= NODES; i++) {
		if (graph->nodes[i].folded)
			continue;
		add_node(out, graph, i);
		nodes += graph->nodes[i].folded_children ? 2 : 1;
	}
	if (nodes > NODES || out->len > CHARACTERS)
		return false;
	add_edges(out, graph);
	add_class(out, graph);
	buffer_string(out, "```\n");
	return out->len <= CHARACTERS;
}

static void add_sizes(struct buffer *out, const struct review *review)
{
	buffer_format(out, "%zu recipe%s", review->counts.records[KIND_RECIPE], review->counts.records[KIND_RECIPE] == 1 ? "" : "s");
	if (review->counts.records[KIND_PACK])
		buffer_format(out, ", %zu pack%s", review->counts.records[KIND_PACK], review->counts.records[KIND_PACK] == 1 ? "" : "s");
	if (review->counts.records[KIND_MODEL])
		buffer_format(out, ", %zu model%s", review->counts.records[KIND_MODEL], review->counts.records[KIND_MODEL] == 1 ? "" : "s");
}

void block_of_graph(struct blocks *blocks, const struct review *review, const struct diff_tables *tables, int rank)
{
	struct graph graph = {.review = review, .arena = tables->arena};
	struct block *block;
	struct buffer picture;

	add_nodes(&graph);
	/* One record alone is no graph. */
	if (graph.count < 2)
		return;
	link_parents(&graph);
	buffer_init(&picture);
	bool fits = draw(&picture, &graph);
	if (!fits) {
		fold(&graph);
		buffer_clear(&picture);
		fits = draw(&picture, &graph);
	}
	if (fits) {
		block = block_add(blocks, rank, "graph");
		buffer_string(&block->head, "\n<details>\n<summary>Blast radius as a graph: ");
		add_sizes(&block->head, review);
		buffer_string(&block->head, "</summary>\n\n");
		buffer_add(&block->rows, buffer_text(&picture));
		block_row(block, blocks);
		buffer_string(&block->tail, "\n</details>\n");
	} else {
		block = block_add(blocks, rank, NULL);
		buffer_string(&block->head, "\nBlast radius: ");
		add_sizes(&block->head, review);
		buffer_string(&block->head, "; too many to draw.\n");
	}
	buffer_release(&picture);
}
