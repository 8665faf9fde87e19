
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Each form but for the name of the day has every field in its column, which
 * is how it is read.
 */

#include "fedi_http_date.h"


#define FEDI_DAY_SECONDS  86400

/* the days from 1 March 0000 to 1 January 1970 */
#define FEDI_DAYS_TO_1970  719468


typedef struct {
    int  year;
    int  month;     /* 1..12 */
    int  day;
    int  hour;
    int  minute;
    int  second;
} fedi_http_date_t;


static const fedi_str_t  fedi_days[] = {
    fedi_string("Thursday"),    /* 1 January 1970 */
    fedi_string("Friday"),
    fedi_string("Saturday"),
    fedi_string("Sunday"),
    fedi_string("Monday"),
    fedi_string("Tuesday"),
    fedi_string("Wednesday")
};

static const char  fedi_months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";


static bool fedi_http_date_imf(fedi_str_t text, fedi_http_date_t *date);
static bool fedi_http_date_rfc850(fedi_str_t text, int64_t now,
    fedi_http_date_t *date);
static bool fedi_http_date_asctime(fedi_str_t text, fedi_http_date_t *date);
static bool fedi_http_date_columns(fedi_str_t text, const char *columns);
static int fedi_http_date_number(const char *p, size_t digits);
static int fedi_http_date_month(const char *p);
static void fedi_http_date_clock(const char *p, fedi_http_date_t *date);
static fedi_str_t fedi_http_date_day_name(fedi_str_t text, size_t len);
static bool fedi_http_date_seconds(const fedi_http_date_t *date,
    int64_t *time);
static int64_t fedi_http_date_days(int64_t year, int64_t month, int64_t day);
static void fedi_http_date_write(char *p, int64_t value, size_t digits);


bool
fedi_http_date_parse(fedi_str_t text, int64_t now, int64_t *time)
{
    fedi_http_date_t  date;

    return (fedi_http_date_imf(text, &date)
            || fedi_http_date_asctime(text, &date)
            || fedi_http_date_rfc850(text, now, &date))
           && fedi_http_date_seconds(&date, time);
}


static bool
fedi_http_date_imf(fedi_str_t text, fedi_http_date_t *date)
{
    if (!fedi_http_date_columns(text, "***, ## *** #### ##:##:## GMT")
        || fedi_http_date_day_name(text, 3).len == 0)
    {
        return false;
    }

    date->day = fedi_http_date_number(text.data + 5, 2);
    date->month = fedi_http_date_month(text.data + 8);
    date->year = fedi_http_date_number(text.data + 12, 4);
    fedi_http_date_clock(text.data + 17, date);

    return true;
}


static bool
fedi_http_date_asctime(fedi_str_t text, fedi_http_date_t *date)
{
    if (!fedi_http_date_columns(text, "*** *** *# ##:##:## ####")
        || fedi_http_date_day_name(text, 3).len == 0)
    {
        return false;
    }

    if (text.data[8] == ' ') {
        date->day = fedi_http_date_number(text.data + 9, 1);

    } else if (fedi_is_digit(text.data[8])) {
        date->day = fedi_http_date_number(text.data + 8, 2);

    } else {
        return false;
    }

    date->month = fedi_http_date_month(text.data + 4);
    date->year = fedi_http_date_number(text.data + 20, 4);
    fedi_http_date_clock(text.data + 11, date);

    return true;
}


static bool
fedi_http_date_rfc850(fedi_str_t text, int64_t now, fedi_http_date_t *date)
{
    int64_t     ahead;
    fedi_str_t  name;

    name = fedi_http_date_day_name(text, 0);
    if (name.len == 0) {
        return false;
    }

    text = fedi_str_from(text, name.len);

    if (!fedi_http_date_columns(text, ", ##-***-## ##:##:## GMT")) {
        return false;
    }

    date->day = fedi_http_date_number(text.data + 2, 2);
    date->month = fedi_http_date_month(text.data + 5);
    fedi_http_date_clock(text.data + 12, date);

    /* the latest such year whose first day is at most 50 years ahead */

    date->year = 9900 + fedi_http_date_number(text.data + 9, 2);
    ahead = now / FEDI_DAY_SECONDS + 50 * 365 + 50 / 4;

    while (date->year >= 100
           && fedi_http_date_days(date->year, 1, 1) > ahead)
    {
        date->year -= 100;
    }

    return true;
}


/* "#" is a digit, "*" anything, any other character itself */

