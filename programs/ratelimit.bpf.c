/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * ratelimit: gives every source address a token bucket and drops what exceeds it. The bucket is kept as one 64-bit word, the
 * time at which it will be full again, so that one compare-and-swap spends a token and no lock is needed.
 * What is not IP passes; malformed packets are dropped.
 *
 * Settings (.rodata): packets_a_second, burst (the size of a bucket in packets).
 * Maps:
 *   buckets     LRU hash: 16 bytes of source address (IPv4: 4 bytes, then 0) -> u64 time in ns (bpf_ktime_get_ns) when it is full
 *   statistics  per-CPU array: 0 passed, 1 over the rate, 2 malformed -> struct counter { u64 packets, bytes }
 */
#include "packet.h"

#define NANOSECONDS_A_SECOND 1000000000ULL
#define ATTEMPTS 4

enum { STAT_PASSED, STAT_LIMITED, STAT_MALFORMED, STAT_COUNT };

const volatile __u64 packets_a_second = 1000;
const volatile __u64 burst = 64;

struct source {
	__be32 address[4];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct source);
	__type(value, __u64);
} buckets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, STAT_COUNT);
	__type(key, __u32);
	__type(value, struct counter);
} statistics SEC(".maps");

/* Takes one token from the bucket that is full at *full. */
static __always_inline int take_token(__u64 *full, __u64 now, __u64 interval)
{
	__u64 capacity = interval * burst;

#pragma unroll
	for (int i = 0; i < ATTEMPTS; i++) {
		__u64 before = *full;
		__u64 after = (before > now ? before : now) + interval;

		if (after > now + capacity)
			return 0;
		if (__sync_val_compare_and_swap(full, before, after) == before)
			return 1;
	}
	/* So many others take tokens at this very moment that the source is surely over its rate. */
	return 0;
}

SEC("xdp")
int ratelimit(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u64 rate = packets_a_second, now, interval, first, *full;
	__u64 bytes = end - data;
	struct packet packet = {};
	struct source source = {};
	int result = parse_packet(&packet, data, end);

	if (result == MALFORMED) {
		count(&statistics, STAT_MALFORMED, bytes);
		return XDP_DROP;
	}
	if (result == NOT_IP || rate == 0)
		return XDP_PASS;
	if (packet.family == 4)
		source.address[0] = ((struct iphdr *)packet.network)->saddr;
	else
		__builtin_memcpy(source.address, &((struct ipv6hdr *)packet.network)->saddr, sizeof(source.address));

	now = bpf_ktime_get_ns();
	interval = NANOSECONDS_A_SECOND / rate;
	full = bpf_map_lookup_elem(&buckets, &source);
	if (full) {
		if (!take_token(full, now, interval)) {
			count(&statistics, STAT_LIMITED, bytes);
			return XDP_DROP;
		}
	} else {
		first = now + interval;
		bpf_map_update_elem(&buckets, &source, &first, BPF_ANY);
	}
	count(&statistics, STAT_PASSED, bytes);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
