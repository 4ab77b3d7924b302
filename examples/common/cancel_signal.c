#define _POSIX_C_SOURCE 200809L

#include "common/cancel_signal.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

static volatile sig_atomic_t seen;

static void note(int number) {
    (void)number;
    seen = 1;
}

void cancel_signal_install(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = note;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
}

bool cancel_signal_seen(void) {
    return seen != 0;
}
