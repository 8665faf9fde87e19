package Test::Attacks::Special;
use warnings; use strict;
sub play { my ($player,$case,$result)=@_; die "no handler for " . join(' ', $case->special) . " yet\n" }
1;
