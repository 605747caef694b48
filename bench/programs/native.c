/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * compute.bpf.c compiled for the processor itself: what it can do at best with the same source. Contexts hold addresses of 32 bits, so the
 * packets lie where those reach.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include "compute.bpf.c"

/* Contexts of so many packets, all alike; NULL without memory. */
struct xdp_md *native_packets(const void *packet, unsigned int length, unsigned int count)
{
	unsigned int stride = length + 64;
	void *memory = mmap(NULL, count * (sizeof(struct xdp_md) + stride), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	struct xdp_md *contexts = memory;

	if (memory == MAP_FAILED)
		return NULL;
	for (unsigned int i = 0; i < count; i++) {
		void *data = (void *)(contexts + count) + i * stride;

		memcpy(data, packet, length);
		contexts[i].data = (__u32)(unsigned long)data;
		contexts[i].data_end = (__u32)(unsigned long)(data + length);
	}
	return contexts;
}

/* A program over the packets, again and again, without a call for each. */
#define BATCH(PROGRAM)                                                                                                     \
	void native_##PROGRAM(struct xdp_md *contexts, unsigned int *verdicts, unsigned int count, unsigned int rounds)    \
	{                                                                                                                  \
		while (rounds--) {                                                                                         \
			for (unsigned int i = 0; i < count; i++)                                                           \
				verdicts[i] = PROGRAM(contexts + i);                                                       \
			__asm__ volatile("" ::: "memory");                                                                 \
		}                                                                                                          \
	}

BATCH(drop)
BATCH(fnv64)
BATCH(jhash60)
BATCH(checksum64)
BATCH(checksum1500)
BATCH(collatz)
BATCH(modulo)
BATCH(siphash32)
BATCH(bits)
BATCH(parse)
BATCH(memory)
