/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * split: sends a share of the flows another way (a canary): whole flows, chosen by a hash of the 5-tuple, so that both directions of a
 * connection go together. Chosen flows are sent back out (XDP_TX), the others pass. It is written with functions of its own: global ones, which
 * the verifier proves one by one, and static ones that are not inlined.
 *
 * Settings (.rodata): permille (flows in a thousand that are chosen), salt (draws other flows).
 * Maps:
 *   statistics  per-CPU array: 0 passed, 1 chosen, 2 not IP -> struct counter { u64 packets, bytes }
 */
#include "packet.h"
#include "hash.h"

enum { STAT_PASSED, STAT_CHOSEN, STAT_NOT_IP, STAT_COUNT };

const volatile __u32 permille = 250;
const volatile __u32 salt = 0;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, STAT_COUNT);
	__type(key, __u32);
	__type(value, struct counter);
} statistics SEC(".maps");

/* Puts the smaller end first, so that both directions look the same. */
static __noinline void order(struct flow *flow)
{
	struct flow turned = *flow;
	int swap = 0;

	for (int i = 0; i < 4; i++) {
		if (flow->source[i] != flow->destination[i]) {
			swap = bpf_ntohl(flow->source[i]) > bpf_ntohl(flow->destination[i]);
			break;
		}
	}
	if (!swap)
		return;
	__builtin_memcpy(turned.source, flow->destination, 16);
	__builtin_memcpy(turned.destination, flow->source, 16);
	turned.source_port = flow->destination_port;
	turned.destination_port = flow->source_port;
	*flow = turned;
}

/* Whether a hash falls into the share. */
__noinline int is_chosen(__u32 hash, __u32 share)
{
	return hash % 1000 < share;
}

__noinline __u32 hash_of(const struct flow *flow, __u32 with)
{
	if (!flow)
		return 0;
	return (__u32)mix64(hash_flow(flow) ^ with);
}

SEC("xdp")
int split(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct packet packet = {};
	struct flow flow = {};

	if (parse_packet(&packet, data, end) != PARSED || read_flow(&flow, &packet) != PARSED) {
		count(&statistics, STAT_NOT_IP, end - data);
		return XDP_PASS;
	}
	order(&flow);
	if (!is_chosen(hash_of(&flow, salt), permille)) {
		count(&statistics, STAT_PASSED, end - data);
		return XDP_PASS;
	}
	count(&statistics, STAT_CHOSEN, end - data);
	swap_addresses(packet.ethernet);
	return XDP_TX;
}

char LICENSE[] SEC("license") = "GPL";
