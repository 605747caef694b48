/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * nat44: network address and port translation for IPv4. Packets from the inside get the outside address and a port of their own, which
 * they keep (endpoint-independent mapping, RFC 4787); packets to the outside address are translated back by the same binding, or go to
 * the inside host that a forwarding rule names. TCP, UDP and ICMP echo are translated and passed on to be routed; whatever else goes to the outside
 * address passes to the stack, and what comes for a port that is not bound is dropped.
 *
 * Settings (.rodata): inside, inside_mask (the inside network), outside (the outside address), first_port, port_count: ports to give away.
 *           Numbers in host byte order; by default 10.0.0.0/8 behind 203.0.113.1.
 * Maps:
 *   outbound    LRU hash: struct endpoint { u32 address, u16 port or ICMP identifier, u8 protocol, u8 0 } (inside) -> struct endpoint (outside)
 *   inbound     LRU hash: struct endpoint (outside) -> struct endpoint (inside)
 *   forwards    hash: struct endpoint (outside) -> struct endpoint (inside): services that are reached from outside
 *   statistics  per-CPU array: enum statistic -> struct counter { u64 packets, bytes }
 */
#include "packet.h"
#include "checksum.h"
#include "hash.h"

#define ATTEMPTS 8
#define ICMP_ECHO_REPLY 0
#define ICMP_ECHO_REQUEST 8

enum statistic {
	STAT_OTHER, /* not translated, passed */
	STAT_OUT,
	STAT_OUT_NEW, /* of these: with a new binding */
	STAT_IN,
	STAT_IN_FORWARD,
	STAT_IN_UNBOUND,   /* dropped */
	STAT_NO_PORT,	   /* dropped */
	STAT_UNTRANSLATED, /* fragments and protocols without ports, dropped */
	STAT_COUNT,
};

struct endpoint {
	__be32 address;
	__be16 port;
	__u8 protocol;
	__u8 padding;
};

const volatile __u32 inside = 0x0a000000;
const volatile __u32 inside_mask = 0xff000000;
const volatile __u32 outside = 0xcb007101;
const volatile __u16 first_port = 1024;
const volatile __u16 port_count = 64511;

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct endpoint);
	__type(value, struct endpoint);
} outbound SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct endpoint);
	__type(value, struct endpoint);
} inbound SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct endpoint);
	__type(value, struct endpoint);
} forwards SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, STAT_COUNT);
	__type(key, __u32);
	__type(value, struct counter);
} statistics SEC(".maps");

/* Where in the packet the translated words are. */
struct fields {
	__be32 *address;
	__be16 *port;
	__sum16 *checksum; /* of the transport */
	__u8 has_pseudo_header;
	__u8 optional; /* UDP: a checksum of 0 means there is none */
};

/* Finds the port (or ICMP identifier) and checksum. 0 when this packet cannot be translated. */
static __always_inline int find_fields(struct fields *fields, const struct packet *packet, int outgoing)
{
	struct iphdr *ip = packet->network;

	if (packet->fragment || !packet->transport)
		return 0;
	fields->address = outgoing ? &ip->saddr : &ip->daddr;
	fields->has_pseudo_header = 1;
	switch (packet->protocol) {
	case IPPROTO_TCP: {
		struct tcphdr *tcp = packet->transport;

		if (!FITS(tcp, packet->end))
			return 0;
		fields->port = outgoing ? &tcp->source : &tcp->dest;
		fields->checksum = &tcp->check;
		return 1;
	}
	case IPPROTO_UDP: {
		struct udphdr *udp = packet->transport;

		if (!FITS(udp, packet->end))
			return 0;
		fields->port = outgoing ? &udp->source : &udp->dest;
		fields->checksum = &udp->check;
		fields->optional = 1;
		return 1;
	}
	case IPPROTO_ICMP: {
		struct icmp_header *icmp = packet->transport;

		if (!FITS(icmp, packet->end) || icmp->type != (outgoing ? ICMP_ECHO_REQUEST : ICMP_ECHO_REPLY))
			return 0;
		fields->port = &icmp->identifier;
		fields->checksum = &icmp->checksum;
		fields->has_pseudo_header = 0;
		return 1;
	}
	default:
		return 0;
	}
}

