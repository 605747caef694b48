/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * tenants: a block list and a quota for each tenant, a tenant being a VLAN. A tenant's list is a map of its own, which is replaced as a whole by
 * one write to the outer map while traffic flows. Traffic without a tag belongs to tenant 0. A tenant without a list is not filtered.
 *
 * Maps:
 *   lists       array of maps: VLAN identifier -> hash: u32 source IPv4 address -> u64 packets dropped
 *   usages      hash of maps: u32 VLAN identifier -> array of one struct usage { u64 packets, bytes, quota (bytes; 0 for none), over }
 */
#include "packet.h"

#define MAX_TENANTS 4096

struct usage {
	__u64 packets;
	__u64 bytes;
	__u64 quota;
	__u64 over;
};

struct list {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __be32);
	__type(value, __u64);
};

struct usage_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct usage);
};

struct list list0 SEC(".maps"), list100 SEC(".maps");
struct usage_map usage0 SEC(".maps"), usage1 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, MAX_TENANTS);
	__type(key, __u32);
	__array(values, struct list);
} lists SEC(".maps") = {
	.values = { [0] = &list0, [100] = &list100 },
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, MAX_TENANTS);
	__type(key, __u32);
	__array(values, struct usage_map);
} usages SEC(".maps") = {
	.values = { &usage0, &usage1 },
};

/* True when the tenant has used up its quota. */
static __always_inline int is_over_quota(__u32 tenant, __u64 bytes)
{
	void *map = bpf_map_lookup_elem(&usages, &tenant);
	struct usage *usage;
	__u32 zero = 0;

	if (!map)
		return 0;
	usage = bpf_map_lookup_elem(map, &zero);
	if (!usage)
		return 0;
	__sync_fetch_and_add(&usage->packets, 1);
	if (__sync_fetch_and_add(&usage->bytes, bytes) + bytes <= usage->quota || usage->quota == 0)
		return 0;
	__sync_fetch_and_add(&usage->over, 1);
	return 1;
}

static __always_inline int is_blocked(__u32 tenant, __be32 source)
{
	void *list = bpf_map_lookup_elem(&lists, &tenant);
	__u64 *dropped;

	if (!list)
		return 0;
	dropped = bpf_map_lookup_elem(list, &source);
	if (!dropped)
		return 0;
	__sync_fetch_and_add(dropped, 1);
	return 1;
}

SEC("xdp")
int tenants(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct packet packet = {};

	if (parse_ethernet(&packet, data, end) != PARSED)
		return XDP_DROP;
	if (is_over_quota(packet.vlan, end - data))
		return XDP_DROP;
	if (packet.ether_type != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	if (parse_ipv4(&packet) != PARSED)
		return XDP_DROP;
	return is_blocked(packet.vlan, ((struct iphdr *)packet.network)->saddr) ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
