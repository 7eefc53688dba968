#!/usr/bin/env bats
# Real data sets, where they lie beside the checkout: the whole pipeline from git init to committed reports, held against known numbers.
load helpers

SHARED=$TOP/../shared

setup() {
	[ -d "$SHARED/data" ] && [ -d "$SHARED/goldens/drift" ] || skip 'the real data sets are not in ../shared'
	clean_environment
}

# Prints "column expected" for each column of a golden: psi as reports print it, to 10 significant digits.
golden_psi() { # NAME
	perl -MJSON::PP -0777 -e '
		my $golden = decode_json(<STDIN>);
		for my $name (sort keys %{$golden->{columns}}) {
			my $column = $golden->{columns}{$name};
			my $psi = $column->{bins} ? $column->{bins}{quantile_cuts}{psi} : $column->{distances}{psi};
			printf "%s %.10g\n", $name, $psi if defined $psi;
		}' <"$SHARED/goldens/drift/$1.json"
}

# Prints "column value" for each psi of a snapshot in the JSON page of a model.
page_psi() { # PAGE SNAPSHOT
	perl -MJSON::PP -0777 -e '
		my ($stamp) = @ARGV;
		my $page = decode_json(<STDIN>);
		for my $snapshot (@{$page->{drift}{snapshots}}) {
			next if $snapshot->{snapshot} ne $stamp;
			for my $column (@{$snapshot->{columns}}) {
				next if $column->{method} ne "psi";
				printf "%s %.10g\n", $column->{name}, $column->{value} if defined $column->{value};
			}
		}' "$2" <"$1" | sort
}

finish() { # the pipeline, and what must hold after it in every repository
	git init -q
	git add -A
	git commit -qm 'Recipe, pack, runs and data'
	must_exit 0 "$GALLEY" check
	"$GALLEY" status >/dev/null
	must_exit 0 "$GALLEY" report --commit
	says committed
	[ -z "$(git status --porcelain)" ]
	git fsck --strict
	commit=$(git rev-parse HEAD)
	must_exit 0 "$GALLEY" report --commit
	says unchanged
	[ "$(git rev-parse HEAD)" = "$commit" ]
	must_exit 0 "$GALLEY" report --check
}

metadata() { # ID NAME FAMILY
	printf 'metadata:\n  id: %s\n  name: %s\n  model_family: %s\n  version: 1.0.0\n  status: approved\n' "$@"
}

heart_workspace() {
	mkdir -p recipes packs runs/heart/snapshots runs/heart/2026-01-05-train
	printf 'version: 1\nfamilies: [classification]\nas_of: 2026-04-02T00:00:00Z\n' >galley.yaml
	{
		metadata recipe_heart 'Heart disease' classification
		cat <<-'YAML'
		  level: baseline
		requirements:
		  schema:
		    na: ["?"]
		    columns:
		      age: {type: number}
		      sex: {type: category_num}
		      cp: {type: category_num}
		      trestbps: {type: number}
		      chol: {type: number}
		      fbs: {type: category_num}
		      restecg: {type: category_num}
		      thalach: {type: number}
		      exang: {type: category_num}
		      oldpeak: {type: number}
		      slope: {type: category_num}
		      ca: {type: category_num}
		      thal: {type: category_num}
		      num: {type: category_num}
		pipeline:
		  stages:
		    - {name: train, type: training, config: {algorithm: logistic_regression}}
		evaluation:
		  packs: [pack_classification]
		monitoring:
		  metrics: [auc]
		  drift: {method: PSI, threshold: 0.2, share: 0.5}
		  freshness: {max_age_hours: 2400}
		YAML
	} >recipes/heart.yaml
	{
		metadata pack_classification 'Classification' classification
		cat <<-'YAML'
		metrics:
		  - {key: auc, direction: higher, thresholds: {promote: 0.85, warn: 0.80, fail: 0.70}}
		  - {key: log_loss, direction: lower, thresholds: {promote: 0.40, warn: 0.50, fail: 0.65}}
		YAML
	} >packs/classification.yaml
	cat >runs/heart/model.yaml <<-'YAML'
		metadata: {id: heart, name: Heart disease}
		recipe: recipe_heart@1.0.0
		status: production
		version: 1.0.0
		production_run: 2026-01-05-train
		reference: snapshots/reference.csv
	YAML
	cat >runs/heart/2026-01-05-train/run.yaml <<-'YAML'
		type: train
		status: succeeded
		recipe: recipe_heart@1.0.0
		started_at: 2026-01-05T00:00:00Z
		finished_at: 2026-01-05T00:01:00Z
		metrics: {auc: 0.91, log_loss: 0.38}
	YAML
	cp "$SHARED/data/uci_heart/cleveland.csv" runs/heart/snapshots/reference.csv
	cp "$SHARED/data/uci_heart/hungarian.csv" runs/heart/snapshots/2026-02-01.csv
	cp "$SHARED/data/uci_heart/switzerland.csv" runs/heart/snapshots/2026-03-01.csv
	cp "$SHARED/data/uci_heart/va.csv" runs/heart/snapshots/2026-04-01.csv
}

