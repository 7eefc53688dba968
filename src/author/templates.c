/* What `galley init` writes: the one place for these texts. */
#include "author.h"

#define CONFIG \
	"# The configuration of this workspace; galley explain lists what may stand here.\n" \
	"version: 1\n" \
	"reports:\n" \
	"  history: true\n"

#define WORKFLOW \
	"# Checks every pull request, and what reaches the main branch.\n" \
	"name: galley\n" \
	"on:\n" \
	"  pull_request:\n" \
	"  push:\n" \
	"    branches: [main]\n" \
	"permissions:\n" \
	"  contents: read\n" \
	"jobs:\n" \
	"  check:\n" \
	"    runs-on: ubuntu-latest\n" \
	"    steps:\n" \
	"      - uses: actions/checkout@v4\n" \
	"        with:\n" \
	"          fetch-depth: 0 # versions are commits: all of them are needed\n" \
	"          persist-credentials: false\n" \
	"      - name: Install galley\n" \
	"        env:\n" \
	"          GALLEY_SOURCE: ${{ vars.GALLEY_SOURCE }} # where galley is cloned from: a variable of the repository\n" \
	"        run: |\n" \
	"          git clone --depth 1 \"$GALLEY_SOURCE\" \"$RUNNER_TEMP/galley\"\n" \
	"          sudo apt-get update -q\n" \
	"          sudo make -C \"$RUNNER_TEMP/galley\" deps install\n" \
	"      - name: Check\n" \
	"        env:\n" \
	"          BASE: ${{ github.event.pull_request.base.sha }}\n" \
	"        run: galley check --format github ${BASE:+--base \"$BASE\"}\n"

#define PRE_COMMIT \
	"# pre-commit install, and every commit is checked before it is made.\n" \
	"repos:\n" \
	"  - repo: local\n" \
	"    hooks:\n" \
	"      - id: galley-check\n" \
	"        name: galley check\n" \
	"        entry: galley hook pre-commit\n" \
	"        language: system\n" \
	"        pass_filenames: false\n" \
	"        always_run: true # also where files are only removed\n"

#define RECIPE(id, name, family, requirements, pack, metric) \
	"metadata:\n" \
	"  id: " id "\n" \
	"  name: " name "\n" \
	"  model_family: " family "\n" \
	"  level: baseline\n" \
	"  version: 0.1.0\n" \
	"  status: draft\n" \
	"  owner: model-team\n" \
	"requirements:\n" requirements \
	"pipeline:\n" \
	"  stages:\n" \
	"    - {name: quality, type: quality}\n" \
	"    - {name: training, type: training}\n" \
	"    - {name: evaluation, type: evaluation}\n" \
	"evaluation:\n" \
	"  packs: [" pack "]\n" \
	"deployment:\n" \
	"  mode: batch\n" \
	"monitoring:\n" \
	"  metrics: [" metric "]\n" \
	"  drift: {method: PSI, threshold: 0.2}\n" \
	"  freshness: {max_age_hours: 168}\n"

#define PACK(id, name, family, metrics) \
	"metadata:\n" \
	"  id: " id "\n" \
	"  name: " name "\n" \
	"  model_family: " family "\n" \
	"  version: 0.1.0\n" \
	"  status: draft\n" \
	"metrics:\n" metrics

#define METRIC(key, promote, warn, fail) \
	"  - key: " key "\n" \
	"    thresholds: {promote: " promote ", warn: " warn ", fail: " fail "}\n"

const struct template_file author_templates[] = {
	{"galley.yaml", CONFIG},
	{"recipes/baseline/forecasting.yaml",
     RECIPE("recipe_forecasting_base", "Forecasting baseline", "forecasting", "  grain: store-sku-day\n  min_history: 52w\n",
            "pack_forecasting_standard", "MAPE")},
	{"recipes/baseline/pricing.yaml",
     RECIPE("recipe_pricing_base", "Pricing baseline", "pricing", "  grain: store-sku-day\n  min_history: 52w\n", "pack_pricing_standard",
            "margin_impact")},
	{"recipes/baseline/next_best_action.yaml",
     RECIPE("recipe_nba_base", "Next best action baseline", "next_best_action", "  grain: customer-day\n  min_history: 26w\n", "pack_nba_standard",
            "uplift")},
	{"recipes/baseline/location_scoring.yaml",
     RECIPE("recipe_location_base", "Location scoring baseline", "location_scoring", "  grain: site\n", "pack_location_standard",
            "rank_correlation")},
	{"packs/forecasting_standard.yaml",
     PACK("pack_forecasting_standard", "Forecasting standard", "forecasting",
          METRIC("MAPE", "0.15", "0.25", "0.40") METRIC("coverage_80", "0.78", "0.70", "0.60"))},
	{"packs/pricing_standard.yaml",
     PACK("pack_pricing_standard", "Pricing standard", "pricing",
          METRIC("margin_impact", "0.01", "0.00", "-0.02") METRIC("revenue_lift", "0.02", "0.00", "-0.01"))},
	{"packs/nba_standard.yaml",
     PACK("pack_nba_standard", "Next best action standard", "next_best_action",
          METRIC("uplift", "0.03", "0.01", "0.00") METRIC("precision_at_10", "0.30", "0.20", "0.10"))},
	{"packs/location_standard.yaml",
     PACK("pack_location_standard", "Location scoring standard", "location_scoring",
          METRIC("rank_correlation", "0.60", "0.50", "0.40") METRIC("hit_rate_at_10", "0.50", "0.40", "0.30"))},
	{"runs/.gitkeep", ""},
	{".github/workflows/galley.yml", WORKFLOW},
	{".pre-commit-config.yaml", PRE_COMMIT},
};
const size_t author_template_count = sizeof author_templates / sizeof *author_templates;
