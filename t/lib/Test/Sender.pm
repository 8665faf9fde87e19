package Test::Sender;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# A server that posts at a steady rate, whatever becomes of what it has
# posted, and posts again what was answered with 503 or not at all:
#
#     my $sender = Test::Sender->new($port, "$dir/sender", \@requests);
#     $t->run_daemon(sub { $sender->send(100) });
#     $sender->answers                 [time, number of the request, answer]
#     $sender->most(50)                no more than so many, until it is said
#
# A request is all its bytes, with "Connection: close".  An answer is a
# status, or "broken".

use warnings;
use strict;

use IO::Handle;
use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw/time/;

# before it is posted again, seconds
my $PAUSE = 0.4;


sub new {
    my ($class, $port, $log, $requests) = @_;

    return bless { port => $port, log => $log, requests => $requests },
        $class;
}


# until all are answered for good: so many new ones a second

sub send {
    my ($self, $rate) = @_;

    open my $log, '>', $self->{log} or die "$self->{log}: $!";
    $log->autoflush(1);

    my $requests = $self->{requests};
    my ($from, $next, $left) = (time(), 0, scalar @$requests);
    my (@again, %under_way);
    my $select = IO::Select->new;

    while ($left) {
        my $most = $self->_most;
        my @due;

        push @due, $next++
            while $next < $most && $from + $next / $rate <= time();
        push @due, (shift @again)->[1]
            while @again && $again[0][0] <= time();

        for my $i (@due) {
            my $c = $self->_post($i);

            if (!$c) {
                print $log time(), " $i broken\n";
                push @again, [time() + $PAUSE, $i];
                next;
            }

            $under_way{$c} = [$i, ''];
            $select->add($c);
        }

        for my $c ($select->can_read(0.01)) {
            my $entry = $under_way{$c};
            my $n = sysread $c, $entry->[1], 4096, length $entry->[1];

            next if $n && $entry->[1] !~ /\r\n\r\n/;

            my ($status) = $entry->[1] =~ m!^HTTP/1\.1 (\d+) !;

            $status //= 'broken';
            $select->remove($c);
            delete $under_way{$c};
            print $log time(), " $entry->[0] $status\n";

            if ($status eq 'broken' || $status == 503) {
                push @again, [time() + $PAUSE, $entry->[0]];
            } else {
                $left--;
            }
        }
    }
}


sub _post {
    my ($self, $i) = @_;

    my $c = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
        PeerPort => $self->{port}, Timeout => 5) or return;

    syswrite $c, $self->{requests}[$i];

    return $c;
}


sub most {
    my ($self, $most) = @_;

    my $file = "$self->{log}.most";

    open my $f, '>', "$file.new" or die "$file: $!";
    print $f $most;
    close $f;
    rename "$file.new", $file or die "$file: $!";
}


sub _most {
    my ($self) = @_;

    open my $f, '<', "$self->{log}.most" or return scalar @{ $self->{requests} };

    return <$f>;
}


sub answers {
    my ($self) = @_;

    open my $f, '<', $self->{log} or return;

    return map { [ split ] } grep { /\n\z/ } <$f>;
}


1;
