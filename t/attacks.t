#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# Every case of t/attacks: what is hostile has no effect and makes nobody ask
# anybody, and the same without what is hostile in it is taken in.  What has to
# be repeated is repeated a few times only, and what waits for five seconds or
# more is left to "make attacks": clients that are too slow (DOS-01, DOS-02), a
# worker that is told to finish (NGX-06; see key_exit.t), keys of a server that
# says nothing (KEY-09), and a delivery that is late (QUE-05).

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Rig;
use Test::Nginx;
use Test::Attacks::Suite;

###############################################################################

binmode(Test::More->builder->$_, ':utf8')
    for qw/output failure_output todo_output/;

my $t = Test::Nginx->new()->has(qw/http http_v2/);
my $suite = Test::Attacks::Suite->new($t, most => $ENV{MOST} || 10,
    leave => [qw/DOS-01 DOS-02 KEY-09 NGX-06 QUE-05/],
    ids => [split ' ', $ENV{CASES} // '']);

$suite->run([glob 'attacks/*.jsonl'], sub {
    my ($line, $ok) = @_;

    ok($ok, $line =~ s/^(?:not )?ok //r =~ s/#/--/gr);
});

done_testing();

###############################################################################
