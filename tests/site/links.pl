#!/usr/bin/perl
# usage: links.pl DIR: every link, image, stylesheet and script of the pages below DIR leads to a file and anchor that are there, and nothing is
# loaded from elsewhere. Prints what does not, and the counts.
use strict;
use warnings;
use File::Find;

my ($top) = @ARGV;
my (%anchors, %pages, $links, $bad);
find({no_chdir => 1, wanted => sub {
	return unless -f && /\.html$/;
	open my $in, '<:raw', $_ or die "$_: $!";
	local $/;
	my $html = <$in>;
	(my $path = $_) =~ s{^\Q$top\E/}{};
	$pages{$path} = $html;
	$anchors{$path}{$1} = 1 while $html =~ /\bid="([^"]*)"/g;
}}, $top);
for my $page (sort keys %pages) {
	while ($pages{$page} =~ /<(\w+)[^>]*?\b(?:href|src|action)="([^"]*)"/g) {
		my ($tag, $url) = ($1, $2);
		$links++;
		next if $tag eq 'a' && $url =~ m{^https?://};
		my ($path, $anchor) = $url =~ /^([^#]*)(?:#(.*))?$/;
		$path =~ s/%([0-9A-F]{2})/chr hex $1/ge;
		my @parts = split m{/}, $page;
		pop @parts;
		for (split m{/}, $path) {
			if ($_ eq '..') { pop @parts } else { push @parts, $_ }
		}
		my $to = $path eq '' ? $page : join '/', @parts;
		next if -f "$top/$to" && (!defined $anchor || $anchors{$to}{$anchor});
		print "$page: $url leads nowhere\n";
		$bad++;
	}
}
printf "%d pages, %d links\n", scalar keys %pages, $links;
exit !!$bad;
