/* Counts the bytes that a process copies; loaded with LD_PRELOAD by bench/copies.py. Not fast: only bytes
   are told, never times. */
#include <stddef.h>
#include <stdint.h>

#define COUNTED 4096 /* what is smaller is no part of a frame */

static uint64_t copied;

uint64_t bench_copied(void) { return __atomic_load_n(&copied, __ATOMIC_RELAXED); }

void *memmove(void *to, const void *from, size_t size) {
    unsigned char *out = to;
    const unsigned char *in = from;
    if (size >= COUNTED)
        __atomic_fetch_add(&copied, size, __ATOMIC_RELAXED);
    if ((uintptr_t)out - (uintptr_t)in >= size)
        for (size_t at = 0; at < size; at++)
            out[at] = in[at];
    else /* over what is still to be read: from the end */
        while (size--)
            out[size] = in[size];
    return to;
}

void *memcpy(void *to, const void *from, size_t size) { return memmove(to, from, size); }
void *mempcpy(void *to, const void *from, size_t size) { return (char *)memmove(to, from, size) + size; }

/* what -D_FORTIFY_SOURCE makes of them */
void *__memmove_chk(void *to, const void *from, size_t size, size_t room) {
    return size <= room ? memmove(to, from, size) : (__builtin_trap(), to);
}
void *__memcpy_chk(void *to, const void *from, size_t size, size_t room) {
    return __memmove_chk(to, from, size, room);
}
