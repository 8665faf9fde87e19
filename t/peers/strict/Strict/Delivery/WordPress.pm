package Strict::Delivery::WordPress;

# Copyright (C) The ngx_http_activitypub_module authors
# SPDX-License-Identifier: BSD-2-Clause

use warnings;
use strict;

use Strict;
use Strict::Delivery;

system_of 'WordPress';


row 'the query of an inbox is asked for', '12' => create =>
    sub { $_->url eq facts->{shared} },
    target sub { s/\?.*// };

row 'and signed', '1.1' => create =>
    sub { $_->{target} =~ /\?/ && verifies },
    target sub { s/inbox/actors/ };

row 'that of the one that gets the Accept too', '12' => accept =>
    sub { $_->url eq facts->{inbox} && verifies },
    target sub { s/\?.*// };

row 'the query of a document is asked for, and signed', '12' => get =>
    sub { $_->url eq facts->{actor} && verifies },
    target sub { s/\?.*// };

row 'the date is of the last three hours', '1.3' => create =>
    sub { abs(age) < 10800 },
    header 'Date', 'Sun, 06 Nov 1994 08:49:37 GMT';

row 'the digest is of the body', '1.4' => update =>
    sub { digested },
    body sub { s/edited/changed/ };

row 'the follower has its query in the Accept', '12' => accept =>
    sub { json->{object}{actor} eq facts->{actor} },
    edit { $_->{object}{actor} =~ s/\?.*// };

row 'and in whom the Accept is to', '12' => accept =>
    sub { json->{to}[0] eq facts->{actor} },
    edit { $_->{to}[0] =~ s/\?.*// };

row 'a Delete is of something with an id', '5' => delete =>
    sub { same_host(json->{object}{id}) },
    edit { delete $_->{object}{id} };


1;
