/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * greylist: drops the first TCP SYN of every source it has not seen. A real client sends it again after a second; a flood of forged
 * sources never does. The sources seen are kept in a bloom filter: no memory a source, and at worst a forged SYN in a hundred passes.
 *
 * Maps:
 *   seen        bloom filter: 16 bytes of source address
 *   newcomers   queue: struct newcomer { u64 time in ns, 16 bytes of address, u16 port (big endian), u8 family, ... } for user space to read in order
 *   latest      stack: struct newcomer; the newest on top, the oldest fall out
 *   statistics  per-CPU array: enum statistic -> struct counter { u64 packets, bytes }
 */
#include "packet.h"

enum statistic {
	STAT_OTHER,
	STAT_KNOWN,
	STAT_FIRST,	 /* dropped */
	STAT_QUEUE_FULL, /* of these: not told to user space */
	STAT_COUNT,
};

struct address {
	__be32 words[4];
};

struct newcomer {
	__u64 time;
	struct address source;
	__be16 port;
	__u8 family;
	__u8 padding[5];
};

struct {
	__uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
	__uint(max_entries, 65536);
	__uint(map_extra, 5);
	__uint(value_size, sizeof(struct address));
} seen SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1024);
	__uint(value_size, sizeof(struct newcomer));
} newcomers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(max_entries, 16);
	__uint(value_size, sizeof(struct newcomer));
} latest SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, STAT_COUNT);
	__type(key, __u32);
	__type(value, struct counter);
} statistics SEC(".maps");

static __always_inline int admit(const struct flow *flow, __u64 bytes)
{
	struct newcomer newcomer = { .port = flow->destination_port, .family = flow->family };
	struct address source;

	__builtin_memcpy(source.words, flow->source, sizeof(source.words));
	if (bpf_map_peek_elem(&seen, &source) == 0)
		return STAT_KNOWN;
	bpf_map_push_elem(&seen, &source, BPF_ANY);
	newcomer.time = bpf_ktime_get_ns();
	newcomer.source = source;
	if (bpf_map_push_elem(&newcomers, &newcomer, BPF_ANY))
		count(&statistics, STAT_QUEUE_FULL, bytes);
	bpf_map_push_elem(&latest, &newcomer, BPF_EXIST);
	return STAT_FIRST;
}

SEC("xdp")
int greylist(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct packet packet = {};
	struct flow flow = {};
	int result = STAT_OTHER;

	if (parse_packet(&packet, data, end) == PARSED && packet.protocol == IPPROTO_TCP && packet.transport) {
		struct tcphdr *tcp = packet.transport;

		if (FITS(tcp, end) && tcp->syn && !tcp->ack && read_flow(&flow, &packet) == PARSED)
			result = admit(&flow, end - data);
	}
	count(&statistics, result, end - data);
	return result == STAT_FIRST ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
