#include "common/directions_csv.h"

#include <inttypes.h>

static void put_share(FILE *stream, const struct directions_report *report, const int64_t *counts,
                      int64_t kept) {
    fputc(',', stream);
    if (counts)
        fprintf(stream, "%.17g", directions_share(report, counts[kept]));
}

static void put_line(FILE *stream, const struct directions_report *report, int64_t kept) {
    const latent_pruning_curve *curve = &report->curve;
    fprintf(stream, "%" PRId64 ",", kept);
    if (kept > 0)
        fprintf(stream, "%" PRId64, report->importance.order[kept - 1]);
    fprintf(stream, ",%.17g", curve->energy[kept]);
    put_share(stream, report, curve->correct, kept);
    put_share(stream, report, curve->correct_top, kept);
    put_share(stream, report, curve->changed, kept);
    if (report->error)
        fprintf(stream, ",%.17g,%.17g", report->error[kept], report->plain_error[kept]);
    fputc('\n', stream);
}

bool directions_csv_write(FILE *stream, const struct directions_report *report,
                          struct io_error *error) {
    fprintf(stream, "kept,direction,energy,top1,top_k,changed%s\n",
            report->error ? ",aware_error,plain_error" : "");
    for (int64_t kept = 0; kept <= report->rank; kept++)
        put_line(stream, report, kept);
    return !ferror(stream) || io_fail(error, "the curve could not be written");
}
