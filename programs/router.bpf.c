/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * router: forwards IPv4 and IPv6 by longest prefix. A route names a neighbour (its MAC addresses and the port it is behind); the packet
 * gets the neighbour's addresses, one hop less, and is redirected to the port. What needs the full network stack passes to it:
 * packets without a route, with options, for multicast or loopback, whose hops are used up (the stack answers ICMP), or too large for the next link.
 * Malformed packets and IPv4 headers with a wrong checksum are dropped.
 *
 * Maps:
 *   routes4     LPM trie: { u32 prefix length, 4 bytes of address } -> u32 number of the neighbour
 *   routes6     LPM trie: { u32 prefix length, 16 bytes of address } -> u32 number of the neighbour
 *   neighbours  array: number -> struct neighbour { u8 destination MAC[6], source MAC[6], u32 port, u32 mtu (0: any) }
 *   ports       devmap: port -> u32 interface index
 *   statistics  per-CPU array: enum statistic -> struct counter { u64 packets, bytes }
 */
#include "packet.h"
#include "checksum.h"

enum statistic {
	STAT_FORWARDED,
	STAT_NOT_IP,
	STAT_MALFORMED,
	STAT_SPECIAL, /* options, or a destination that is not forwarded */
	STAT_HOPS,
	STAT_NO_ROUTE,
	STAT_NO_NEIGHBOUR,
	STAT_TOO_LARGE,
	STAT_NO_PORT,
	STAT_COUNT,
};

struct route4 {
	__u32 length;
	__be32 address;
};

struct route6 {
	__u32 length;
	__be32 address[4];
};

struct neighbour {
	__u8 destination[ETH_ALEN];
	__u8 source[ETH_ALEN];
	__u32 port;
	__u32 mtu;
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1048576);
	__type(key, struct route4);
	__type(value, __u32);
} routes4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 262144);
	__type(key, struct route6);
	__type(value, __u32);
} routes6 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct neighbour);
} neighbours SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 64);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, STAT_COUNT);
	__type(key, __u32);
	__type(value, struct counter);
} statistics SEC(".maps");

/* Multicast, loopback, "this network" and the reserved end of IPv4. */
static __always_inline int is_special4(__be32 address)
{
	__u32 first = bpf_ntohl(address) >> 24;

	return first == 0 || first == 127 || first >= 224;
}

/* Multicast, link-local, loopback and unspecified. */
static __always_inline int is_special6(const struct in6_addr *address)
{
	const __be32 *word = address->s6_addr32;

	return address->s6_addr[0] == 0xff || (word[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000) ||
	       (word[0] == 0 && word[1] == 0 && word[2] == 0 && (word[3] == 0 || word[3] == bpf_htonl(1)));
}

static __always_inline int route_ipv4(struct packet *packet, __u32 **number, __u32 *length)
{
	struct iphdr *ip = packet->network;
	struct route4 key = { .length = 32 };

	if (parse_ipv4(packet) != PARSED)
		return STAT_MALFORMED;
	if (packet->options || is_special4(ip->daddr))
		return STAT_SPECIAL;
	if (ipv4_checksum(ip) != 0)
		return STAT_MALFORMED;
	if (ip->ttl <= 1)
		return STAT_HOPS;
	key.address = ip->daddr;
	*number = bpf_map_lookup_elem(&routes4, &key);
	*length = bpf_ntohs(ip->tot_len);
	return STAT_FORWARDED;
}

static __always_inline int route_ipv6(struct packet *packet, __u32 **number, __u32 *length)
{
	struct ipv6hdr *ip = packet->network;
	struct route6 key = { .length = 128 };

	if (!FITS(ip, packet->end) || ip->version != 6)
		return STAT_MALFORMED;
	/* Only a hop-by-hop header concerns a router. */
	if (ip->nexthdr == IPPROTO_HOPOPTS || is_special6(&ip->daddr))
		return STAT_SPECIAL;
	if (ip->hop_limit <= 1)
		return STAT_HOPS;
	__builtin_memcpy(key.address, &ip->daddr, sizeof(key.address));
	*number = bpf_map_lookup_elem(&routes6, &key);
	*length = bpf_ntohs(ip->payload_len) + sizeof(*ip);
	return STAT_FORWARDED;
}

static __always_inline int forward(struct packet *packet, __u32 *port)
{
	__u32 *number = NULL, length = 0;
	struct neighbour *neighbour;
	int result;

	if (packet->ether_type == bpf_htons(ETH_P_IP))
		result = route_ipv4(packet, &number, &length);
	else
		result = route_ipv6(packet, &number, &length);
	if (result != STAT_FORWARDED)
		return result;
	if (!number)
		return STAT_NO_ROUTE;
	neighbour = bpf_map_lookup_elem(&neighbours, number);
	if (!neighbour || (*(__u16 *)neighbour->destination | *(__u32 *)(neighbour->destination + 2)) == 0)
		return STAT_NO_NEIGHBOUR;
	if (neighbour->mtu && length > neighbour->mtu)
		return STAT_TOO_LARGE;
	*port = neighbour->port;
	if (!bpf_map_lookup_elem(&ports, port))
		return STAT_NO_PORT;

	if (packet->ether_type == bpf_htons(ETH_P_IP))
		decrement_ttl(packet->network);
	else
		((struct ipv6hdr *)packet->network)->hop_limit--;
	__builtin_memcpy(packet->ethernet->h_dest, neighbour->destination, ETH_ALEN);
	__builtin_memcpy(packet->ethernet->h_source, neighbour->source, ETH_ALEN);
	return STAT_FORWARDED;
}

SEC("xdp")
int router(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct packet packet = {};
	__u32 port = 0;
	int result = parse_ethernet(&packet, data, end) == PARSED ? STAT_FORWARDED : STAT_MALFORMED;

	if (result == STAT_FORWARDED) {
		int ip = packet.ether_type == bpf_htons(ETH_P_IP) || packet.ether_type == bpf_htons(ETH_P_IPV6);

		/* A tagged packet belongs to a VLAN interface of the stack. */
		result = ip && !packet.tags ? forward(&packet, &port) : STAT_NOT_IP;
	}
	count(&statistics, result, end - data);
	if (result == STAT_FORWARDED)
		return bpf_redirect_map(&ports, port, XDP_DROP);
	return result == STAT_MALFORMED ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
