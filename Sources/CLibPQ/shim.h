#ifndef S3CACHE_CLIBPQ_SHIM_H
#define S3CACHE_CLIBPQ_SHIM_H

#include <libpq-fe.h>

#endif
