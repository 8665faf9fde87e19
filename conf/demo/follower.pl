#!/usr/bin/perl

# A follower for the demo site: a server of somebody else's, ann's, in a
# minute.  It follows the actor as Mastodon would, with a signed Follow, waits
# for the Accept, and tells what arrives, until it is interrupted; then it
# unfollows.  It takes http and this machine only, so it is for the demo alone,
# and it believes whatever is posted to it.  Perl's own modules and openssl
# suffice.
#
#     follower.pl [--once] URL NAME
#
#     --once    ends, and unfollows, when the Accept has come

use strict;
use warnings;

use Digest::SHA qw(sha256);
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use POSIX qw(strftime);


my $once = @ARGV && $ARGV[0] eq '--once' && shift;
my ($site, $name) = @ARGV;
my $patience = 30;
my $type = 'application/activity+json';

die "usage: follower.pl [--once] URL NAME\n" unless defined $name;
$| = 1;
$SIG{PIPE} = 'IGNORE';
$SIG{INT} = $SIG{TERM} = sub { die "\n" };

my ($host) = $site =~ m{^http://([^/]+)} or die "$site is not the demo's\n";
my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 16)
    or die "cannot listen on 127.0.0.1: $!\n";

my $dir = tempdir(CLEANUP => 1);
my $key = "$dir/key";
my $me = 'http://localhost:' . $listen->sockport . '/ann';
my @heard;

system("openssl genrsa -out $key 2048 2> /dev/null") == 0
    or die "openssl made no key\n";

my $public = `openssl rsa -in $key -pubout 2> /dev/null`;
my $actor = actor();

my $follow = activity(Follow => $actor->{id});
post($follow);
print "$me follows $actor->{id}\n";

eval { hear(); 1 } or print $@ =~ /\S/ ? "follower: $@" : '';
my $failed = $@ =~ /\S/;

# nobody would be there to take what is published next

post(activity(Undo => $follow));
print "unfollowed\n";
exit($failed ? 1 : 0);


# ann's own server: her document to who asks, and what comes to her inbox

sub hear {
    my $select = IO::Select->new($listen);
    my $accepted;

    while (1) {
        if (!@heard) {
            $select->can_read($accepted ? undef : $patience)
                or die "no Accept in $patience s, see the demo's error.log\n";
            answer($listen->accept // next);
        }

        my $told = shift @heard // next;
        print "$told\n";

        next if $told !~ /^Accept/ || $accepted++;
        return if $once;
        print "\nWhat is published now arrives here.  Ctrl-C unfollows.\n\n";
    }
}


sub answer {
    my ($client) = @_;

    $client->timeout(5);

    my ($method, $length) = ('', 0);

    while (defined(my $line = <$client>)) {
        $method ||= $1 if $line =~ m{^([A-Z]+) };
        $length = $1 if $line =~ /^content-length: *([0-9]+)/i;
        last if $line =~ /^\r?$/;
    }

    if ($method ne 'POST') {
        return send_document($client);
    }

    read $client, my ($body), $length;
    print $client "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n"
        . "Connection: close\r\n\r\n";

    push @heard, told(eval { decode_json($body) } // {});
}


sub send_document {
    my ($client) = @_;

    my $document = encode_json({
        '@context' => ['https://www.w3.org/ns/activitystreams',
            'https://w3id.org/security/v1'],
        id => $me, type => 'Person', preferredUsername => 'ann',
        inbox => "$me/inbox", outbox => "$me/outbox",
        publicKey => { id => "$me#main-key", owner => $me,
            publicKeyPem => $public },
    });

    print $client "HTTP/1.1 200 OK\r\nContent-Type: $type\r\n"
        . 'Content-Length: ' . length($document)
        . "\r\nConnection: close\r\n\r\n$document";
}


sub told {
    my ($activity) = @_;

    my $object = $activity->{object};
    my $what = ref $object ? $object->{url} // $object->{id} : $object;

    my $line = ($activity->{type} // 'something') . ' '
        . (ref $what ? '' : $what // '');

    # whatever a terminal could take for a command

    return $line =~ s/[^\x20-\x7e]/?/gr;
}


sub actor {
    my $finger = request('GET', "/.well-known/webfinger?resource="
        . "acct:$name\@$host", 'Accept: application/jrd+json');
    my ($self) = grep { $_->{rel} eq 'self' } @{ decode_json($finger)->{links} };

    return decode_json(request('GET', path($self->{href}), "Accept: $type"));
}


sub activity {
    my ($kind, $object) = @_;

    return { '@context' => 'https://www.w3.org/ns/activitystreams',
        id => "$me/" . lc($kind) . '/' . time, type => $kind, actor => $me,
        object => $object };
}


# Signed as everybody does: draft-cavage over target, host, date and digest.
# nginx fetches ann's document for her key before it answers, so she has to
# answer meanwhile: a child of hers posts.

sub post {
    my ($activity) = @_;

    my $body = encode_json($activity);
    my $child = fork // die "fork: $!\n";

    if ($child == 0) {
        my $done = eval { send_signed($body); 1 };

        print "follower: $@" unless $done;
        POSIX::_exit($done ? 0 : 1);
    }

    my $select = IO::Select->new($listen);

    while (waitpid($child, POSIX::WNOHANG()) == 0) {
        answer($listen->accept) if $select->can_read(0.1);
    }

    exit 1 if $?;
}


sub send_signed {
    my ($body) = @_;

    my $path = path($actor->{inbox});
    my $date = strftime('%a, %d %b %Y %H:%M:%S GMT', gmtime);
    my $digest = 'SHA-256=' . encode_base64(sha256($body), '');

    open my $text, '>', "$dir/text" or die "$dir: $!\n";
    print $text "(request-target): post $path\nhost: $host\ndate: $date\n"
        . "digest: $digest";
    close $text;

    my $value = encode_base64(
        scalar `openssl dgst -sha256 -sign $key $dir/text`, '');

    request('POST', $path, "Content-Type: $type\r\nDate: $date\r\n"
        . "Digest: $digest\r\nContent-Length: " . length($body) . "\r\n"
        . qq(Signature: keyId="$me#main-key",algorithm="rsa-sha256",)
        . qq(headers="(request-target) host date digest",signature="$value"),
        $body);
}


# the body of a 2xx answer, else the end

sub request {
    my ($method, $path, $headers, $body) = @_;

    my $server = IO::Socket::INET->new(PeerAddr => $host, PeerPort => 80,
        Timeout => 10)
        or die "$site does not answer: is it running?  make run\n";

    print $server "$method $path HTTP/1.0\r\nHost: $host\r\n$headers\r\n\r\n"
        . ($body // '');

    my $answer = do { local $/; <$server> } // '';
    my ($status) = $answer =~ m{^HTTP/1\.[01] ([0-9]+)};

    die "$method $path was answered ", $status // 'with nothing', "\n"
        unless defined $status && $status =~ /^2/;

    return $answer =~ s/^.*?\r\n\r\n//sr;
}


sub path { return $_[0] =~ s{^[a-z]+://[^/]+}{}r }
