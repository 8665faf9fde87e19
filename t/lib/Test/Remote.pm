package Test::Remote;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause
#
# An actor of another server, who signs what it posts:
#
#     my $bob = Test::Remote->new($t, 'https://remote.example/u/bob');
#     $bob->known;
#     $bob->post('/activitypub/inbox', $bob->activity('Follow', $actor));
#
# Signatures are draft-cavage's, made by the openssl command.  "like", another
# one of them, lends its key: to make one takes time.

use warnings;
use strict;

use Digest::SHA qw/sha256/;
use JSON::PP ();
use MIME::Base64 qw/encode_base64/;
use POSIX qw/strftime/;

use Test::Keys;
use Test::Nginx;

my $serial = 0;


sub new {
    my ($class, $t, $uri, %o) = @_;

    my ($origin) = $uri =~ m!^(https?://[^/]+)!;
    my ($host) = $origin =~ m!//(.*)!;

    my $self = bless { t => $t, uri => $uri, key_id => "$uri#main-key",
        origin => $origin, host => $host, %o }, $class;

    if ($o{like}) {
        @$self{qw/key pem/} = @{ $o{like} }{qw/key pem/};

    } else {
        $self->rotate;
    }

    return $self;
}


sub uri { $_[0]{uri} }

sub key_id { $_[0]{key_id} }

sub pem { $_[0]{pem} }


# signs with another key from now on

sub rotate {
    my ($self) = @_;

    my $name = 'remote' . ++$serial;

    $self->{pem} = Test::Keys::rsa($self->{t}, $name, $self->{bits} || 2048);
    $self->{key} = $self->{t}->testdir . "/$name.key";

    return $self;
}


# its document, as its server would show it

sub document {
    my ($self, %o) = @_;

    return {
        '@context' => ['https://www.w3.org/ns/activitystreams',
            'https://w3id.org/security/v1'],
        id => $self->{uri},
        type => 'Person',
        preferredUsername => 'somebody',
        inbox => "$self->{uri}/inbox",
        endpoints => { sharedInbox => "$self->{origin}/inbox" },
        publicKey => $self->key,
        %o,
    };
}


sub key {
    my ($self, %o) = @_;

    return { id => $self->{key_id}, owner => $self->{uri},
        publicKeyPem => $self->{pem}, %o };
}


# as if its document had been fetched, so many seconds ago

sub known {
    my ($self, $age) = @_;

    $self->{t}->sql("SELECT activitypub.remote_actor_set('$self->{uri}',
        '$self->{host}', '$self->{uri}/inbox', '$self->{origin}/inbox',
        '$self->{key_id}', '$self->{pem}')");

    $self->{t}->sql("UPDATE activitypub.remote_key
        SET fetched = now() - interval '$age s'
        WHERE key_id = '$self->{key_id}'") if $age;

    return $self;
}


# a Perl hash: its id is new each time

sub activity {
    my ($self, $type, $object, %o) = @_;

    return {
        '@context' => 'https://www.w3.org/ns/activitystreams',
        id => "$self->{origin}/activities/$$/" . ++$serial,
        type => $type,
        actor => $self->{uri},
        object => $object,
        %o,
    };
}


# The headers of a signed request, as http_post() takes them; "extra" are more
# of them, which "covered" may name.  "message": by RFC 9421.

sub sign {
    my ($self, $uri, $body, %o) = @_;

    return $self->_message($uri, $body, %o) if $o{message};

    my $host = $o{host} // 'acme.example';
    my $date = $o{date}
        // strftime('%a, %d %b %Y %H:%M:%S GMT', gmtime($o{time} // time()));
    my $digest = ref $o{digest} ? $o{digest}->($body) : $o{digest}
        // 'SHA-256=' . encode_base64(sha256($body), '');
    my $covered = $o{covered} // '(request-target) host date digest';
    my $type = $o{type} // 'application/activity+json';
    my @extra = @{ $o{extra} || [] };

    my %line = (
        '(request-target)' => lc($o{method} // 'POST') . " $uri",
        host => $host, date => $date, digest => $digest,
        'content-type' => $type, '(created)' => $o{created},
        'content-length' => length $body,
    );

    for (my $i = 0; $i < @extra; $i += 2) {
        $line{lc $extra[$i]} = $extra[$i + 1];
    }

    my $text = join "\n", map { "$_: $line{$_}" } split / /, $covered;
    my $value = encode_base64($self->_rsa($text), '');
    my $algorithm = $o{algorithm} // 'rsa-sha256';
    my $key_id = $o{key_id} // $self->{key_id};

    return [
        Host => $host, Date => $date, Digest => $digest,
        'Content-Type' => $type, @extra,
        Signature => qq(keyId="$key_id",algorithm="$algorithm",)
            . (defined $o{created} ? "created=$o{created}," : '')
            . qq(headers="$covered",signature="$value"),
    ];
}


sub _message {
    my ($self, $uri, $body, %o) = @_;

    my $host = $o{host} // 'acme.example';
    my $digest = 'sha-256=:' . encode_base64(sha256($body), '') . ':';
    my $input = '("@method" "@target-uri" "content-digest");created='
        . time() . ";keyid=\"$self->{key_id}\"";
    my $text = join "\n", '"@method": POST',
        qq("\@target-uri": https://$host$uri),
        qq("content-digest": $digest), qq("\@signature-params": $input);

    return [
        Host => $host, 'Content-Digest' => $digest,
        'Content-Type' => 'application/activity+json',
        'Signature-Input' => "sig1=$input",
        Signature => 'sig1=:' . encode_base64($self->_rsa($text), '') . ':',
    ];
}


# Posts an activity, or text, signed; "change" gets uri, headers and body
# after that, to spoil them; "via" is a connection to keep.

sub post {
    my ($self, $uri, $what, %o) = @_;

    my @args = $self->_request($uri, $what, %o);

    return $o{via}->request('POST', @args, keepalive => 1) if $o{via};
    return http_post(@args);
}


# the same, without waiting: the connection, whose response() is to come

sub send {
    my ($self, $uri, $what, %o) = @_;

    my ($target, %r) = $self->_request($uri, $what, %o);
    my @headers = (@{ $r{headers} }, Connection => 'close',
        'Content-Length' => length $r{body});
    my $text = "POST $target HTTP/1.1\r\n";

    while (my ($name, $value) = splice @headers, 0, 2) {
        $text .= "$name: $value\r\n";
    }

    my $c = http_connect() or return;

    $c->send("$text\r\n$r{body}");

    return $c;
}


sub _request {
    my ($self, $uri, $what, %o) = @_;

    my $body = ref $what ? JSON::PP->new->utf8->canonical->encode($what)
        : $what;
    my %request = (uri => $uri, body => $body,
        headers => $self->sign($uri, $body, %o));

    $o{change}->(\%request) if $o{change};

    return ($request{uri}, headers => $request{headers},
        body => $request{body});
}


sub _rsa {
    my ($self, $text) = @_;

    return $self->{signer}->sign($text) if $self->{signer};

    my $file = "$self->{key}.text";

    open my $f, '>', $file or die "$file: $!";
    binmode $f;
    print $f $text;
    close $f;

    my $signature = `openssl dgst -sha256 -sign $self->{key} $file`;

    die "openssl does not sign\n" if $?;

    return $signature;
}


1;
