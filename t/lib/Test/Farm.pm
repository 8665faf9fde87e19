package Test::Farm;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# A farm of servers that get deliveries: many names on one address of the
# rig, told apart by SNI, each as good or bad as a test wants it.
#
#     my $farm = Test::Farm->start($rig, '8.8.4.4', 'a.example', ...);
#     $farm->behave('a.example', '500');         one answer from now on
#     $farm->got                                 what arrived, in order
#
# A behaviour is "202", any other status, "429 SECONDS" (Retry-After),
# "stall" (reads and never answers) or "reset".  What is answered with 2xx
# has arrived, and its line is written before the answer is.

use warnings;
use strict;

use Digest::SHA qw/sha256_base64 sha256_hex/;
use File::Temp;
use IO::Select;
use IO::Socket::INET;
use IO::Socket::SSL;
use POSIX ();
use Socket qw/SOL_SOCKET SO_LINGER/;


sub start {
    my ($class, $rig, $address, @names) = @_;

    my $dir = File::Temp::tempdir('apt-farm-XXXXXX', TMPDIR => 1,
        CLEANUP => 1);
    my $self = bless { dir => $dir, owner => $$ }, $class;

    $rig->elsewhere($_, $address) for @names;

    my %certs = map { $_ => { cert => "$rig->{dir}/$_.crt",
        key => "$rig->{dir}/$_.key" } } @names;

    my $listener = IO::Socket::INET->new(Listen => 200, ReuseAddr => 1,
        LocalAddr => $address, LocalPort => 443)
        or die "farm on $address: $!\n";

    $self->{pid} = fork();
    die "fork: $!" unless defined $self->{pid};

    if ($self->{pid} == 0) {
        $SIG{INT} = $SIG{TERM} = 'DEFAULT';
        $SIG{PIPE} = 'IGNORE';
        eval { $self->_serve($listener, $dir, \%certs); 1 } or warn $@;
        POSIX::_exit(0);
    }

    close $listener;

    return $self;
}


# takes effect with the next request

sub behave {
    my ($self, $name, $what) = @_;

    my $file = "$self->{dir}/$name";

    open my $f, '>', "$file.new" or die "$file: $!";
    print $f $what;
    close $f;

    rename "$file.new", $file or die "$file: $!";
}


# the whole farm takes so long for each request

sub delay { $_[0]->behave('delay', $_[1]) }


# What arrived: hashes of host, target, id, type, body (its hash), and the
# fields "date", "digest", "signature", "content_type", "base", "good" of the
# digest.

sub got { return grep { $_->{status} =~ /^2/ } $_[0]->seen }


# every request that was read, whatever became of it

sub seen {
    my ($self) = @_;

    open my $f, '<', "$self->{dir}/ledger" or return;

    my @fields = qw/status host target id type object body good date digest
        content_type agent signature base/;

    return map { chomp; my %h; @h{@fields} = split /\t/, $_, -1; \%h }
        grep { /\n\z/ } <$f>;
}


sub stop {
    my ($self) = @_;

    my $pid = delete $self->{pid} or return;

    kill 'KILL', $pid;
    waitpid $pid, 0;
}


# One process, no thread: a connection is closed after each answer, but for
# the hosts whose behaviour ends with "keep".

