/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* A hash of a 5-tuple that is the same on every machine: multiply and fold, word by word. */
#ifndef HEADRACE_HASH_H
#define HEADRACE_HASH_H

#include "packet.h"

static __always_inline __u64 mix64(__u64 value)
{
	value ^= value >> 32;
	value *= 0xd6e8feb86659fd93ULL;
	value ^= value >> 32;
	value *= 0xd6e8feb86659fd93ULL;
	return value ^ (value >> 32);
}

static __always_inline __u32 hash_flow(const struct flow *flow)
{
	__u64 hash = 0;

#pragma unroll
	for (int i = 0; i < 4; i++)
		hash = mix64(hash ^ ((__u64)flow->source[i] << 32 | flow->destination[i]));
	hash = mix64(hash ^ ((__u64)flow->source_port << 32 | (__u32)flow->destination_port << 16 | flow->protocol));
	return (__u32)hash;
}

#endif
