/* Ctrl-C as a request that long work looks at. */
#ifndef EXAMPLES_CANCEL_SIGNAL_H
#define EXAMPLES_CANCEL_SIGNAL_H

#include <stdbool.h>

/* From now on SIGINT only sets a flag. */
void cancel_signal_install(void);

bool cancel_signal_seen(void);

#endif