sub _serve {
    my ($self, $listener, $dir, $certs) = @_;

    my $context = IO::Socket::SSL::SSL_Context->new(
        SSL_server => 1,
        SSL_cert_file => { map { $_ => $certs->{$_}{cert} } keys %$certs },
        SSL_key_file => { map { $_ => $certs->{$_}{key} } keys %$certs })
        or die "TLS: $IO::Socket::SSL::SSL_ERROR";

    my $select = IO::Select->new($listener);
    my (%in, %stalled, %shaking);

    open my $ledger, '>>', "$dir/ledger" or die "$dir: $!";
    $ledger->autoflush(1);

    while (my @ready = $select->can_read) {
        for my $c (@ready) {
            if ($c == $listener) {
                my $new = $listener->accept or next;

                $new->blocking(0);
                IO::Socket::SSL->start_SSL($new, SSL_server => 1,
                    SSL_reuse_ctx => $context,
                    SSL_startHandshake => 0) or next;
                $shaking{$new} = 1;
                $select->add($new);
                next;
            }

            if ($shaking{$c}) {
                if (!$c->accept_SSL) {
                    next if $IO::Socket::SSL::SSL_ERROR == SSL_WANT_READ
                        || $IO::Socket::SSL::SSL_ERROR == SSL_WANT_WRITE;
                    _forget($select, $c, \%in, \%shaking);
                    next;
                }

                delete $shaking{$c};
            }

            my $n = sysread $c, my $bytes, 65536;

            if (!defined $n) {
                next if $IO::Socket::SSL::SSL_ERROR == SSL_WANT_READ;
                _forget($select, $c, \%in, \%shaking);
                next;
            }

            if ($n == 0) {
                _forget($select, $c, \%in, \%shaking);
                next;
            }

            $in{$c} .= $bytes;
            redo if $c->pending;

            $self->_answer($dir, $ledger, $select, $c, \%in, \%shaking);
        }
    }
}


sub _forget {
    my ($select, $c, $in, $shaking) = @_;

    $select->remove($c);
    delete $in->{$c};
    delete $shaking->{$c};
    close $c;
}


sub _answer {
    my ($self, $dir, $ledger, $select, $c, $in, $shaking) = @_;

    my ($head, $body) = $in->{$c} =~ /^(.*?\r\n)\r\n(.*)$/s or return;
    my ($target) = $head =~ /^POST (\S+) HTTP\/1\.1\r\n/;
    my %h = map { /^([^:]+): *(.*)$/ ? (lc $1, $2) : () } split /\r\n/, $head;

    return if length $body < ($h{'content-length'} // 0);
    $in->{$c} = '';

    my $host = lc($h{host} // '');
    my $what = '202';

    if (open my $f, '<', "$dir/$host") {
        $what = do { local $/; <$f> };
    }

    # everybody is as slow as that, in seconds

    if (open my $f, '<', "$dir/delay") {
        select undef, undef, undef, <$f>;
    }

    my ($id) = $body =~ /"id": ?"([^"]+)"/;
    my ($type) = $body =~ /"type": ?"(Create|Update|Delete|Accept)"/;

    my ($object) = $body =~ /"object": ?(?:"|\{.*?"id": ?")([^"]+)"/s;

    print $ledger join("\t", $what, $host, $target // '', $id // '',
        $type // '', $object // '', sha256_hex($body),
        ($h{digest} // '') eq 'SHA-256=' . sha256_base64($body) . '=' ? 1 : 0,
        map({ $_ // '' } @h{qw/date digest content-type user-agent
            signature/}), _base($target, \%h)), "\n";

    return if $what eq 'stall';

    if ($what eq 'reset') {
        setsockopt $c, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
        $select->remove($c);
        delete $in->{$c};
        POSIX::close(fileno $c);
        return;
    }

    my ($status, $after) = split ' ', $what;

    print $c "HTTP/1.1 $status Answer\r\nContent-Length: 0\r\n"
        . (defined $after ? "Retry-After: $after\r\n" : '') . "\r\n";
}


# the text that was signed, its lines by "|"

sub _base {
    my ($target, $h) = @_;

    my ($covered) = ($h->{signature} // '') =~ /headers="([^"]*)"/ or return '';

    return join '|', map {
        $_ eq '(request-target)' ? "$_: post $target" : "$_: $h->{$_}"
    } split ' ', $covered;
}


sub DESTROY {
    my ($self) = @_;

    return if !$self->{pid} || $self->{owner} != $$;

    local ($?, $!);

    $self->stop;
}


1;
