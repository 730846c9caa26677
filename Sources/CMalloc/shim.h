#ifndef S3CACHE_CMALLOC_SHIM_H
#define S3CACHE_CMALLOC_SHIM_H

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* Gives memory that was freed back to the system; of other C libraries than glibc none asks for that. */
static inline void malloc_give_back(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

#endif
