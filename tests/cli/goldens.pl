#!/usr/bin/perl
# usage: goldens.pl GALLEY GOLDENS SLICES: 'galley drift --method all --format json' of each pair of files that make_slices.py wrote
# below SLICES, every key of every method held against the golden. Prints what differs and how many numbers were compared.
use strict;
use warnings;
use JSON::PP;

my ($galley, $goldens, $slices) = @ARGV;
my ($compared, $wrong) = (0, 0);
my $json = JSON::PP->new->utf8;

# Path in the golden => method and key in the JSON. Of a p that is written as a path the tolerance is that of p-values.
my @cells = (
	['js_distance', 'js', 'value'], ['js_divergence', 'js', 'js_divergence'], ['hellinger', 'hellinger', 'value'], ['tvd', 'tvd', 'value'],
	['linf', 'tvd', 'linf'], ['kl_cur_ref', 'kl', 'value'], ['kl_ref_cur', 'kl', 'kl_ref_cur'], ['psi', 'psi', 'value'],
);
my @missing = map { ["missing_z.$_->[0]", 'missing', $_->[1]] }
	(['diff', 'value'], ['p_value', 'p'], ['p_ref', 'p_ref'], ['p_cur', 'p_cur'], ['z_pooled', 'z_pooled'], ['z_unpooled', 'z_unpooled']);
my @two = map { ["two_proportion.$_->[0]", 'z_test', $_->[1]] }
	(['z_pooled', 'value'], ['p_value', 'p'], ['diff', 'diff'], ['p_ref', 'p_ref'], ['p_cur', 'p_cur'], ['z_unpooled', 'z_unpooled']);
my @numbers = (
	(map { ["bins.quantile_cuts.$_->[0]", $_->[1], $_->[2]] } @cells), @missing, @two,
	['ks.statistic', 'ks', 'value'], ['ks.d_plus', 'ks', 'd_plus'], ['ks.d_minus', 'ks', 'd_minus'],
	['kuiper.statistic', 'kuiper', 'value'], ['kuiper.p_asymp', 'kuiper', 'p'],
	['wasserstein.over_ref_std', 'wasserstein', 'value'], ['wasserstein.raw', 'wasserstein', 'raw'],
	['energy.distance', 'energy', 'value'], ['energy.squared', 'energy', 'squared'],
	['cvm.statistic', 'cvm', 'value'], ['cvm.p_asymp', 'cvm', 'p'],
	['anderson_darling.statistic', 'anderson_darling', 'value'], ['anderson_darling.p_interpolated', 'anderson_darling', 'p'],
	['anderson_darling.a2', 'anderson_darling', 'a2'], ['anderson_darling.sigma2', 'anderson_darling', 'sigma2'],
	['mann_whitney.u_ref', 'mann_whitney', 'value'], ['mann_whitney.u_cur', 'mann_whitney', 'u_cur'],
	['mann_whitney.p_asymp', 'mann_whitney', 'p'], ['mann_whitney.tie_sum', 'mann_whitney', 'tie_sum'], ['mann_whitney.z', 'mann_whitney', 'z'],
	['mann_whitney.p_asymp_no_continuity', 'mann_whitney', 'p_without_continuity'],
	['welch.statistic', 'welch_t', 'value'], ['welch.df', 'welch_t', 'df'], ['welch.p_value', 'welch_t', 'p'],
);
my @categories = (
	(map { ["distances.$_->[0]", $_->[1], $_->[2]] } @cells), @missing, @two,
	['distances.chi2.statistic', 'chi_square', 'value'], ['distances.chi2.p_value', 'chi_square', 'p'],
	['distances.chi2.dof', 'chi_square', 'dof'], ['distances.cramers_v', 'chi_square', 'cramers_v'],
	['distances.g_test.statistic', 'g_test', 'value'], ['distances.g_test.p_value', 'g_test', 'p'], ['distances.g_test.dof', 'g_test', 'dof'],
);

