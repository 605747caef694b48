/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * loop: verifies checksums of whole packets, which needs a loop over bytes nobody knows the number of: bpf_loop() with a callback.
 * IPv4 headers, TCP, UDP, ICMP and ICMPv6 with a wrong checksum are dropped; what has none, is a fragment or was cut short passes.
 *
 * Maps:
 *   statistics  per-CPU array: enum statistic -> struct counter { u64 packets, bytes }
 */
#include "packet.h"
#include "checksum.h"

#define CHUNK 32
#define MAX_CHUNKS (65536 / CHUNK)

enum statistic {
	STAT_RIGHT,
	STAT_WRONG_HEADER,
	STAT_WRONG_TRANSPORT,
	STAT_NONE, /* nothing to check */
	STAT_COUNT,
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, STAT_COUNT);
	__type(key, __u32);
	__type(value, struct counter);
} statistics SEC(".maps");

struct state {
	struct xdp_md *ctx;
	__u64 sum;
	__u64 offset;
	__u32 left;
	__u32 padding;
};

/* Adds the next chunk; 1 stops the loop. */
static long add_chunk(__u32 index __attribute__((unused)), struct state *state)
{
	__u16 words[CHUNK / 2] = {};
	__u32 size = state->left < CHUNK ? state->left : CHUNK;

	if (size == 0 || size > CHUNK)
		return 1;
	if (bpf_xdp_load_bytes(state->ctx, state->offset, words, size))
		return 1;
	for (int i = 0; i < CHUNK / 2; i++)
		state->sum += words[i];
	state->offset += size;
	state->left -= size;
	return 0;
}

static __always_inline __u16 fold64(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static __always_inline __u64 sum_words(const void *at, int words)
{
	const __u16 *word = at;
	__u64 sum = 0;

#pragma unroll
	for (int i = 0; i < words; i++)
		sum += word[i];
	return sum;
}

/* Where the transport is, how long, and the sum it starts with (the pseudo header). 0 when there is nothing to check. */
static __always_inline int prepare(struct state *state, const struct packet *packet, void *data)
{
	__u64 offset = packet->transport - data;
	__u32 total;

	if (packet->family == 4) {
		struct iphdr *ip = packet->network;

		total = bpf_ntohs(ip->tot_len) - ip->ihl * 4;
		if (packet->protocol != IPPROTO_ICMP)
			state->sum = sum_words(&ip->saddr, 4);
	} else {
		struct ipv6hdr *ip = packet->network;
		__u64 extensions = packet->transport - (packet->network + sizeof(*ip));

		total = bpf_ntohs(ip->payload_len) - extensions;
		state->sum = sum_words(&ip->saddr, 16);
	}
	if (packet->protocol != IPPROTO_ICMP || packet->family == 6)
		state->sum += bpf_htons(total) + bpf_htons(packet->protocol);
	if (packet->protocol == IPPROTO_UDP) {
		struct udphdr *udp = packet->transport;

		if (!FITS(udp, packet->end) || udp->check == 0)
			return 0;
	} else if (packet->protocol != IPPROTO_TCP && packet->protocol != (packet->family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6)) {
		return 0;
	}
	state->offset = offset;
	state->left = total;
	return total <= 0xffff;
}

/* One's complement sum of an IPv4 header with its options, which are at most ten words more. */
static __always_inline int header_is_right(const struct packet *packet)
{
	struct iphdr *ip = packet->network;
	__u64 sum = sum_words(ip, sizeof(*ip) / 2);
	__u32 *option = (void *)(ip + 1);

	for (int i = 5; i < 15; i++, option++) {
		if (i >= ip->ihl || (void *)(option + 1) > packet->end)
			break;
		sum += *option;
	}
	return fold64(sum) == 0xffff;
}

static __always_inline int check(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct state state = { .ctx = ctx };
	struct packet packet = {};

	if (parse_packet(&packet, data, end) != PARSED)
		return STAT_NONE;
	if (packet.family == 4 && !header_is_right(&packet))
		return STAT_WRONG_HEADER;
	if (packet.fragment || !packet.transport || !prepare(&state, &packet, data))
		return STAT_NONE;
	bpf_loop(MAX_CHUNKS, add_chunk, &state, 0);
	if (state.left)
		return STAT_NONE;
	return fold64(state.sum) == 0xffff ? STAT_RIGHT : STAT_WRONG_TRANSPORT;
}

SEC("xdp")
int loop(struct xdp_md *ctx)
{
	int result = check(ctx);

	count(&statistics, result, (void *)(long)ctx->data_end - (void *)(long)ctx->data);
	return result == STAT_WRONG_HEADER || result == STAT_WRONG_TRANSPORT ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
