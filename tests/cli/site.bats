#!/usr/bin/env bats
# The reports as a web site.

load helpers

setup() {
	clean_environment
}

@test "every page is there, every link leads somewhere, and the same pages give the same bytes" {
	example_workspace git
	must_exit 2 "$GALLEY" site
	says "'site' needs '--out DIR'"
	must_exit 0 "$GALLEY" site --out ../site
	says 'open ../site/index.html in a browser'
	perl "$TOP/tests/site/links.pl" ../site
	pages=$(find "$TOP/reports" -name '*.md' | wc -l)
	[ "$(find ../site -name '*.html' -not -path '*/source/*' | wc -l)" -eq $((pages + 1)) ]
	grep -q '<a id="L9" href="#L9">9</a>' ../site/source/recipes/industry/nba_telecom.yaml.html
	grep -q '<svg class="graph"' ../site/recipes/recipe_nba_telecom.html
	# From the commit, in another folder; and again.
	must_exit 0 "$GALLEY" site --at HEAD --as-of 2026-09-22T06:00:00Z --out "$PWD/../other"
	diff -r ../site ../other
	must_exit 0 "$GALLEY" site --out ../site
	says '(0 changed, 0 removed)'
	git status --porcelain | grep -q . && return 1
	git clone -q --bare . ../bare.git
	must_exit 0 "$GALLEY" -C ../bare.git site --as-of 2026-09-22T06:00:00Z --out ../bare
	diff -r ../site ../bare
}

@test "what is no longer made is removed, and nothing else is touched" {
	example_workspace
	"$GALLEY" -q site --out ../site
	echo mine >../site/mine.html
	rm -r runs/model_markdown_pricing
	must_exit 0 "$GALLEY" site --out ../site
	[ ! -e ../site/models/model_markdown_pricing/index.html ]
	[ "$(cat ../site/mine.html)" = mine ]
	perl "$TOP/tests/site/links.pl" ../site
	# A list that names what was never a site's.
	mkdir ../victim
	echo keep >../victim/file
	sed -i 's|^    "all.html",|    "../victim/file",\n    "/etc/hostname",\n    ".git/config",\n&|' ../site/site.json
	must_exit 0 "$GALLEY" site --out ../site
	[ "$(cat ../victim/file)" = keep ]
}

@test "a folder with other files is refused, a link is not followed" {
	example_workspace
	mkdir ../full ../elsewhere
	echo x >../full/x
	must_exit 1 "$GALLEY" site --out ../full
	says "'../full' holds other files than a site: nothing is written there"
	[ "$(ls ../full)" = x ]
	echo '{"schema": "other"}' >../full/site.json
	must_exit 1 "$GALLEY" site --out ../full
	must_exit 3 "$GALLEY" site --out ../none/below
	says "cannot write into folder '../none/below'"
	echo x >../file
	must_exit 3 "$GALLEY" site --out ../file
	"$GALLEY" -q site --out ../site
	rm -r ../site/models
	ln -s ../elsewhere ../site/models
	must_exit 3 "$GALLEY" site --out ../site
	[ -z "$(ls ../elsewhere)" ]
}

@test "nothing is written among the files that galley reads" {
	example_workspace
	ln -s "$PWD/recipes/client" ../way
	mkdir runs/old
	for out in recipes/site recipes packs/new/ ./runs/old ../way ../way/site "$PWD/recipes/../packs/x"; do
		must_exit 1 "$GALLEY" site --out "$out"
		says "where galley reads: nothing is written there"
	done
	[ ! -e recipes/site ] && [ ! -e packs/new ] && [ -z "$(ls runs/old)" ]
	must_exit 0 "$GALLEY" site --out reports-of-this
	must_exit 0 "$GALLEY" site --out recipes-site
}

@test "records named as a folder's own page are listed, and a folder may be named as a file's page" {
	example_workspace
	grep -rl recipe_nba_telecom recipes runs | xargs sed -i 's/recipe_nba_telecom/index/g'
	mkdir recipes/industry/nba_telecom.yaml.html
	mv recipes/client/nba_lumen.yaml recipes/industry/nba_telecom.yaml.html/
	must_exit 0 "$GALLEY" site --out ../site
	perl "$TOP/tests/site/links.pl" ../site
	grep -q 'href="recipes/index.page.html"' ../site/all.html
	[ -f ../site/source/recipes/industry/nba_telecom.yaml.html ]
}

@test "a first run that is cut short is taken up by the next" {
	example_workspace
	(ulimit -f 16 && exec "$GALLEY" -q site --out ../site) && return 1
	[ -f ../site/site.json ] && [ ! -e ../site/source ]
	must_exit 0 "$GALLEY" site --out ../site
	perl "$TOP/tests/site/links.pl" ../site
}

@test "hostile names come out as text" {
	example_workspace
	sed -i 's|^  name: .*|  name: "<script>alert(1)</script> \\"><img src=x onerror=alert(2)> [x](javascript:alert(3)) \\u202e <b>"|' recipes/client/pricing_harbor.yaml runs/model_room_rate/model.yaml
	sed -i 's|^owner: .*|owner: "<script>x</script>"|; s|^  owner: .*|  owner: "\\"><script>x</script>"|' runs/model_room_rate/model.yaml
	"$GALLEY" -q site --out ../site || true
	[ -f ../site/all.html ]
	perl "$TOP/tests/site/links.pl" ../site
	run grep -rnE '<script>|<img src=x|href="javascript|<b>' ../site --include='*.html'
	[ "$status" -eq 1 ]
	run grep -rlF "$(printf '\342\200\256')" ../site --include='*.html'
	[ "$status" -eq 1 ]
	grep -q '&lt;script&gt;' ../site/all.html
}

@test "an error in the workspace is shown and told" {
	example_workspace
	sed -i 's/^  version: .*/  version: one/' recipes/client/pricing_harbor.yaml
	must_exit 1 "$GALLEY" site --out ../site
	perl "$TOP/tests/site/links.pl" ../site
}

@test "the list can be searched and filtered" {
	command -v node >/dev/null || skip 'node is not here'
	example_workspace
	"$GALLEY" -q site --out ../site
	names() { node "$TOP/tests/site/dom.js" ../site/site.js ../site/all.html "$1"; }
	[ "$(names '' | tail -1)" = "$(names '' | sed '$d' | wc -l) of $(names '' | sed '$d' | wc -l)" ]
	[ "$(names '?kind=pack' | sed '$d' | wc -l)" -eq 4 ]
	[ "$(names '?kind=model&family=pricing')" = "$(printf '%s\n' 'Brightmart markdown pricing' 'Harbor room rate' '2 of 42')" ]
	[ "$(names '?q=HARBOR+rate&kind=model')" = "$(printf '%s\n' 'Harbor room rate' '1 of 42')" ]
	[ "$(names '?state=nothing' | tail -1)" = '42 of 42' ]
	[ "$(names '?q=nothinglikeit')" = 'nothing of 42 matches' ]
}
