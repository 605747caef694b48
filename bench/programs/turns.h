/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Another packet each run, for programs of ../../programs that are measured with large tables: the kernel's repeated test runs give a program one
 * packet only. Where that is marked by TURN_TYPE, an IPv4 and UDP packet is written over it first, made from a counter, and the mark
 * is put back afterwards. Packets without the mark are left as they are.
 */
#ifndef HEADRACE_TURNS_H
#define HEADRACE_TURNS_H

#include "../../programs/include/packet.h"
#include "../../programs/include/checksum.h"

#define TURN_TYPE 0x88b5 /* IEEE 802: local experiments */

/* The headers lie behind each other without the padding that their types would ask for. */
struct turn_packet {
	struct ethhdr ethernet;
	__u8 network[sizeof(struct iphdr) + sizeof(struct udphdr)];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} turns SEC(".maps");

/* Each number below 1 << bits once, in an order that has nothing to do with the one in which elements were put in. */
static __always_inline __u32 shuffle(__u32 turn, __u32 bits)
{
	__u32 mask = (1u << bits) - 1, number = turn * 0x9e3779b1u & mask;

	number ^= number >> bits / 2;
	number = number * 0x85ebca6bu & mask;
	return number ^ number >> bits / 2;
}

/* The marked packet and the turn's number; NULL for a packet without the mark. */
static __always_inline struct turn_packet *take_turn(struct xdp_md *ctx, __u32 *turn)
{
	struct turn_packet *packet = (void *)(long)ctx->data;
	__u32 zero = 0, *counter = bpf_map_lookup_elem(&turns, &zero);

	if (!counter || (void *)(packet + 1) > (void *)(long)ctx->data_end || packet->ethernet.h_proto != bpf_htons(TURN_TYPE))
		return NULL;
	*turn = (*counter)++;
	return packet;
}

static __always_inline void write_packet(struct turn_packet *packet, __be32 source, __be32 destination, __u16 port)
{
	struct iphdr *ip = (void *)(&packet->ethernet + 1);
	struct udphdr *udp = (void *)(ip + 1);

	packet->ethernet.h_proto = bpf_htons(ETH_P_IP);
	ip->version = 4;
	ip->ihl = 5;
	ip->tos = 0;
	ip->tot_len = bpf_htons(46);
	ip->id = 0;
	ip->frag_off = 0;
	ip->ttl = 64;
	ip->protocol = IPPROTO_UDP;
	ip->check = 0;
	ip->saddr = source;
	ip->daddr = destination;
	ip->check = ipv4_checksum(ip);
	udp->source = bpf_htons(port);
	udp->dest = bpf_htons(443);
	udp->len = bpf_htons(26);
	udp->check = 0;
}

/* Puts the mark back, and takes off so many bytes that were put in front. */
static __always_inline int end_turn(struct xdp_md *ctx, int added)
{
	struct ethhdr *ethernet;

	if (added && bpf_xdp_adjust_head(ctx, added))
		return XDP_ABORTED;
	ethernet = (void *)(long)ctx->data;
	if ((void *)(ethernet + 1) > (void *)(long)ctx->data_end)
		return XDP_ABORTED;
	ethernet->h_proto = bpf_htons(TURN_TYPE);
	return XDP_PASS;
}

#endif
