/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * rxq_info: counts packets by the receive queue they came in by, to see how a network card spreads flows over its queues, and answers
 * all of them with one verdict.
 *
 * Settings (.rodata): verdict (default 2, XDP_PASS; with 3, XDP_TX, the MAC addresses are exchanged), touch (1: read the packet's first bytes).
 * Maps:
 *   queues      per-CPU array: receive queue -> struct counter { u64 packets, bytes }; the last entry is for all queues beyond
 *   interfaces  hash: u32 interface index -> struct counter { u64 packets, bytes } (added to atomically)
 */
#include "packet.h"

#define MAX_QUEUES 64

const volatile __u32 verdict = XDP_PASS;
const volatile __u8 touch = 1;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MAX_QUEUES + 1);
	__type(key, __u32);
	__type(value, struct counter);
} queues SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, struct counter);
} interfaces SEC(".maps");

static __always_inline void count_interface(__u32 interface, __u64 bytes)
{
	struct counter *counter = bpf_map_lookup_elem(&interfaces, &interface);

	if (!counter) {
		struct counter none = {};

		bpf_map_update_elem(&interfaces, &interface, &none, BPF_NOEXIST);
		counter = bpf_map_lookup_elem(&interfaces, &interface);
		if (!counter)
			return;
	}
	__sync_fetch_and_add(&counter->packets, 1);
	__sync_fetch_and_add(&counter->bytes, bytes);
}

SEC("xdp")
int rxq_info(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *ethernet = data;
	__u32 queue = ctx->rx_queue_index;

	count(&queues, queue < MAX_QUEUES ? queue : MAX_QUEUES, end - data);
	count_interface(ctx->ingress_ifindex, end - data);
	if (!touch && verdict != XDP_TX)
		return verdict;
	if (!FITS(ethernet, end))
		return XDP_ABORTED;
	/* A read of the first bytes pulls the packet into the cache, as any real program would. */
	if (ethernet->h_proto == bpf_htons(ETH_P_PAUSE))
		return XDP_DROP;
	if (verdict == XDP_TX)
		swap_addresses(ethernet);
	return verdict;
}

char LICENSE[] SEC("license") = "GPL";
