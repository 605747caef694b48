/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The programs of `headrace bench engine maps`: one for each map and helper an engine has to be quick at. Maps hold what the benchmark puts
 * in: the packet's addresses and ports as keys, and others around them. Only "encapsulate" changes the packet; the benchmark puts it back.
 */
#include "suite.h"

#define CHAIN 4

struct lpm_key {
	__u32 bits;
	__u32 address;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} cpu_counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} hosts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct flow_key);
	__type(value, __u64);
} flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, struct lpm_key);
	__type(value, __u64);
} routes SEC(".maps");

struct wide_key {
	__u8 source[16], destination[16];
	__u16 source_port, destination_port;
	__u32 protocol;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct wide_key);
	__type(value, __u64);
} wide_flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct flow_key);
	__type(value, __u64);
} recent_flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u32);
} ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 2 * 1024 * 1024);
} records SEC(".maps");

int link0(struct xdp_md *ctx);
int link1(struct xdp_md *ctx);
int link2(struct xdp_md *ctx);
int link3(struct xdp_md *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, CHAIN);
	__uint(key_size, sizeof(__u32));
	__array(values, int(struct xdp_md *));
} chain SEC(".maps") = {
	.values = { link0, link1, link2, link3 },
};

/* A counter in an array, and one a CPU. */
SEC("xdp")
int count(struct xdp_md *ctx)
{
	__u8 *data = data_of(ctx);
	__u32 key;
	__u64 *counter;

	if (data + 24 > (__u8 *)end_of(ctx))
		return XDP_ABORTED;
	key = data[23];
	counter = bpf_map_lookup_elem(&counters, &key);
	if (counter)
		__sync_fetch_and_add(counter, 1);
	counter = bpf_map_lookup_elem(&cpu_counters, &key);
	if (counter)
		*counter += 1;
	return XDP_DROP;
}

/* One look-up of a 4-byte key. */
SEC("xdp")
int hash4(struct xdp_md *ctx)
{
	void *data = data_of(ctx);
	struct iphdr *ip = data + sizeof(struct ethhdr);
	__u32 key;
	__u64 *value;

	if ((void *)(ip + 1) > end_of(ctx))
		return XDP_ABORTED;
	key = ip->saddr;
	value = bpf_map_lookup_elem(&hosts, &key);
	return value && *value ? XDP_DROP : XDP_PASS;
}

/* One look-up of a 16-byte key, with the parsing that makes it. */
SEC("xdp")
int hash16(struct xdp_md *ctx)
{
	struct flow_key key;
	__u64 *value;

	if (!parse_flow(ctx, &key))
		return XDP_PASS;
	value = bpf_map_lookup_elem(&flows, &key);
	return value && *value ? XDP_DROP : XDP_PASS;
}

/* The same in a map that evicts. */
SEC("xdp")
int lru16(struct xdp_md *ctx)
{
	struct flow_key key;
	__u64 *value;

	if (!parse_flow(ctx, &key))
		return XDP_PASS;
	value = bpf_map_lookup_elem(&recent_flows, &key);
	return value && *value ? XDP_DROP : XDP_PASS;
}

/* One look-up of a 40-byte key: the IPv4 flow in the form of an IPv6 one. */
SEC("xdp")
int hash40(struct xdp_md *ctx)
{
	struct wide_key key = {};
	struct flow_key flow;
	__u64 *value;

	if (!parse_flow(ctx, &flow))
		return XDP_PASS;
	key.source[10] = key.source[11] = key.destination[10] = key.destination[11] = 0xff;
	*(__u32 *)(key.source + 12) = flow.source;
	*(__u32 *)(key.destination + 12) = flow.destination;
	key.source_port = flow.source_port;
	key.destination_port = flow.destination_port;
	key.protocol = flow.protocol;
	value = bpf_map_lookup_elem(&wide_flows, &key);
	return value && *value ? XDP_DROP : XDP_PASS;
}

