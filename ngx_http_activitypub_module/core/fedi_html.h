
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The start tags of a page, one after the other, as far as links and meta
 * lines need it: no tree, and nothing is repaired.  Comments and the insides
 * of script, style, textarea, title and template are passed over.  Linear in
 * the length of the page.
 */

#ifndef FEDI_HTML_H
#define FEDI_HTML_H

#include "fedi_str.h"


/* more attributes are passed over */
#define FEDI_HTML_ATTRIBUTES  32


typedef struct {
    fedi_str_t  name;
    fedi_str_t  value;          /* raw, without its quotes; may be empty */
} fedi_html_attribute_t;


typedef struct {
    fedi_str_t             name;
    fedi_html_attribute_t  attributes[FEDI_HTML_ATTRIBUTES];
    size_t                 nattributes;
} fedi_html_tag_t;


/*
 * The next start tag of "rest", which begins behind it then.  False: there is
 * none.  All of "tag" points into the page.
 */
bool fedi_html_next(fedi_str_t *rest, fedi_html_tag_t *tag);

/* the raw value of the first such attribute; false: there is none */
bool fedi_html_attribute(const fedi_html_tag_t *tag, fedi_str_t name,
    fedi_str_t *value);

/* whether a raw value, white space around it aside, means this text */
bool fedi_html_means(fedi_str_t raw, fedi_str_t text);

/* what a raw value means, of its length at most, into "to"; its length */
size_t fedi_html_decode(fedi_str_t raw, char *to);

/* whether a word, in any case, is one of a raw value */
bool fedi_html_has_word(fedi_str_t raw, fedi_str_t word);


#endif
