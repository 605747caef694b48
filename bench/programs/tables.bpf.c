/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The programs of `headrace bench tables`: look-ups in tables larger than any cache, another element each run.
 *
 * Which element, is told by the packet where it carries TURN_TYPE and a number, else by a counter: the kernel's repeated test runs see
 * one packet only. Both give the same keys in the same order.
 *
 * Sizes are constants that whoever loads the object may make smaller.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in6.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define TURN_TYPE 0x88b5 /* IEEE 802: local experiments */
#define FLOW_BITS 22
#define FLOWS (1u << FLOW_BITS)
#define RECENT_BITS 20
#define RECENT (1u << RECENT_BITS)
#define ADDRESSES (1u << 20)

volatile const __u32 flow_bits = FLOW_BITS, recent_bits = RECENT_BITS, address_mask = ADDRESSES - 1;

struct turn {
	struct ethhdr eth;
	__u16 unused;
	__u32 number;
};

struct flow_key {
	__u32 source, destination, ports, protocol;
};

struct route_key {
	__u32 bits, address;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} turns SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, FLOWS);
	__type(key, struct flow_key);
	__type(value, __u64);
} flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, RECENT);
	__type(key, struct flow_key);
	__type(value, __u64);
} recent SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, RECENT);
	__type(key, struct route_key);
	__type(value, __u64);
} routes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ADDRESSES);
	__type(key, __u32);
	__type(value, __u32);
} addresses SEC(".maps");

struct route6_key {
	__u32 bits;
	struct in6_addr address;
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, RECENT);
	__type(key, struct route6_key);
	__type(value, __u64);
} routes6 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ADDRESSES);
	__type(key, __u32);
	__type(value, struct in6_addr);
} addresses6 SEC(".maps");

/* False when the packet is too short to tell. */
static __always_inline int next_turn(struct xdp_md *ctx, __u32 *turn)
{
	struct turn *packet = (void *)(long)ctx->data;
	__u32 zero = 0, *counter;

	if ((void *)(packet + 1) > (void *)(long)ctx->data_end)
		return 0;
	if (packet->eth.h_proto == bpf_htons(TURN_TYPE)) {
		*turn = packet->number;
		return 1;
	}
	counter = bpf_map_lookup_elem(&turns, &zero);
	if (!counter)
		return 0;
	*turn = (*counter)++;
	return 1;
}

/* Each number below 1 << bits once, in an order that has nothing to do with the one in which elements were put in. */
static __always_inline __u32 shuffle(__u32 turn, __u32 bits)
{
	__u32 mask = (1u << bits) - 1, number = turn * 0x9e3779b1u & mask;

	number ^= number >> bits / 2;
	number = number * 0x85ebca6bu & mask;
	return number ^ number >> bits / 2;
}

static __always_inline void flow_of(__u32 number, struct flow_key *key)
{
	key->source = number * 0x9e3779b1u;
	key->destination = number ^ 0x0a000001;
	key->ports = number >> 7;
	key->protocol = 17;
}

/* The key alone: what the look-ups are compared net of. */
SEC("xdp")
int flow_key(struct xdp_md *ctx)
{
	struct flow_key key;
	__u32 turn;

	if (!next_turn(ctx, &turn))
		return XDP_ABORTED;
	flow_of(shuffle(turn, flow_bits), &key);
	return (key.source ^ key.destination ^ key.ports) == 1 ? XDP_PASS : XDP_DROP;
}

SEC("xdp")
int flow(struct xdp_md *ctx)
{
	struct flow_key key;
	__u64 *value;
	__u32 turn;

	if (!next_turn(ctx, &turn))
		return XDP_ABORTED;
	flow_of(shuffle(turn, flow_bits), &key);
	value = bpf_map_lookup_elem(&flows, &key);
	if (!value)
		return XDP_ABORTED;
	return *value < FLOWS ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int lru(struct xdp_md *ctx)
{
	struct flow_key key;
	__u64 *value;
	__u32 turn;

	if (!next_turn(ctx, &turn))
		return XDP_ABORTED;
	flow_of(shuffle(turn, recent_bits), &key);
	value = bpf_map_lookup_elem(&recent, &key);
	if (!value)
		return XDP_ABORTED;
	return *value < FLOWS ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int route_key(struct xdp_md *ctx)
{
	__u32 turn, *address;

	if (!next_turn(ctx, &turn))
		return XDP_ABORTED;
	turn &= address_mask;
	address = bpf_map_lookup_elem(&addresses, &turn);
	if (!address)
		return XDP_ABORTED;
	return *address == 1 ? XDP_PASS : XDP_DROP;
}

SEC("xdp")
int route(struct xdp_md *ctx)
{
	struct route_key key = { .bits = 32 };
	__u32 turn, *address;
	__u64 *value;

	if (!next_turn(ctx, &turn))
		return XDP_ABORTED;
	turn &= address_mask;
	address = bpf_map_lookup_elem(&addresses, &turn);
	if (!address)
		return XDP_ABORTED;
	key.address = *address;
	value = bpf_map_lookup_elem(&routes, &key);
	if (!value)
		return XDP_ABORTED;
	return *value < FLOWS ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int route6_key(struct xdp_md *ctx)
{
	struct in6_addr *address;
	__u32 turn;

	if (!next_turn(ctx, &turn))
		return XDP_ABORTED;
	turn &= address_mask;
	address = bpf_map_lookup_elem(&addresses6, &turn);
	if (!address)
		return XDP_ABORTED;
	return address->s6_addr32[0] == 1 ? XDP_PASS : XDP_DROP;
}

SEC("xdp")
int route6(struct xdp_md *ctx)
{
	struct route6_key key = { .bits = 128 };
	struct in6_addr *address;
	__u64 *value;
	__u32 turn;

	if (!next_turn(ctx, &turn))
		return XDP_ABORTED;
	turn &= address_mask;
	address = bpf_map_lookup_elem(&addresses6, &turn);
	if (!address)
		return XDP_ABORTED;
	key.address = *address;
	value = bpf_map_lookup_elem(&routes6, &key);
	if (!value)
		return XDP_ABORTED;
	return *value < FLOWS ? XDP_DROP : XDP_PASS;
}

char _license[] SEC("license") = "Dual BSD/GPL";
