#!/usr/bin/perl

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

# A mistake in an actor block stops nginx, with the file and the line.

###############################################################################

use warnings;
use strict;

use Test::More;

BEGIN { use FindBin; chdir($FindBin::Bin); }

use lib 'lib';
use Test::Nginx;
use Test::Config;

###############################################################################

my $t = Test::Nginx->new()->has(qw/http/)->plan(156);
my $c = Test::Config->new($t);

# the name

for my $name ('News', 'a-b', 'a.b', '""', 'a' x 31, "n\xc3\xa9ws", '@news') {
    $c->refused("name $name",
        qr/invalid actor name ".*": 1 to 30 characters of a-z, 0-9 and "_"/,
        server => "activitypub_actor $name { # here\n }");
}

for my $name ('a', 'a' x 30, '_0_') {
    $c->accepted("name $name", server => "activitypub_actor $name { }");
}

for my $name (qw/actor inbox nodeinfo/) {
    $c->refused("name $name", qr/actor name "$name" is reserved/,
        server => "activitypub_actor $name { # here\n }");
}

$c->refused('one name twice', qr/duplicate actor "news"/,
    server => "activitypub_actor news { url /a/; }
        activitypub_actor news { # here\n url /b/; }");
$c->refused('no name',
    qr/invalid number of arguments in "activitypub_actor" directive/,
    server => "activitypub_actor { # here\n }");
$c->refused('no block', qr/directive "activitypub_actor" has no opening "\{"/,
    server => 'activitypub_actor news; # here');

# fields that do not exist, or not like this

field_refused('nick news', qr/unknown actor field "nick"/);
field_refused('Name news', qr/unknown actor field "Name"/);

for my $field (qw/type name summary icon image url language discoverable
    indexable hide_followers rel_me/)
{
    field_refused($field,
        qr/invalid number of arguments in actor field "$field"/);
    field_refused("$field one two",
        qr/invalid number of arguments in actor field "$field"/);
}

field_refused('field Website',
    qr/invalid number of arguments in actor field "field"/);
field_refused('also_known_as',
    qr/invalid number of arguments in actor field "also_known_as"/);

# fields of a file

$t->write_file('fields.conf', "name News;\nsummary Why;\n");
$c->accepted('include', server => 'activitypub_actor news {
    type Person; include fields.conf; url /; }');
field_refused('include', qr/unknown actor field "include"/);

# given twice, or empty

my %valid = (type => 'Person', name => 'News', summary => 'Why',
    icon => '/i.png', image => '/j.png', url => '/', language => 'en',
    discoverable => 'on', indexable => 'off', hide_followers => 'on',
    rel_me => 'on');

for my $field (sort keys %valid) {
    block_refused("$field twice",
        "$field $valid{$field};\n$field $valid{$field}; # here",
        qr/actor field "$field" is duplicate/);
}

for my $field (qw/name summary icon image url/) {
    field_refused("$field \"\"", qr/actor field "$field" is empty/);
}

field_refused('field "" value', qr/actor field "field" is empty/);
field_refused('field Website ""', qr/actor field "field" is empty/);

# values

my $type_rule =
    'it must be Application, Group, Organization, Person or Service';

for my $type (qw/person Note Bot ""/) {
    field_refused("type $type", qr/invalid actor type ".*": $type_rule/);
}

for my $type (qw/Application Group Organization Person Service/) {
    $c->accepted("type $type",
        server => "activitypub_actor news { type $type; }");
}

field_refused("$_ yes", qr/actor field "$_" must be "on" or "off"/)
    for qw/discoverable indexable hide_followers rel_me/;

block_refused('51 fields', ("field a b;\n" x 50) . 'field a b; # here',
    qr/actor field "field" is given more than 50 times/);
$c->accepted('50 fields',
    server => 'activitypub_actor news { ' . ('field a b; ' x 50) . '}');

# all of it together, by the byte

my $fields = join "\n", map { "field " . ($_ ? 'f' : 'ff') . ' ' . 'x' x 1821
    . ';' } 0 .. 13;
my $aliases = join "\n", map { "also_known_as https://acme.example/"
    . 'x' x 400 . "$_;" } 100 .. 250;

$c->accepted('a profile of 52 KiB',
    server => "activitypub_actor news { $fields }");
$c->refused('a byte more',
    qr/actor "news" has a profile of 53249 bytes, as others read it, and may have 53248/,
    server => "activitypub_actor news {\n$fields\nsummary x;\n} # here");
$c->refused('in its aliases', qr/actor "news" has a profile of \d+ bytes/,
    server => "activitypub_actor news {\n$aliases\n} # here");

# the page: of this origin, one that nginx can be asked for, and of this
# actor alone

my $url_rule = qr!it must be a path or a URL of "https://acme.example"!;

for my $url ('about', 'https://other.example/', 'http://acme.example/',
    'https://acme.example', 'https://acme.example:8443/', '/#me', '"/a b"',
    '/%zz', '/%00', '/%ff', '//other.example/', '/a/../b', '/a//b', '/./',
    '/%2e%2e/', '/activitypub/news', "/\xff")
{
    actor_refused("url $url", qr/invalid url ".*" of actor "news": $url_rule/);
}

for my $url ('/news/?from=fediverse', 'https://acme.example/',
    'https://ACME.example:443/about', '/caf%C3%A9', '/.hidden/..x')
{
    $c->accepted("url $url",
        server => "activitypub_actor news { url $url; }");
}

$c->refused('two actors of one page',
    qr/duplicate url ".*" of actor "shop": it is the page of actor "news"/,
    server => "activitypub_actor news { url /; }
        activitypub_actor shop { # here\n url https://acme.example/; }");
$c->refused('two actors of one page, which is spelled in two ways',
    qr/duplicate url ".*" of actor "shop": it is the page of actor "news"/,
    server => 'activitypub_actor news { url /caf%c3%a9; }
        activitypub_actor shop { # here' . "\n url /c%61f%C3%A9; }");
$c->refused('two actors without a page', qr/duplicate url ".*" of actor "b"/,
    server => "activitypub_actor a { }\nactivitypub_actor b { # here\n }");

# images

my $rule = 'it must be a path or an https URL';

for my $image ('logo.png', 'http://images.example/a.png', '"/a b.png"',
    'ftp://a.example/', "/\xc3\xa9.png")
{
    actor_refused("$_ $image", qr/invalid image ".*" of actor "news": $rule/)
        for qw/icon image/;
}

$c->accepted('an image by http',
    http => 'activitypub_allow_http on; # here',
    server => 'activitypub_actor news { icon http://images.example/a.png; }',
    warn => [qr/development only/]);

# those that others do not show

for (['icon', '/logo.svg', 'image/svg\+xml'],
    ['icon', '/favicon.ICO?v=2', 'image/vnd\.microsoft\.icon'],
    ['image', 'https://cdn.example/wide.avif', 'image/avif'])
{
    my ($field, $url, $type) = @$_;

    $c->accepted("$field $url",
        server => "activitypub_actor news { # here\n$field $url; }",
        warn => [qr/$field "\Q$url\E" of actor "news" is $type: Mastodon/]);
}

$c->accepted("icon $_", server => "activitypub_actor news { icon $_; }",
    warn => []) for qw!/a.png /a.JPG /a.gif /a.webp /avatar /a.svg/x.png!;

# languages

for my $tag ('""', 'e', 'english1', 'en_US', 'de-', '"en US"', 'x' x 9,
    'en-' . 'x' x 9, "d\xc3\xa9", 'ab-' . 'abcdefgh-' x 3 . 'abcdef')
{
    field_refused("language $tag",
        qr/invalid language ".*": it must be a tag like "en" or "pt-BR"/);
}

for my $tag (qw/en pt-BR zh-Hant-TW es-419/) {
    $c->accepted("language $tag",
        server => "activitypub_actor news { language $tag; }");
}

# other names

my $alias_rule = 'it must be the id of another actor, an https URL';

for my $alias ('@me@old.example', 'old.example', 'http://old.example/me',
    'https://old.example/me#main-key', 'https://10.0.0.1/me',
    'https://u@old.example/me', 'https://ACME.example/activitypub/news')
{
    actor_refused("also_known_as $alias",
        qr/invalid also_known_as ".*" of actor "news": $alias_rule/);
}

field_refused('also_known_as https://old.example/me ""',
    qr/actor field "also_known_as" is empty/);
actor_refused('also_known_as https://old.example/me https://OLD.example/me',
    qr!duplicate also_known_as "https://old.example/me" of actor "news"!);
block_refused('257 of them', join("\n", map {
    "also_known_as https://old.example/$_;" } 1 .. 256)
    . "\nalso_known_as https://old.example/; # here",
    qr/actor field "also_known_as" has more than 256 values/);

$c->accepted('256 of them', server => 'activitypub_actor news { also_known_as '
    . join(' ', map { "https://old.example/$_" } 1 .. 256) . '; }');
$c->accepted('one by http in development',
    http => 'activitypub_allow_http on;',
    server => 'activitypub_actor news {
        also_known_as http://old.example:8080/me; }',
    warn => [qr/development only/]);

# texts

for my $field ("name \xff", "summary \xc3", "field \xff a", "field a \xff") {
    actor_refused("$field", qr/a text of actor "news" is not valid UTF-8/);
}

$c->accepted('texts in UTF-8', server => "activitypub_actor news {
    name \"N\xc3\xa9ws \xf0\x9f\x93\xb0\"; summary \"\xe2\x80\xa6\"; }");

###############################################################################

# a line in an actor's block that is wrong by itself

sub field_refused {
    my ($line, $sentence) = @_;

    block_refused($line, "$line; # here", $sentence);
}


sub block_refused {
    my ($name, $block, $sentence) = @_;

    $c->refused($name, $sentence,
        server => "activitypub_actor news {\n$block\n}");
}


# what only the whole shows: the place is the block's

sub actor_refused {
    my ($line, $sentence) = @_;

    $c->refused($line, $sentence,
        server => "activitypub_actor news { # here\n$line;\n}");
}

###############################################################################