static bool
fedi_http_date_columns(fedi_str_t text, const char *columns)
{
    size_t  i;

    if (text.len != strlen(columns)) {
        return false;
    }

    for (i = 0; i < text.len; i++) {
        if (columns[i] == '*') {
            continue;
        }

        if (columns[i] == '#' ? !fedi_is_digit(text.data[i])
                              : text.data[i] != columns[i])
        {
            return false;
        }
    }

    return true;
}


static int
fedi_http_date_number(const char *p, size_t digits)
{
    int     value;
    size_t  i;

    for (value = 0, i = 0; i < digits; i++) {
        value = value * 10 + (p[i] - '0');
    }

    return value;
}


/* 1..12, or 0 */

static int
fedi_http_date_month(const char *p)
{
    int  month;

    for (month = 0; month < 12; month++) {
        if (memcmp(p, fedi_months + 3 * month, 3) == 0) {
            return month + 1;
        }
    }

    return 0;
}


static void
fedi_http_date_clock(const char *p, fedi_http_date_t *date)
{
    date->hour = fedi_http_date_number(p, 2);
    date->minute = fedi_http_date_number(p + 3, 2);
    date->second = fedi_http_date_number(p + 6, 2);
}


/* the name that "text" begins with, of which "len" letters are written */

static fedi_str_t
fedi_http_date_day_name(fedi_str_t text, size_t len)
{
    size_t      i;
    fedi_str_t  name;

    for (i = 0; i < 7; i++) {
        name = fedi_days[i];

        if (len != 0) {
            name.len = len;
        }

        if (text.len >= name.len
            && memcmp(text.data, name.data, name.len) == 0)
        {
            return name;
        }
    }

    return fedi_null_str;
}


static bool
fedi_http_date_seconds(const fedi_http_date_t *date, int64_t *time)
{
    bool              leap;
    static const int  days[] = { 31, 28, 31, 30, 31, 30,
                                 31, 31, 30, 31, 30, 31 };

    leap = date->year % 4 == 0
           && (date->year % 100 != 0 || date->year % 400 == 0);

    /* second 60 is a leap second; days[] is asked for a month only */

    if (date->month == 0 || date->day == 0
        || date->day > days[date->month - 1] + (leap && date->month == 2)
        || date->hour > 23 || date->minute > 59 || date->second > 60)
    {
        return false;
    }

    *time = fedi_http_date_days(date->year, date->month, date->day)
            * FEDI_DAY_SECONDS
            + date->hour * 3600 + date->minute * 60 + date->second;

    return true;
}


/*
 * Days since 1970.  The year begins in March, so that the leap day is its
 * last; 153 days are five months from there.
 */
static int64_t
fedi_http_date_days(int64_t year, int64_t month, int64_t day)
{
    int64_t  from_march;

    year += 400;    /* March of the year -1 is no negative year */

    if (month <= 2) {
        year--;
    }

    from_march = (month + 9) % 12;

    return 365 * year + year / 4 - year / 100 + year / 400
           + (153 * from_march + 2) / 5 + day - 1
           - FEDI_DAYS_TO_1970 - 146097;
}


bool
fedi_http_date_format(int64_t time, char *out)
{
    int64_t  days, seconds, year, month;

    days = time / FEDI_DAY_SECONDS;
    seconds = time % FEDI_DAY_SECONDS;

    if (seconds < 0) {
        seconds += FEDI_DAY_SECONDS;
        days--;
    }

    if (days < fedi_http_date_days(0, 1, 1)
        || days >= fedi_http_date_days(10000, 1, 1))
    {
        return false;
    }

    /* the mean year is never more than one year off */

    year = (days + FEDI_DAYS_TO_1970) * 400 / 146097;

    while (fedi_http_date_days(year, 1, 1) > days) {
        year--;
    }

    while (fedi_http_date_days(year + 1, 1, 1) <= days) {
        year++;
    }

    for (month = 12; fedi_http_date_days(year, month, 1) > days; month--) {
        /* void */
    }

    memcpy(out, "***, ## *** #### ##:##:## GMT", FEDI_HTTP_DATE_LEN);
    memcpy(out, fedi_days[(days % 7 + 7) % 7].data, 3);
    memcpy(out + 8, fedi_months + 3 * (month - 1), 3);

    fedi_http_date_write(out + 5,
                         days - fedi_http_date_days(year, month, 1) + 1, 2);
    fedi_http_date_write(out + 12, year, 4);
    fedi_http_date_write(out + 17, seconds / 3600, 2);
    fedi_http_date_write(out + 20, seconds / 60 % 60, 2);
    fedi_http_date_write(out + 23, seconds % 60, 2);

    return true;
}


static void
fedi_http_date_write(char *p, int64_t value, size_t digits)
{
    while (digits != 0) {
        p[--digits] = (char) ('0' + value % 10);
        value /= 10;
    }
}
