#define _POSIX_C_SOURCE 200809L

#include "common/gnuplot_run.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* posix_spawn() wants char *, but changes nothing. */
struct command {
    char program[8];
    char option[24];
    char *argument[3];
};

static bool wait_for(pid_t child, struct io_error *error) {
    int status;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return io_fail(error, "gnuplot: %s", strerror(errno));
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    return io_fail(error, "gnuplot failed (status %d)",
                   WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

/* Runs `gnuplot OPTION` with these two descriptors as its standard input and output. */
static bool run(const char *option, int input, int output, struct io_error *error) {
    struct command command = {"gnuplot", "", {command.program, command.option, NULL}};
    strcpy(command.option, option);
    /* The script is UTF-8, whatever the locale, which this program itself has read long before. */
    if (setenv("LC_ALL", "C.UTF-8", 1) != 0)
        return io_fail(error, "gnuplot: no memory");
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return io_fail(error, "gnuplot: no memory");
    pid_t child;
    int code = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    if (code == 0)
        code = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (code == 0)
        code = posix_spawnp(&child, "gnuplot", &actions, NULL, command.argument, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (code != 0)
        return io_fail(error, "gnuplot cannot be started: %s", strerror(code));
    return wait_for(child, error);
}

bool gnuplot_check(struct io_error *error) {
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
        return io_fail(error, "/dev/null: %s", strerror(errno));
    const bool ok = run("--version", null, null, error);
    close(null);
    return ok;
}

bool gnuplot_run(FILE *script, int output, struct io_error *error) {
    if (fflush(script) != 0 || ferror(script))
        return io_fail(error, "the gnuplot script could not be written");
    rewind(script); /* the child reads from where the descriptor stands */
    return run("--default-settings", fileno(script), output, error);
}

void gnuplot_put_string(FILE *script, const char *text) {
    fputc('"', script);
    for (; *text; text++) {
        const unsigned char byte = (unsigned char)*text;
        const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        if (byte <= ' ' || byte == 0x7f)
            fputc(' ', script);
        else if (letter)
            fputc(byte, script);
        else
            fprintf(script, "\\%03o", byte);
    }
    fputc('"', script);
}
