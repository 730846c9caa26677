#ifndef S3CACHE_CLIBPQ_SHIM_H
#define S3CACHE_CLIBPQ_SHIM_H

#include <fcntl.h>
#include <libpq-fe.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/eventfd.h>
#endif

/* The PG_DIAG_* character macros that Swift does not import. */
enum pg_diag_field {
    pg_diag_severity = PG_DIAG_SEVERITY_NONLOCALIZED,
    pg_diag_sqlstate = PG_DIAG_SQLSTATE,
    pg_diag_message = PG_DIAG_MESSAGE_PRIMARY,
    pg_diag_detail = PG_DIAG_MESSAGE_DETAIL,
    pg_diag_hint = PG_DIAG_MESSAGE_HINT,
    pg_diag_context = PG_DIAG_CONTEXT,
    pg_diag_schema = PG_DIAG_SCHEMA_NAME,
    pg_diag_table = PG_DIAG_TABLE_NAME,
    pg_diag_constraint = PG_DIAG_CONSTRAINT_NAME,
    pg_diag_function = PG_DIAG_SOURCE_FUNCTION,
};

static inline const char *pg_diag(const PGresult *result, enum pg_diag_field field) {
    return PQresultErrorField(result, (int)field);
}

/* Opens a non-blocking, close-on-exec pair: read ends[0] to wait, write ends[1] to wake. Both are the same
   descriptor where the system has eventfd. Returns 0, or -1 with errno set. */
static inline int wake_open(int ends[2]) {
#ifdef __linux__
    ends[0] = ends[1] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return ends[0] < 0 ? -1 : 0;
#else
    if (pipe(ends) != 0) return -1;
    for (int i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        fcntl(ends[i], F_SETFL, O_NONBLOCK);
    }
    return 0;
#endif
}

#endif