/* A packet sent on by an entry of a devmap. */
SEC("xdp")
int redirect_map(struct xdp_md *ctx)
{
	return bpf_redirect_map(&ports, 0, XDP_PASS);
}

/* One longest-prefix match. */
SEC("xdp")
int lpm(struct xdp_md *ctx)
{
	void *data = data_of(ctx);
	struct iphdr *ip = data + sizeof(struct ethhdr);
	struct lpm_key key = { .bits = 32 };
	__u64 *value;

	if ((void *)(ip + 1) > end_of(ctx))
		return XDP_ABORTED;
	key.address = ip->daddr;
	value = bpf_map_lookup_elem(&routes, &key);
	return value && *value ? XDP_DROP : XDP_PASS;
}

/* The checksum helper over an IPv4 header. */
SEC("xdp")
int csum_diff(struct xdp_md *ctx)
{
	void *data = data_of(ctx);
	struct iphdr *ip = data + sizeof(struct ethhdr);

	if ((void *)(ip + 1) > end_of(ctx))
		return XDP_ABORTED;
	return bpf_csum_diff(0, 0, (__be32 *)ip, sizeof(*ip), 0) & 1 ? XDP_DROP : XDP_PASS;
}

/* An outer IPv4 header in front, with its checksum: IP in IP. */
SEC("xdp")
int encapsulate(struct xdp_md *ctx)
{
	void *data = data_of(ctx);
	struct ethhdr ethernet;
	struct iphdr *ip = data + sizeof(struct ethhdr);
	__u32 sum, length;
	__u16 *words;

	if ((void *)(ip + 1) > end_of(ctx))
		return XDP_ABORTED;
	ethernet = *(struct ethhdr *)data;
	length = bpf_ntohs(ip->tot_len) + sizeof(*ip);
	if (bpf_xdp_adjust_head(ctx, -(int)sizeof(*ip)))
		return XDP_ABORTED;
	data = data_of(ctx);
	ip = data + sizeof(struct ethhdr);
	if ((void *)(ip + 1) > end_of(ctx))
		return XDP_ABORTED;
	*(struct ethhdr *)data = ethernet;
	__builtin_memset(ip, 0, sizeof(*ip));
	ip->version = 4;
	ip->ihl = 5;
	ip->tot_len = bpf_htons(length);
	ip->ttl = 64;
	ip->protocol = IPPROTO_IPIP;
	ip->saddr = bpf_htonl(0xc0000201);
	ip->daddr = bpf_htonl(0xc0000202);
	words = (__u16 *)ip;
	sum = 0;
#pragma unroll
	for (int i = 0; i < 10; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	ip->check = ~sum;
	return XDP_TX;
}

struct record {
	__u64 words[8];
};

/* The packet's first 64 bytes to user space. */
SEC("xdp")
int ring_output(struct xdp_md *ctx)
{
	struct record record;
	void *data = data_of(ctx);

	if (data + sizeof(record) > end_of(ctx))
		return XDP_ABORTED;
	record = *(struct record *)data;
	return bpf_ringbuf_output(&records, &record, sizeof(record), 0) ? XDP_ABORTED : XDP_DROP;
}

static volatile __u64 loop_sum;

static long loop_step(__u32 index, void *unused)
{
	loop_sum += index;
	return 0;
}

/* A callback of bpf_loop, 64 times, and a global variable. */
SEC("xdp")
int loop(struct xdp_md *ctx)
{
	bpf_loop(64, loop_step, 0, 0);
	return loop_sum & 1 ? XDP_PASS : XDP_DROP;
}

/* Four tail calls. */
SEC("xdp")
int tail_calls(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &chain, 0);
	return XDP_ABORTED;
}

SEC("xdp")
int link0(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &chain, 1);
	return XDP_ABORTED;
}

SEC("xdp")
int link1(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &chain, 2);
	return XDP_ABORTED;
}

SEC("xdp")
int link2(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &chain, 3);
	return XDP_ABORTED;
}

SEC("xdp")
int link3(struct xdp_md *ctx)
{
	return XDP_DROP;
}

char _license[] SEC("license") = "Dual BSD/GPL";
