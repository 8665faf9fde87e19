#!/usr/bin/perl

# The application behind the demo site: a guest book and a tide table, over
# plain HTTP on a Unix socket.  It stands for the CMS that a site has: it knows
# nothing of ActivityPub.  Perl's own modules suffice.
#
#     app.pl SOCKET PIDFILE GUESTS LOG

use strict;
use warnings;

use Fcntl qw(:flock);
use IO::Socket::UNIX;
use POSIX qw(strftime);


my ($socket, $pidfile, $guests, $log) = @ARGV;
my $max_body = 8192;

my %routes = (
    'GET /guestbook'  => \&guestbook,
    'POST /guestbook' => \&sign,
    'GET /tides'      => \&tides,
);


die "usage: app.pl SOCKET PIDFILE GUESTS LOG\n" unless defined $log;

unlink $socket;

# a signal right before accept() would not be noticed until a client comes

my $listen = IO::Socket::UNIX->new(Local => $socket, Listen => 64,
    Timeout => 1) or die "cannot listen on $socket: $!\n";

# nginx's workers may be another user

chmod 0666, $socket;

my $parent = fork // die "fork: $!\n";
exit 0 if $parent;

POSIX::setsid();
open STDIN, '<', '/dev/null';
open STDOUT, '>', '/dev/null';
open STDERR, '>>', $log;
open my $pid, '>', $pidfile or die "$pidfile: $!\n";
print $pid "$$\n";
close $pid;

$SIG{CHLD} = 'IGNORE';
$SIG{TERM} = sub { unlink $socket, $pidfile; exit 0 };

while (1) {
    my $client = $listen->accept or next;
    my $child = fork;

    if (defined $child && $child == 0) {
        $SIG{TERM} = 'DEFAULT';
        close $listen;
        alarm 10;
        answer($client);
        exit 0;
    }

    close $client;
}


sub answer {
    my ($client) = @_;
    my ($method, $path) = (readline($client) // '')
                          =~ m{^(\w+) ([^ ?]*)\S* HTTP/1\.[01]\r?$};
    my $length = 0;

    while (defined(my $line = readline $client)) {
        last if $line =~ /^\r?$/;
        $length = $1 if $line =~ /^Content-Length: *(\d{1,9})\r?$/i;
    }

    return reply($client, 400, [], page('Bad request', ''))
        unless defined $path;
    return reply($client, 413, [], page('Too long', ''))
        if $length > $max_body;

    my $body = '';

    read $client, $body, $length;

    $method = 'GET' if $method eq 'HEAD';

    my $route = $routes{"$method $path"}
        or return reply($client, 404, [], page('Not here', ''));

    reply($client, $route->($body));
}


sub reply {
    my ($client, $status, $headers, $body) = @_;
    my %text = (200 => 'OK', 303 => 'See Other', 400 => 'Bad Request',
                404 => 'Not Found', 413 => 'Content Too Large');

    print $client "HTTP/1.1 $status $text{$status}\r\n",
                  "Content-Type: text/html; charset=utf-8\r\n",
                  'Content-Length: ' . length($body) . "\r\n",
                  map({ "$_\r\n" } @$headers),
                  "Connection: close\r\n\r\n", $body;
}


# The guest book: a line per guest, time, name and text between tabs.

sub guestbook {
    my $entries = '';

    for my $line (reverse guests()) {
        my ($when, $name, $text) = map { escape($_) } split /\t/, $line;

        $entries .= "<article class=\"teaser\">\n<h2>$name</h2>\n"
                    . "<p class=\"when\">$when</p>\n<p>$text</p>\n"
                    . "</article>\n";
    }

    return 200, ['Cache-Control: no-store'], page('Guest book', <<"END");
<form method="post" action="/guestbook">
<label>Your name <input name="name" required maxlength="80"></label>
<label>A line <textarea name="text" required maxlength="1000"></textarea></label>
<button>Sign</button>
</form>
$entries
END
}


sub sign {
    my ($body) = @_;
    my %form = map { decode($_) } map { (split(/=/, $_, 2), '')[0, 1] }
               split /&/, $body;

    return 400, [], page('The name and the line, please', '')
        unless length($form{name} // '') && length($form{text} // '');

    open my $out, '>>', $guests or die "$guests: $!\n";
    flock $out, LOCK_EX;
    print $out join("\t", strftime('%Y-%m-%d', gmtime),
                    substr($form{name}, 0, 80),
                    substr($form{text}, 0, 1000)), "\n";
    close $out;

    return 303, ['Location: /guestbook'], '';
}


sub guests {
    open my $in, '<', $guests or return;

    chomp(my @lines = <$in>);
    return @lines > 100 ? @lines[-100 .. -1] : @lines;
}


# Tides that are good enough for a town that does not exist: 12 h 25 min apart.
# The page says when it was made, so that nginx's cache can be seen at work.

sub tides {
    my $period = 12 * 3600 + 25 * 60;
    my $now = time;
    my $rows = '';

    for my $n (0 .. 5) {
        my $at = $now - $now % $period + $n * $period / 2;

        $rows .= sprintf "<tr><td>%s</td><td>%s</td></tr>\n",
                         strftime('%A %H:%M', gmtime $at),
                         $n % 2 ? 'low water' : 'high water';
    }

    my $made = strftime('%H:%M:%S', gmtime $now);

    return 200, ['Cache-Control: public, max-age=60'], page('Tides', <<"END");
<table>
<tr><th>Time (UTC)</th><th>Tide</th></tr>
$rows</table>
<p class="when">Worked out at $made UTC.</p>
END
}


sub page {
    my ($title, $body) = @_;

    return <<"END";
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title · Harbour News</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><a class="brand" href="/">Harbour News</a></header>
<main>
<h1>$title</h1>
$body</main>
</body>
</html>
END
}


sub decode {
    my ($text) = @_;

    $text =~ tr/+/ /;
    $text =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
    $text =~ s/[\t\r\n]+/ /g;
    return $text;
}


sub escape {
    my ($text) = @_;
    my %entity = ('&' => '&amp;', '<' => '&lt;', '>' => '&gt;',
                  '"' => '&quot;');

    $text = '' unless defined $text;
    $text =~ s/([&<>"])/$entity{$1}/g;
    return $text;
}
