#ifndef S3CACHE_CZLIB_SHIM_H
#define S3CACHE_CZLIB_SHIM_H

/* Input is only read. */
#define ZLIB_CONST
#include <zlib.h>

#endif
