
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "fedi_timestamp.h"


/* the days from 1 March 0000 to 1 January 1970 */
#define FEDI_TIMESTAMP_EPOCH  719468

#define FEDI_TIMESTAMP_COLUMNS  "0000-00-00T00:00:00"


static bool fedi_timestamp_columns(fedi_str_t text, const char *columns);
static int fedi_timestamp_number(const char *p, size_t digits);
static bool fedi_timestamp_offset(fedi_str_t text, int64_t *offset);
static bool fedi_timestamp_day(int year, int month, int day, int64_t *days);


bool
fedi_timestamp_parse(fedi_str_t text, int64_t *time)
{
    int          hour, minute, second;
    size_t       len;
    int64_t      days, offset;
    const char  *p;

    len = sizeof(FEDI_TIMESTAMP_COLUMNS) - 1;
    p = text.data;

    if (!fedi_timestamp_columns(text, FEDI_TIMESTAMP_COLUMNS)
        || !fedi_timestamp_day(fedi_timestamp_number(p, 4),
                               fedi_timestamp_number(p + 5, 2),
                               fedi_timestamp_number(p + 8, 2), &days))
    {
        return false;
    }

    hour = fedi_timestamp_number(p + 11, 2);
    minute = fedi_timestamp_number(p + 14, 2);
    second = fedi_timestamp_number(p + 17, 2);

    /* second 60 is a leap second */

    if (hour > 23 || minute > 59 || second > 60) {
        return false;
    }

    text = fedi_str_from(text, len);

    if (text.len > 1 && text.data[0] == '.' && fedi_is_digit(text.data[1])) {
        for (len = 1; len < text.len && fedi_is_digit(text.data[len]); len++) {
            /* void */
        }

        text = fedi_str_from(text, len);
    }

    if (!fedi_timestamp_offset(text, &offset)) {
        return false;
    }

    *time = ((days * 24 + hour) * 60 + minute) * 60 + second - offset;

    return true;
}


/* a "0" stands for a digit, whatever else for itself */

static bool
fedi_timestamp_columns(fedi_str_t text, const char *columns)
{
    size_t  i;

    if (text.len < strlen(columns)) {
        return false;
    }

    for (i = 0; columns[i] != '\0'; i++) {
        if (columns[i] == '0' ? !fedi_is_digit(text.data[i])
                              : text.data[i] != columns[i])
        {
            return false;
        }
    }

    return true;
}


static int
fedi_timestamp_number(const char *p, size_t digits)
{
    int     n;
    size_t  i;

    for (n = 0, i = 0; i < digits; i++) {
        n = n * 10 + (p[i] - '0');
    }

    return n;
}


static bool
fedi_timestamp_offset(fedi_str_t text, int64_t *offset)
{
    int  hour, minute;

    if (fedi_str_eq(text, fedi_str("Z"))) {
        *offset = 0;
        return true;
    }

    if (text.len != 6 || (text.data[0] != '+' && text.data[0] != '-')
        || !fedi_timestamp_columns(fedi_str_from(text, 1), "00:00"))
    {
        return false;
    }

    hour = fedi_timestamp_number(text.data + 1, 2);
    minute = fedi_timestamp_number(text.data + 4, 2);

    if (hour > 23 || minute > 59) {
        return false;
    }

    *offset = (hour * 60 + minute) * 60;

    if (text.data[0] == '-') {
        *offset = -*offset;
    }

    return true;
}


/* years begin in March: 153 days are five months from there */

static bool
fedi_timestamp_day(int year, int month, int day, int64_t *days)
{
    bool              leap;
    int64_t           y, m;
    static const int  length[] = { 31, 28, 31, 30, 31, 30,
                                   31, 31, 30, 31, 30, 31 };

    leap = (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));

    if (month < 1 || month > 12 || day < 1
        || day > length[month - 1] + (leap && month == 2))
    {
        return false;
    }

    y = year - (month < 3);
    m = (month + 9) % 12;

    /* of the year before 0000 only January and February are asked for */

    *days = 365 * y + (y < 0 ? -1 : y / 4 - y / 100 + y / 400)
            + (153 * m + 2) / 5 + day - 1 - FEDI_TIMESTAMP_EPOCH;

    return true;
}
