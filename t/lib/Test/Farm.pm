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
# "stall" (reads and never answers) or "reset"; "takes rfc9421" and "takes
# draft-cavage" answer 401 to the other kind of signature, "takes SCHEME
# STATUS" another status.  What is answered with 2xx has arrived, and its line is written before the answer is.

use warnings;
use strict;

use base qw/Test::Server/;

use Digest::SHA qw/sha256_base64 sha256_hex/;
use File::Temp;
use IO::Select;
use IO::Socket::INET;
use IO::Socket::SSL;
use MIME::Base64 qw/decode_base64/;
use POSIX ();
use Socket qw/SOL_SOCKET SO_LINGER/;
use Time::HiRes qw/time/;


sub start {
    my ($class, $rig, $address, @names) = @_;

    my $dir = $class->folder('farm');
    my $self = bless { dir => $dir, owner => $$ }, $class;

    $rig->elsewhere($_, $address) for grep { !$rig->{names}{$_} } @names;

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
        eval { $self->_serve($listener, \%certs); 1 } or warn $@;
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

my @fields = qw/status host target id type object body good date digest
    content_type agent signature base scheme/;

sub seen {
    my ($self) = @_;

    open my $f, '<', "$self->{dir}/ledger" or return;
    seek $f, $self->{known} //= 0, 0;

    # a line may be half written

    while (defined(my $line = <$f>)) {
        last if $line !~ /\n\z/;

        $self->{known} += length $line;
        chomp $line;

        my %h;
        @h{@fields} = split /\t/, $line, -1;
        push @{ $self->{seen} }, \%h;
    }

    return @{ $self->{seen} || [] };
}


# One process, no thread.  Connections are kept, and handshakes go on while a
# request has to wait for its turn.

sub _serve {
    my ($farm, $listener, $certs) = @_;

    my $context = IO::Socket::SSL::SSL_Context->new(
        SSL_server => 1,
        SSL_cert_file => { map { $_ => $certs->{$_}{cert} } keys %$certs },
        SSL_key_file => { map { $_ => $certs->{$_}{key} } keys %$certs })
        or die "TLS: $IO::Socket::SSL::SSL_ERROR";

    my $turns = [];

    %$farm = (%$farm, turns => $turns, in => {}, shaking => {},
        select => IO::Select->new($listener));

    $listener->blocking(0);

    while (1) {
        while (@$turns && $turns->[0][0] <= time()) {
            $farm->_answer(@{ shift @$turns }[1, 2]);
        }

        my $wait = @$turns ? $turns->[0][0] - time() : undef;

        for my $c ($farm->{select}->can_read(
            defined $wait && $wait < 0 ? 0 : $wait))
        {
            $c == $listener ? _accept($farm, $c, $context) : _read($farm, $c);
        }
    }
}


sub _accept {
    my ($farm, $listener, $context) = @_;

    while (my $c = $listener->accept) {
        $c->blocking(0);

        IO::Socket::SSL->start_SSL($c, SSL_server => 1,
            SSL_reuse_ctx => $context, SSL_startHandshake => 0) or next;

        $farm->{shaking}{$c} = 1;
        $farm->{select}->add($c);
    }
}


sub _read {
    my ($farm, $c) = @_;

    if ($farm->{shaking}{$c}) {
        if (!$c->accept_SSL) {
            _forget($farm, $c) unless _again();
            return;
        }

        delete $farm->{shaking}{$c};
    }

    do {
        my $n = sysread $c, my $bytes, 65536;

        if (!$n) {
            _forget($farm, $c) unless !defined $n && _again();
            return;
        }

        $farm->{in}{$c} .= $bytes;
    }
    while ($c->pending);

    my ($head, $body) = $farm->{in}{$c} =~ /^(.*?\r\n)\r\n(.*)$/s or return;
    my ($length) = $head =~ /^content-length: *(\d+)/mi;

    return if length $body < ($length // 0);

    _turn($farm, $c, delete $farm->{in}{$c});
}


sub _again {
    return $IO::Socket::SSL::SSL_ERROR == SSL_WANT_READ
        || $IO::Socket::SSL::SSL_ERROR == SSL_WANT_WRITE;
}


# everybody is as slow as the delay, in seconds, and one comes after the other

sub _turn {
    my ($farm, $c, $request) = @_;

    my ($delay) = (_slurp("$farm->{dir}/delay"), 0);
    my $turns = $farm->{turns};
    my $from = time();

    $from = $turns->[-1][0] if @$turns && $turns->[-1][0] > $from;

    push @$turns, [$from + $delay, $c, $request];
}


sub _forget {
    my ($farm, $c) = @_;

    $farm->{select}->remove($c);
    delete $farm->{in}{$c};
    delete $farm->{shaking}{$c};
    close $c;
}


# A request that is there in full.  It has arrived, even if nobody waits for
# the answer any more.

sub _answer {
    my ($farm, $c, $request) = @_;

    my ($head, $body) = $request =~ /^(.*?\r\n)\r\n(.*)$/s;
    my ($target) = $head =~ /^POST (\S+) HTTP\/1\.1\r\n/;
    my %h = map { /^([^:]+): *(.*)$/ ? (lc $1, $2) : () } split /\r\n/, $head;

    my $host = lc($h{host} // '');
    my $scheme = exists $h{'signature-input'} ? 'rfc9421' : 'draft-cavage';
    my ($what) = (_slurp("$farm->{dir}/$host"), '202');

    $what = $1 eq $scheme ? 202 : $2 || 401
        if $what =~ /^takes (\S+) ?(\d*)$/;

    my ($id) = $body =~ /"id": ?"([^"]+)"/;
    my ($type) = $body =~ /"type": ?"(Create|Update|Delete|Accept|Reject)"/;

    my ($object) = $body =~ /"object": ?(?:"|\{.*?"id": ?")([^"]+)"/s;

    open my $ledger, '>>', "$farm->{dir}/ledger" or die "ledger: $!";
    print $ledger join("\t", $what, $host, $target // '',
        $id // '', $type // '', $object // '', sha256_hex($body),
        ($h{digest} // '') eq 'SHA-256=' . sha256_base64($body) . '=' ? 1 : 0,
        map({ $_ // '' } @h{qw/date digest content-type user-agent
            signature/}), _base($target, \%h), $scheme), "\n";
    close $ledger;

    return if $what eq 'stall' || !defined fileno $c;

    if ($what eq 'reset') {
        setsockopt $c, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
        $farm->{select}->remove($c);
        POSIX::close(fileno $c);
        return;
    }

    my ($status, $after) = split ' ', $what;

    print $c "HTTP/1.1 $status Answer\r\nContent-Length: 0\r\n"
        . (defined $after ? "Retry-After: $after\r\n" : '') . "\r\n";
}


# nothing, if there is no such file

sub _slurp {
    my ($name) = @_;

    open my $f, '<', $name or return;
    local $/;

    return scalar <$f>;
}


# the text that was signed, its lines by "|"

sub _base {
    my ($target, $h) = @_;

    my ($covered) = ($h->{signature} // '') =~ /headers="([^"]*)"/ or return '';

    return join '|', map {
        $_ eq '(request-target)' ? "$_: post $target" : "$_: $h->{$_}"
    } split ' ', $covered;
}


# whether a request is signed by that key, PEM, as the openssl command has it

sub verified {
    my ($request, $pem) = @_;

    my ($bytes) = $request->{signature} =~ /,signature="([^"]+)"/ or return;
    my %file = (pem => $pem, signature => decode_base64($bytes),
        text => join "\n", split /\|/, $request->{base});
    my %name;

    for my $what (keys %file) {
        my $f = File::Temp->new;

        print $f $file{$what};
        close $f;
        $name{$what} = $f;
    }

    return system("openssl dgst -sha256 -verify $name{pem}"
        . " -signature $name{signature} $name{text} >/dev/null 2>&1") == 0;
}


1;