static __always_inline void translate(const struct packet *packet, const struct fields *fields, const struct endpoint *to)
{
	struct iphdr *ip = packet->network;
	__be32 address = *fields->address;
	__u16 checksum = *fields->checksum;

	ip->check = update_checksum32(ip->check, address, to->address);
	if (!(fields->optional && checksum == 0)) {
		if (fields->has_pseudo_header)
			checksum = update_checksum32(checksum, address, to->address);
		checksum = update_checksum16(checksum, *fields->port, to->port);
		if (fields->optional && checksum == 0)
			checksum = 0xffff;
		*fields->checksum = checksum;
	}
	*fields->address = to->address;
	*fields->port = to->port;
}

/* Takes a free outside port and makes the binding both ways. 0 when no port is free near the one first tried. */
static __always_inline int bind(const struct endpoint *from, struct endpoint *to)
{
	__u32 start = (__u32)mix64((__u64)from->address << 32 | (__u32)from->port << 8 | from->protocol);
	__u32 ports = port_count;

	if (ports == 0)
		return 0;
	to->address = bpf_htonl(outside);
	to->protocol = from->protocol;
#pragma unroll
	for (int i = 0; i < ATTEMPTS; i++) {
		to->port = bpf_htons(first_port + (start + i) % ports);
		/* A port that is forwarded belongs to its service. */
		if (bpf_map_lookup_elem(&forwards, to))
			continue;
		if (bpf_map_update_elem(&inbound, to, from, BPF_NOEXIST) == 0) {
			bpf_map_update_elem(&outbound, from, to, BPF_ANY);
			return 1;
		}
	}
	return 0;
}

static __always_inline int translate_out(const struct packet *packet)
{
	struct endpoint from = {}, fresh = {};
	struct fields fields = {};
	struct endpoint *known;

	if (!find_fields(&fields, packet, 1))
		return STAT_UNTRANSLATED;
	from.address = *fields.address;
	from.port = *fields.port;
	from.protocol = packet->protocol;
	known = bpf_map_lookup_elem(&outbound, &from);
	if (known) {
		translate(packet, &fields, known);
		return STAT_OUT;
	}
	if (!bind(&from, &fresh))
		return STAT_NO_PORT;
	translate(packet, &fields, &fresh);
	return STAT_OUT_NEW;
}

static __always_inline int translate_in(const struct packet *packet)
{
	struct fields fields = {};
	struct endpoint from = {};
	struct endpoint *to;
	int result = STAT_IN;

	if (!find_fields(&fields, packet, 0))
		return STAT_OTHER;
	from.address = *fields.address;
	from.port = *fields.port;
	from.protocol = packet->protocol;
	to = bpf_map_lookup_elem(&inbound, &from);
	if (!to) {
		to = bpf_map_lookup_elem(&forwards, &from);
		result = STAT_IN_FORWARD;
	}
	if (!to)
		return STAT_IN_UNBOUND;
	translate(packet, &fields, to);
	return result;
}

SEC("xdp")
int nat44(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct packet packet = {};
	int result = STAT_OTHER;
	struct iphdr *ip;

	if (parse_ethernet(&packet, data, end) == PARSED && packet.ether_type == bpf_htons(ETH_P_IP) && parse_ipv4(&packet) == PARSED) {
		ip = packet.network;
		if ((bpf_ntohl(ip->saddr) & inside_mask) == inside && (bpf_ntohl(ip->daddr) & inside_mask) != inside)
			result = translate_out(&packet);
		else if (ip->daddr == bpf_htonl(outside))
			result = translate_in(&packet);
	}
	count(&statistics, result, end - data);
	if (result == STAT_OUT_NEW)
		count(&statistics, STAT_OUT, end - data);
	return result == STAT_IN_UNBOUND || result == STAT_NO_PORT || result == STAT_UNTRANSLATED ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
