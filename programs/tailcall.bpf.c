/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * tailcall: a pipeline of programs, each of which does one layer and hands on by a tail call. What a stage has found travels in the
 * metadata in front of the packet. "entry" is the program to attach; it, "network4", "network6", "tcp" and "udp" are the pipeline.
 * A stage that is not there is skipped: the packet passes. "chain" calls itself until the kernel's limit of tail calls stops it.
 *
 * Maps:
 *   stages      program array: enum stage -> program (filled when the object is loaded)
 *   statistics  per-CPU array: enum statistic -> struct counter { u64 packets, bytes }
 *   depths      array: 0 -> u64 runs of chain so far (34 a packet: the first and 33 tail calls)
 */
#include "packet.h"

#define MAGIC 0x48656164
#define BLOCKED_PORT 23
#define MAX_OFFSET 255 /* no stage puts a header further in */

enum stage {
	STAGE_NETWORK4,
	STAGE_NETWORK6,
	STAGE_TCP,
	STAGE_UDP,
	STAGE_CHAIN,
	STAGE_COUNT,
};

enum statistic {
	STAT_ENTRY,
	STAT_NETWORK4,
	STAT_NETWORK6,
	STAT_TCP,
	STAT_UDP,
	STAT_BLOCKED,
	STAT_MALFORMED,
	STAT_COUNT,
};

/* What the stages tell each other, in front of the packet. */
struct metadata {
	__u32 magic;
	__u16 network;	 /* offset of the IP header */
	__u16 transport; /* offset of the transport header */
};

int network4(struct xdp_md *ctx);
int network6(struct xdp_md *ctx);
int tcp(struct xdp_md *ctx);
int udp(struct xdp_md *ctx);
int chain(struct xdp_md *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, STAGE_COUNT);
	__uint(key_size, sizeof(__u32));
	__array(values, int(struct xdp_md *));
} stages SEC(".maps") = {
	.values = {
		[STAGE_NETWORK4] = network4,
		[STAGE_NETWORK6] = network6,
		[STAGE_TCP] = tcp,
		[STAGE_UDP] = udp,
		[STAGE_CHAIN] = chain,
	},
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, STAT_COUNT);
	__type(key, __u32);
	__type(value, struct counter);
} statistics SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} depths SEC(".maps");

static __always_inline int malformed(struct xdp_md *ctx)
{
	count(&statistics, STAT_MALFORMED, (void *)(long)ctx->data_end - (void *)(long)ctx->data);
	return XDP_DROP;
}

static __always_inline void enter(struct xdp_md *ctx, __u32 statistic)
{
	count(&statistics, statistic, (void *)(long)ctx->data_end - (void *)(long)ctx->data);
}

/* The metadata, or NULL when the program was not reached through the pipeline. */
static __always_inline struct metadata *metadata_of(struct xdp_md *ctx)
{
	struct metadata *metadata = (void *)(long)ctx->data_meta;

	return FITS(metadata, (void *)(long)ctx->data) && metadata->magic == MAGIC ? metadata : NULL;
}

SEC("xdp")
int entry(struct xdp_md *ctx)
{
	struct metadata *metadata;
	struct packet packet = {};
	__u32 stage;

	enter(ctx, STAT_ENTRY);
	if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(*metadata)))
		return XDP_ABORTED;
	metadata = (void *)(long)ctx->data_meta;
	if (!FITS(metadata, (void *)(long)ctx->data))
		return XDP_ABORTED;
	if (parse_ethernet(&packet, (void *)(long)ctx->data, (void *)(long)ctx->data_end) != PARSED)
		return malformed(ctx);
	metadata->magic = MAGIC;
	metadata->network = packet.network - (void *)(long)ctx->data;
	metadata->transport = 0;
	if (packet.ether_type == bpf_htons(ETH_P_IP))
		stage = STAGE_NETWORK4;
	else if (packet.ether_type == bpf_htons(ETH_P_IPV6))
		stage = STAGE_NETWORK6;
	else
		return XDP_PASS;
	bpf_tail_call(ctx, &stages, stage);
	return XDP_PASS;
}

static __always_inline int next_stage(struct xdp_md *ctx, __u8 protocol)
{
	if (protocol == IPPROTO_TCP)
		bpf_tail_call(ctx, &stages, STAGE_TCP);
	else if (protocol == IPPROTO_UDP)
		bpf_tail_call(ctx, &stages, STAGE_UDP);
	return XDP_PASS;
}

SEC("xdp")
int network4(struct xdp_md *ctx)
{
	struct metadata *metadata = metadata_of(ctx);
	void *data = (void *)(long)ctx->data;
	struct iphdr *ip;
	__u32 offset;

	if (!metadata)
		return XDP_ABORTED;
	enter(ctx, STAT_NETWORK4);
	offset = metadata->network & MAX_OFFSET;
	ip = data + offset;
	if (!FITS(ip, (void *)(long)ctx->data_end) || ip->version != 4 || ip->ihl < 5)
		return malformed(ctx);
	if (ip->frag_off & bpf_htons(IPV4_OFFSET_MASK))
		return XDP_PASS;
	metadata->transport = offset + ip->ihl * 4;
	return next_stage(ctx, ip->protocol);
}

SEC("xdp")
int network6(struct xdp_md *ctx)
{
	struct metadata *metadata = metadata_of(ctx);
	void *data = (void *)(long)ctx->data;
	struct ipv6hdr *ip;
	__u32 offset;

	if (!metadata)
		return XDP_ABORTED;
	enter(ctx, STAT_NETWORK6);
	offset = metadata->network & MAX_OFFSET;
	ip = data + offset;
	if (!FITS(ip, (void *)(long)ctx->data_end) || ip->version != 6)
		return malformed(ctx);
	metadata->transport = offset + sizeof(*ip);
	return next_stage(ctx, ip->nexthdr);
}

SEC("xdp")
int tcp(struct xdp_md *ctx)
{
	struct metadata *metadata = metadata_of(ctx);
	void *data = (void *)(long)ctx->data;
	struct tcphdr *header;

	if (!metadata)
		return XDP_ABORTED;
	enter(ctx, STAT_TCP);
	header = data + (metadata->transport & MAX_OFFSET);
	if (!FITS(header, (void *)(long)ctx->data_end))
		return malformed(ctx);
	/* No flags, or SYN and FIN together, is what scanners send. */
	if (header->dest == bpf_htons(BLOCKED_PORT) || (header->syn && header->fin) || (((__u8 *)header)[13] & 0x3f) == 0) {
		enter(ctx, STAT_BLOCKED);
		return XDP_DROP;
	}
	return XDP_PASS;
}

SEC("xdp")
int udp(struct xdp_md *ctx)
{
	struct metadata *metadata = metadata_of(ctx);
	void *data = (void *)(long)ctx->data;
	struct udphdr *header;

	if (!metadata)
		return XDP_ABORTED;
	enter(ctx, STAT_UDP);
	header = data + (metadata->transport & MAX_OFFSET);
	if (!FITS(header, (void *)(long)ctx->data_end) || bpf_ntohs(header->len) < sizeof(*header))
		return malformed(ctx);
	if (header->source == 0 || header->dest == 0) {
		enter(ctx, STAT_BLOCKED);
		return XDP_DROP;
	}
	return XDP_PASS;
}

SEC("xdp")
int chain(struct xdp_md *ctx)
{
	__u32 zero = 0;
	__u64 *depth = bpf_map_lookup_elem(&depths, &zero);

	if (depth)
		__sync_fetch_and_add(depth, 1);
	bpf_tail_call(ctx, &stages, STAGE_CHAIN);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
