#define _POSIX_C_SOURCE 200809L

#include "common/progress_bar.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/cancel_signal.h"

enum { CELLS = 30, PHASE_WIDTH = 20 };

double seconds_since(const struct timespec *start) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + 1e-9 * (double)(now.tv_nsec - start->tv_nsec);
}

void progress_bar_start(struct progress_bar *bar, bool ascii) {
    memset(bar, 0, sizeof *bar);
    bar->terminal = isatty(STDERR_FILENO) == 1;
    bar->ascii = ascii;
    clock_gettime(CLOCK_MONOTONIC, &bar->started);
}

static void draw(struct progress_bar *bar, const char *phase, double fraction) {
    char cells[CELLS * 3 + 1] = "";
    const int full = (int)(fraction * CELLS);
    for (int i = 0; i < CELLS; i++)
        strcat(cells, bar->ascii ? (i < full ? "#" : ".") : (i < full ? "█" : "░"));
    fprintf(stderr, "\r%-*.*s %s %3d %%", PHASE_WIDTH, PHASE_WIDTH, phase, cells,
            (int)(100 * fraction));
    const double spent = seconds_since(&bar->started);
    if (fraction > 0.01 && spent > 1)
        fprintf(stderr, "  %.0f s left \033[K", spent * (1 - fraction) / fraction);
    else
        fputs("\033[K", stderr);
    fflush(stderr);
    bar->drawn = true;
}

int progress_bar_update(void *user, const char *phase, double fraction) {
    struct progress_bar *bar = user;
    if (cancel_signal_seen())
        return 1;
    if (fraction < bar->last)
        clock_gettime(CLOCK_MONOTONIC, &bar->started);
    bar->last = fraction;
    if (bar->terminal)
        draw(bar, phase, fraction);
    return 0;
}

void progress_bar_clear(struct progress_bar *bar) {
    if (bar->drawn)
        fputs("\r\033[K", stderr);
    bar->drawn = false;
}
