/* Loaded in front of the C library (LD_PRELOAD), so that libcamera finds a DMA heap on a kernel that has none.

   libcamera's virtual camera takes its buffers from /dev/dma_heap/system. Here such a buffer is plain shared
   memory: opening the heap gives an empty memfd, asking it for a buffer gives a memfd of that length, and the
   ioctls of a DMA buffer (names, cache synchronisation) do nothing. All other calls are the C library's own.

   SS_DMA_BYTES=n gives out n bytes and refuses the rest with ENOMEM, as a Raspberry Pi with too little CMA does.
   Numbers are of linux/dma-heap.h and linux/dma-buf.h. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static const char HEAPS[] = "/dev/dma_heap/";
static atomic_ullong given;

typedef int (*open_call)(const char *, int, ...);
typedef int (*openat_call)(int, const char *, int, ...);
typedef int (*ioctl_call)(int, unsigned long, ...);

static int is_heap(const char *path)
{
    return path && strncmp(path, HEAPS, sizeof HEAPS - 1) == 0;
}

static int heap(void)
{
    return memfd_create("dma-heap", MFD_CLOEXEC);
}

static int allocate(struct dma_heap_allocation_data *asked)
{
    const char *limit = getenv("SS_DMA_BYTES");
    if (limit && atomic_load(&given) + asked->len > strtoull(limit, NULL, 10)) {
        errno = ENOMEM;
        return -1;
    }
    int buffer = memfd_create("dma-buffer", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (buffer < 0)
        return -1;
    if (ftruncate(buffer, (off_t)asked->len) < 0) {
        close(buffer);
        return -1;
    }
    atomic_fetch_add(&given, asked->len);
    asked->fd = (unsigned)buffer;
    return 0;
}

static mode_t mode_of(int flags, va_list more)
{
    return flags & (O_CREAT | __O_TMPFILE) ? va_arg(more, mode_t) : 0;
}

#define OPEN(name)                                                        \
    int name(const char *path, int flags, ...)                            \
    {                                                                     \
        va_list more;                                                     \
        va_start(more, flags);                                            \
        mode_t mode = mode_of(flags, more);                               \
        va_end(more);                                                     \
        if (is_heap(path))                                                \
            return heap();                                                \
        return ((open_call)dlsym(RTLD_NEXT, #name))(path, flags, mode);   \
    }

#define OPENAT(name)                                                               \
    int name(int folder, const char *path, int flags, ...)                         \
    {                                                                              \
        va_list more;                                                              \
        va_start(more, flags);                                                     \
        mode_t mode = mode_of(flags, more);                                        \
        va_end(more);                                                              \
        if (is_heap(path))                                                         \
            return heap();                                                         \
        return ((openat_call)dlsym(RTLD_NEXT, #name))(folder, path, flags, mode);  \
    }

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

int ioctl(int descriptor, unsigned long request, ...)
{
    va_list more;
    va_start(more, request);
    void *argument = va_arg(more, void *);
    va_end(more);
    if ((unsigned)request == (unsigned)DMA_HEAP_IOCTL_ALLOC)
        return allocate(argument);
    if (_IOC_TYPE(request) == DMA_BUF_BASE)
        return 0;
    return ((ioctl_call)dlsym(RTLD_NEXT, "ioctl"))(descriptor, request, argument);
}
