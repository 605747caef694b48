/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* From the first byte of a frame to its transport header: Ethernet, VLAN and QinQ tags, IPv4 with options, IPv6 with extension headers. */
#ifndef HEADRACE_PACKET_H
#define HEADRACE_PACKET_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define MAX_TAGS 3
#define MAX_EXTENSIONS 6

#define IPV4_OFFSET_MASK 0x1fff
#define IPV4_MORE_FRAGMENTS 0x2000

/* True when the header HEADER points at ends at or before END. */
#define FITS(HEADER, END) ((void *)((HEADER) + 1) <= (END))

struct vlan_header {
	__be16 tag;
	__be16 ether_type;
};

/* ICMP and ICMPv6 alike; the last two fields are those of an echo. */
struct icmp_header {
	__u8 type;
	__u8 code;
	__sum16 checksum;
	__be16 identifier;
	__be16 sequence;
};

struct extension_header {
	__u8 next;
	__u8 length;
	__be16 offset; /* of a fragment header */
	__be32 identification;
};

enum parse_result {
	PARSED,	   /* IPv4 or IPv6; transport is NULL in all but the first fragment */
	NOT_IP,	   /* some other protocol behind the tags */
	MALFORMED, /* a header is cut short or contradicts itself */
};

/* What was found; pointers are into the packet. */
struct packet {
	struct ethhdr *ethernet;
	void *network;
	void *transport;
	void *end;
	__be16 ether_type; /* behind the tags */
	__u16 vlan;	   /* identifier of the innermost tag, 0 without tags */
	__u8 tags;
	__u8 family; /* 4, 6, or 0 */
	__u8 protocol;
	__u8 fragment;
	__u8 options; /* IPv4 options or IPv6 extension headers */
};

/* A 5-tuple; an IPv4 address is in the first word, the others are 0. ICMP has the ports 0. */
struct flow {
	__be32 source[4];
	__be32 destination[4];
	__be16 source_port;
	__be16 destination_port;
	__u8 protocol;
	__u8 family; /* 4 or 6 */
	__u8 padding[2];
};

struct counter {
	__u64 packets;
	__u64 bytes;
};

static __always_inline int parse_ethernet(struct packet *packet, void *data, void *end)
{
	struct ethhdr *ethernet = data;
	struct vlan_header *tag = (void *)(ethernet + 1);
	__be16 type;

	if (!FITS(ethernet, end))
		return MALFORMED;
	packet->ethernet = ethernet;
	packet->end = end;
	type = ethernet->h_proto;
#pragma unroll
	for (int i = 0; i < MAX_TAGS; i++) {
		if (type != bpf_htons(ETH_P_8021Q) && type != bpf_htons(ETH_P_8021AD))
			break;
		if (!FITS(tag, end))
			return MALFORMED;
		packet->vlan = bpf_ntohs(tag->tag) & 0x0fff;
		packet->tags++;
		type = tag->ether_type;
		tag++;
	}
	packet->ether_type = type;
	packet->network = tag;
	return PARSED;
}

static __always_inline int parse_ipv4(struct packet *packet)
{
	struct iphdr *ip = packet->network;
	__u32 header, total;
	__u16 fragment;

	if (!FITS(ip, packet->end) || ip->version != 4)
		return MALFORMED;
	header = ip->ihl * 4;
	total = bpf_ntohs(ip->tot_len);
	if (header < sizeof(*ip) || total < header)
		return MALFORMED;
	if (packet->network + header > packet->end)
		return MALFORMED;
	fragment = bpf_ntohs(ip->frag_off);
	packet->family = 4;
	packet->protocol = ip->protocol;
	packet->options = header > sizeof(*ip);
	packet->fragment = (fragment & (IPV4_OFFSET_MASK | IPV4_MORE_FRAGMENTS)) != 0;
	packet->transport = fragment & IPV4_OFFSET_MASK ? NULL : packet->network + header;
	return PARSED;
}

static __always_inline int parse_ipv6(struct packet *packet)
{
	struct ipv6hdr *ip = packet->network;
	void *at = ip + 1;
	__u8 next;

	if (!FITS(ip, packet->end) || ip->version != 6)
		return MALFORMED;
	packet->family = 6;
	next = ip->nexthdr;
#pragma unroll
	for (int i = 0; i < MAX_EXTENSIONS; i++) {
		struct extension_header *extension = at;

		if (next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING && next != IPPROTO_DSTOPTS && next != IPPROTO_FRAGMENT &&
		    next != IPPROTO_AH)
			break;
		if (!FITS(extension, packet->end))
			return MALFORMED;
		packet->options = 1;
		if (next == IPPROTO_FRAGMENT) {
			packet->fragment = 1;
			at += sizeof(*extension);
			if (extension->offset & bpf_htons(0xfff8)) {
				packet->protocol = extension->next;
				packet->transport = NULL;
				return PARSED;
			}
		} else if (next == IPPROTO_AH) {
			at += (extension->length + 2) * 4;
		} else {
			at += (extension->length + 1) * 8;
		}
		next = extension->next;
	}
	packet->protocol = next;
	packet->transport = at;
	return PARSED;
}

/* Parses as far as the transport header, whose own length is not checked. *packet must be zeroed. */
static __always_inline int parse_packet(struct packet *packet, void *data, void *end)
{
	if (parse_ethernet(packet, data, end) != PARSED)
		return MALFORMED;
	if (packet->ether_type == bpf_htons(ETH_P_IP))
		return parse_ipv4(packet);
	if (packet->ether_type == bpf_htons(ETH_P_IPV6))
		return parse_ipv6(packet);
	return NOT_IP;
}

static __always_inline int has_ports(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_SCTP || protocol == IPPROTO_UDPLITE;
}

/* Fills the 5-tuple of a parsed packet. MALFORMED when the ports are cut off. *flow must be zeroed. */
static __always_inline int read_flow(struct flow *flow, const struct packet *packet)
{
	flow->protocol = packet->protocol;
	flow->family = packet->family;
	if (packet->family == 4) {
		struct iphdr *ip = packet->network;

		flow->source[0] = ip->saddr;
		flow->destination[0] = ip->daddr;
	} else {
		struct ipv6hdr *ip = packet->network;

		__builtin_memcpy(flow->source, &ip->saddr, 16);
		__builtin_memcpy(flow->destination, &ip->daddr, 16);
	}
	if (packet->transport && has_ports(packet->protocol)) {
		__be16 *ports = packet->transport;

		if ((void *)(ports + 2) > packet->end)
			return MALFORMED;
		flow->source_port = ports[0];
		flow->destination_port = ports[1];
	}
	return PARSED;
}

/* Adds one packet to a per-CPU array of struct counter. */
static __always_inline void count(void *map, __u32 index, __u64 bytes)
{
	struct counter *counter = bpf_map_lookup_elem(map, &index);

	if (counter) {
		counter->packets++;
		counter->bytes += bytes;
	}
}

/* Exchanges the two addresses of an Ethernet header. */
static __always_inline void swap_addresses(struct ethhdr *ethernet)
{
	__u8 address[ETH_ALEN];

	__builtin_memcpy(address, ethernet->h_dest, ETH_ALEN);
	__builtin_memcpy(ethernet->h_dest, ethernet->h_source, ETH_ALEN);
	__builtin_memcpy(ethernet->h_source, address, ETH_ALEN);
}

#endif