@test "heart disease: four hospitals, the goldens' numbers in the committed reports" {
	heart_workspace
	finish
	page=reports/models/heart/index.json
	for pair in hungarian:2026-02-01 switzerland:2026-03-01 va:2026-04-01; do
		golden_psi "heart_cleveland_vs_${pair%:*}" >expected
		page_psi $page "${pair#*:}" >found
		[ -s expected ]
		diff expected found
	done
	grep -q classification reports/README.md
}

@test "bike sharing by month: the season shows, July against January as in the goldens" {
	mkdir -p recipes packs runs/bikes/snapshots runs/bikes/2011-02-01-train
	printf 'version: 1\nas_of: 2011-08-01T12:00:00Z\n' >galley.yaml
	awk -F, -v folder=runs/bikes/snapshots '
		NR == 1 { header = $0; next }
		$2 ~ /^2011-0[1-7]/ {
			split($2, date, "-")
			split("31 28 31 30 31 30 31", days, " ")
			file = folder "/" (date[2] == "01" ? "reference" : substr($2, 1, 8) days[date[2] + 0]) ".csv"
			if (!(file in seen)) { seen[file] = 1; print header >file }
			print >file
		}' "$SHARED/data/bike_hour/hour.csv"
	{
		metadata recipe_bikes 'Bike rentals' forecasting
		cat <<-'YAML'
		  level: baseline
		requirements:
		  schema:
		    columns:
		      instant: {type: number}
		      dteday: {type: timestamp}
		      season: {type: category_num}
		      mnth: {type: category_num}
		      holiday: {type: category_num}
		      weekday: {type: category_num}
		      workingday: {type: category_num}
		      weathersit: {type: category_num}
		pipeline:
		  stages:
		    - {name: train, type: training}
		evaluation:
		  packs: [pack_bikes]
		monitoring:
		  drift:
		    features: [season, mnth, hr, holiday, weekday, workingday, weathersit, temp, atemp, hum, windspeed, casual, registered, cnt]
		  freshness: {max_age_hours: 800, features: [dteday]}
		YAML
	} >recipes/bikes.yaml
	{
		metadata pack_bikes 'Rentals' forecasting
		printf 'metrics:\n  - {key: RMSE, direction: lower, thresholds: {warn: 50, fail: 80}}\n'
	} >packs/bikes.yaml
	cat >runs/bikes/model.yaml <<-'YAML'
		metadata: {id: bikes, name: Bike rentals}
		recipe: recipe_bikes
		status: production
		version: 1.0.0
		production_run: 2011-02-01-train
		reference: snapshots/reference.csv
	YAML
	cat >runs/bikes/2011-02-01-train/run.yaml <<-'YAML'
		type: train
		status: succeeded
		recipe: recipe_bikes
		started_at: 2011-02-01T00:00:00Z
		finished_at: 2011-02-01T00:10:00Z
		metrics: {RMSE: 41.5}
	YAML
	finish
	golden_psi bike_january_vs_july_2011 >expected
	page_psi reports/models/bikes/index.json 2011-07-31 >found
	diff expected found
	must_exit 0 "$GALLEY" status
	says drifting
}

@test "drift of two files on the command line equals the goldens: all methods, sixteen pairs, 59 vectors" {
	command -v python3 >/dev/null || skip 'python3, which cuts the slices, is not there'
	python3 "$SHARED/goldens/drift/make_slices.py" "$SHARED/goldens/drift" "$SHARED/data" slices
	must_exit 0 perl "$TOP/tests/cli/goldens.pl" "$GALLEY" "$SHARED/goldens/drift" slices
	says '10611 compared, 0 wrong'
}
