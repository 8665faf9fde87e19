
/*
 * Copyright (C) The ngx_http_activitypub_module authors
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * How long a page takes, asked for so many times a second over one
 * connection, until SIGTERM comes:
 *
 *     page PORT HOST URI RATE
 *
 * The clock starts when a request is due, not when it could be sent: those
 * that had to wait for a slow one count in full.  Prints the number of
 * requests; the median, the 90th and 99th hundredth and the longest, in
 * microseconds; and how many took up to 128, 256, 512 ... microseconds.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>


#define PAGE_MAX     1000000
#define PAGE_BUCKET  128
#define PAGE_SIZE    65536


static int page_connect(unsigned port);
static void page_get(int fd, const char *request, size_t len);
static int page_is_whole(const char *response, size_t len);
static void page_print(unsigned *took, size_t n);
static int page_compare(const void *one, const void *two);
static long long page_now(void);
static void page_stop(int signo);


static volatile sig_atomic_t  stopped;


int
main(int argc, char **argv)
{
    int               fd, len;
    char              request[1024];
    size_t            n;
    unsigned         *took;
    long long         due, step, now;
    struct timespec   ts;

    if (argc != 5 || strtoul(argv[4], NULL, 10) == 0) {
        fprintf(stderr, "usage: page PORT HOST URI RATE\n");
        return 2;
    }

    signal(SIGTERM, page_stop);

    len = snprintf(request, sizeof(request),
                   "GET %s HTTP/1.1\r\nHost: %s\r\n"
                   "Accept: text/html,*/*;q=0.8\r\n\r\n", argv[3], argv[2]);

    took = malloc(PAGE_MAX * sizeof(unsigned));

    if (took == NULL || len < 0 || (size_t) len >= sizeof(request)) {
        return 1;
    }

    fd = page_connect((unsigned) strtoul(argv[1], NULL, 10));
    step = 1000000000LL / (long long) strtoul(argv[4], NULL, 10);

    page_get(fd, request, (size_t) len);

    due = page_now();

    for (n = 0; n < PAGE_MAX && !stopped; n++) {
        due += step;

        ts.tv_sec = (time_t) (due / 1000000000);
        ts.tv_nsec = (long) (due % 1000000000);

        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL)) {
            if (stopped) {
                break;
            }
        }

        page_get(fd, request, (size_t) len);

        now = page_now();
        took[n] = now > due ? (unsigned) ((now - due) / 1000) : 0;
    }

    page_print(took, n);
    free(took);

    return 0;
}


static int
page_connect(unsigned port)
{
    int                 fd, on;
    struct sockaddr_in  sin;

    memset(&sin, 0, sizeof(sin));
    sin.sin_family = AF_INET;
    sin.sin_port = htons((uint16_t) port);
    sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd == -1 || connect(fd, (struct sockaddr *) &sin, sizeof(sin)) == -1) {
        fprintf(stderr, "page: nobody listens\n");
        exit(1);
    }

    on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));

    return fd;
}


static void
page_get(int fd, const char *request, size_t len)
{
    size_t       n;
    ssize_t      got;
    static char  response[PAGE_SIZE];

    if (send(fd, request, len, MSG_NOSIGNAL) != (ssize_t) len) {
        fprintf(stderr, "page: a request cannot be sent\n");
        exit(1);
    }

    for (n = 0; !page_is_whole(response, n); n += (size_t) got) {
        got = recv(fd, response + n, PAGE_SIZE - 1 - n, 0);

        if (got <= 0) {
            fprintf(stderr, "page: a connection is closed\n");
            exit(1);
        }

        response[n + (size_t) got] = '\0';
    }
}


static int
page_is_whole(const char *response, size_t len)
{
    const char  *body, *length;

    if (len == 0) {
        return 0;
    }

    body = strstr(response, "\r\n\r\n");
    length = strstr(response, "\r\nContent-Length: ");

    if (body == NULL) {
        return 0;
    }

    if (strncmp(response, "HTTP/1.1 200 ", 13) != 0 || length == NULL) {
        fprintf(stderr, "page: %s\n", response);
        exit(1);
    }

    return len >= (size_t) (body - response) + 4
                  + strtoul(length + 18, NULL, 10);
}


static void
page_print(unsigned *took, size_t n)
{
    size_t    i, count;
    unsigned  most;

    if (n == 0) {
        fprintf(stderr, "page: no time for a request\n");
        exit(1);
    }

    qsort(took, n, sizeof(unsigned), page_compare);

    printf("%zu %u %u %u %u", n, took[n / 2], took[n * 9 / 10],
           took[n * 99 / 100], took[n - 1]);

    for (i = 0, most = PAGE_BUCKET; i < n; most *= 2) {

        for (count = 0; i < n && took[i] <= most; i++) {
            count++;
        }

        printf(" %zu", count);
    }

    printf("\n");
}


static int
page_compare(const void *one, const void *two)
{
    unsigned  a, b;

    a = *(const unsigned *) one;
    b = *(const unsigned *) two;

    return (a > b) - (a < b);
}


static long long
page_now(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (long long) ts.tv_sec * 1000000000LL + ts.tv_nsec;
}


static void
page_stop(int signo)
{
    (void) signo;

    stopped = 1;
}
