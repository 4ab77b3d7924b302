/* A progress bar on standard error, if that is a terminal. */
#ifndef EXAMPLES_PROGRESS_BAR_H
#define EXAMPLES_PROGRESS_BAR_H

#include <stdbool.h>
#include <time.h>

struct progress_bar {
    bool terminal;
    bool ascii;
    bool drawn;
    double last; /* fraction at the last callback; a smaller one means that a new call began */
    struct timespec started;
};

void progress_bar_start(struct progress_bar *bar, bool ascii);

/* A latent_progress_callback whose `user` is the bar. Stops the call if Ctrl-C was pressed, with or
 * without a terminal. */
int progress_bar_update(void *user, const char *phase, double fraction);

/* Removes the bar from the terminal. */
void progress_bar_clear(struct progress_bar *bar);

/* Seconds since `start`. */
double seconds_since(const struct timespec *start);

#endif
