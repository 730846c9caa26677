#ifndef S3CACHE_CMALLOC_SHIM_H
#define S3CACHE_CMALLOC_SHIM_H

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#include <pthread.h>
#include <unistd.h>

/* Of so many bytes on, what is allocated goes back to the system when it is freed. */
enum { malloc_mapped_from = 4 << 20 };
/* So much that is free may stay at the end of an arena while there is work: it is needed again soon. */
enum { malloc_kept_at_work = 8 << 20 };

/* How many arenas there are at most: enough for all processors to allocate at the same time. */
static inline int malloc_arenas(void) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 2 ? 4 : processors > 32 ? 64 : 2 * (int)processors;
}

/* Visits an arena, and goes on to the next in another thread: those that are alive share the arenas evenly. */
static inline void *malloc_visit_arenas(void *left) {
    /* More than 64 KiB: to free so much looks at the end of the arena, from which everything then goes back that is free. */
    void *volatile room = malloc(72 << 10);
    free(room);
    int *others = (int *)left;
    if (--*others < 0) return NULL;
    pthread_attr_t attributes;
    pthread_t next;
    if (pthread_attr_init(&attributes) != 0) return NULL;
    if (pthread_attr_setstacksize(&attributes, 256 << 10) == 0
        && pthread_create(&next, &attributes, malloc_visit_arenas, left) == 0) pthread_join(next, NULL);
    pthread_attr_destroy(&attributes);
    return NULL;
}
#endif

/* To be called before there are threads: glibc would let the limits below grow with what is freed, up to 64 MiB for each of
   8 arenas a processor. */
static inline void malloc_set_up(void) {
#ifdef __GLIBC__
    /* Whoever says it otherwise has reasons. */
    if (getenv("MALLOC_ARENA_MAX") == NULL) mallopt(M_ARENA_MAX, malloc_arenas());
    mallopt(M_MMAP_THRESHOLD, malloc_mapped_from);
    mallopt(M_TRIM_THRESHOLD, malloc_kept_at_work);
#endif
}

/* Gives memory that was freed back to the system; of other C libraries than glibc none asks for that. malloc_trim() leaves what is
   at the ends of the arenas, all but the first: that goes only where nothing is going on, since it takes a moment to get it again. */
static inline void malloc_give_back(int is_idle) {
#ifdef __GLIBC__
    malloc_trim(0);
    if (!is_idle) return;
    mallopt(M_TRIM_THRESHOLD, 0);
    int visits = 2 * malloc_arenas();
    malloc_visit_arenas(&visits);
    mallopt(M_TRIM_THRESHOLD, malloc_kept_at_work);
#endif
}

#endif