sub read_json {
	open(my $file, '<', $_[0]) or die "$_[0]: $!\n";
	local $/;
	return $json->decode(<$file>);
}

sub at {
	my ($object, $path) = @_;
	for my $step (split /\./, $path) {
		return undef unless ref $object eq 'HASH';
		$object = $object->{$step};
	}
	return $object;
}

sub compare {
	my ($where, $path, $want, $have, $overflow) = @_;
	my $p = $path =~ /\.p_(?!ref|cur)/;

	$compared++;
	return if !defined $want && !defined $have;
	return if !defined $have && $overflow;
	if (defined $want && defined $have) {
		my $error = abs($have - $want);
		return if $p ? $error <= 1e-6 && ($want <= 1e-12 || $error <= 1e-6 * $want) : $error <= 1e-12 || $error <= 1e-9 * abs $want;
	}
	$wrong++;
	printf "%s: %s is %s, wanted %s\n", $where, $path, $have // 'null', $want // 'null';
}

sub check_column {
	my ($where, $golden, $column, $overflow, $skip) = @_;
	my $expect = $golden->{expect} // $golden;
	my $methods = $column->{methods};
	my $exact = $column->{values}{reference} * $column->{values}{current} <= 250000;
	my @keys = $golden->{kind} ne 'numeric' ? @categories : (@numbers, [$exact ? 'ks.p_exact_ties' : 'ks.p_limit', 'ks', 'p']);

	for my $key (@keys) {
		my ($path, $method, $name) = @$key;
		next if grep { index($path, $_) == 0 } @$skip;
		compare($where, $path, at($expect, $path), ($methods->{$method} // {})->{$name}, $overflow);
	}
	for my $method (sort keys %$methods) {
		my $score = $methods->{$method};
		next if ref $score->{definition} eq 'HASH' && $score->{definition}{formula} && (defined $score->{value} || $score->{reason});
		$wrong++;
		print "$where: $method has no definition, or neither value nor reason\n";
	}
}

sub drift {
	my ($reference, $current, $kinds, $na, $delimiter) = @_;
	my @command = ($galley, 'drift', '--reference', $reference, '--current', $current, '--method', 'all', '--format', 'json');

	push @command, '--kind', "$_=" . {numeric => 'number', categorical => 'category', categorical_num => 'category_num'}->{$kinds->{$_}} for sort keys %$kinds;
	push @command, '--na', $_ for grep { length } @$na;
	push @command, '--delimiter', $delimiter if $delimiter;
	open(my $out, '-|', @command) or die "$galley: $!\n";
	local $/;
	my $text = <$out>;
	close $out;
	die "@command: exit " . ($? >> 8) . "\n" if $? >> 8 > 1;
	my $found = $json->decode($text);
	die "@command: schema\n" if $found->{schema} ne 'galley.drift/1';
	return map { $_->{name} => $_ } @{$found->{columns}};
}

for my $path (glob "$goldens/*.json") {
	my ($name) = $path =~ m{([^/]*)\.json$};
	next if $name eq 'edge_cases';
	my $golden = read_json($path);
	my $columns = $golden->{columns};
	my %found = drift("$slices/$name.reference.csv", "$slices/$name.current.csv", {map { $_ => $columns->{$_}{kind} } keys %$columns},
		$golden->{na_tokens}, $golden->{delimiter});
	check_column("$name/$_", $columns->{$_}, $found{$_}, 0, []) for sort keys %$columns;
}
for my $case (@{read_json("$goldens/edge_cases.json")->{cases}}) {
	my $name = $case->{name};
	my %found = drift("$slices/edge/$name.reference.csv", "$slices/edge/$name.current.csv", {v => $case->{kind}}, $case->{na_tokens}, undef);
	check_column($name, $case, $found{v}, $case->{overflow_ok}, $case->{skip} // []);
}
print "$compared compared, $wrong wrong\n";
exit($wrong != 0);
