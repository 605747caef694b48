/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * lb: an L4 load balancer without state that has to be shared (the design of Maglev and Katran). A packet for a virtual address (VIP)
 * goes to one of its real servers: to the one its connection is known to have (LRU table), or else to the one a Maglev ring names for
 * its 5-tuple, so that balancers agree without talking to each other. The packet travels encapsulated, IP in IP or in UDP (GUE, variant 1), so
 * that the server sees the client's address and answers directly. ICMP echo to a VIP is answered here; ICMP errors follow the connection
 * they are about. All else passes to the stack.
 *
 * Settings (.rodata): ring_size (entries of a VIP's ring, a prime; rings must have room for ring_size times the number of VIPs).
 * Maps:
 *   vips             hash: struct vip_key { 16 bytes of address, u16 port (big endian, 0: any), u8 protocol, u8 0 } -> struct vip { u32 number, u32 flags }
 *                    flags: 1 do not look at source ports, 2 do not use the connection table
 *   rings            array: VIP number * ring_size + position -> u32 number of the real server
 *   connections      LRU hash: struct flow -> struct connection { u32 real, u32 0 }
 *   reals            array: number -> struct real { 16 bytes of address, u32 family (4, 6; 0: none), u32 encapsulation (0 IPIP, 1 GUE) }
 *   gateway          array: 0 -> struct gateway { u8 next hop's MAC[6], u8 own MAC[6], u32 own IPv4 address, 16 bytes of own IPv6 address }
 *   statistics       per-CPU array: VIP number -> struct counter { u64 packets, bytes }
 *   real_statistics  per-CPU array: real number -> struct counter
 *   events           per-CPU array: enum event -> u64
 */
#include "packet.h"
#include "checksum.h"
#include "hash.h"

#define MAX_VIPS 64
#define MAX_REALS 1024
#define DEFAULT_RING 1021
#define GUE_PORT 6080
#define TUNNEL_TTL 64

enum vip_flag {
	VIP_NO_SOURCE_PORT = 1,
	VIP_NO_CONNECTIONS = 2,
};

enum encapsulation {
	ENCAPSULATE_IPIP,
	ENCAPSULATE_GUE,
};

enum event {
	EVENT_KNOWN,	  /* found in the connection table */
	EVENT_NEW,	  /* chosen by the ring */
	EVENT_SYN,	  /* of these: a TCP connection's first packet */
	EVENT_STALE,	  /* its connection's real server is gone, chosen anew */
	EVENT_ECHO,	  /* ICMP echo answered */
	EVENT_ICMP_ERROR, /* ICMP error sent after its connection */
	EVENT_FRAGMENT,	  /* dropped */
	EVENT_NO_REAL,	  /* dropped */
	EVENT_NO_GATEWAY, /* dropped */
	EVENT_COUNT,
};

struct vip_key {
	__be32 address[4];
	__be16 port;
	__u8 protocol;
	__u8 padding;
};

struct vip {
	__u32 number;
	__u32 flags;
};

struct connection {
	__u32 real;
	__u32 padding;
};

struct real {
	__be32 address[4];
	__u32 family;
	__u32 encapsulation;
};

struct gateway {
	__u8 next_hop[ETH_ALEN];
	__u8 own[ETH_ALEN];
	__be32 address4;
	__be32 address6[4];
};

/* The headers put in front, without Ethernet. */
struct ipv4_gue {
	struct iphdr ip;
	struct udphdr udp;
} __attribute__((packed));

struct ipv6_gue {
	struct ipv6hdr ip;
	struct udphdr udp;
} __attribute__((packed));

const volatile __u32 ring_size = DEFAULT_RING;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_VIPS);
	__type(key, struct vip_key);
	__type(value, struct vip);
} vips SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_VIPS * DEFAULT_RING);
	__type(key, __u32);
	__type(value, __u32);
} rings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct flow);
	__type(value, struct connection);
} connections SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_REALS);
	__type(key, __u32);
	__type(value, struct real);
} reals SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct gateway);
} gateway SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MAX_VIPS);
	__type(key, __u32);
	__type(value, struct counter);
} statistics SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MAX_REALS);
	__type(key, __u32);
	__type(value, struct counter);
} real_statistics SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, EVENT_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} events SEC(".maps");

static __always_inline void note(__u32 event)
{
	__u64 *counter = bpf_map_lookup_elem(&events, &event);

	if (counter)
		(*counter)++;
}

/* The VIP of exactly this port, or of all ports. */
static __always_inline struct vip *find_vip(const struct flow *flow)
{
	struct vip_key key = { .port = flow->destination_port, .protocol = flow->protocol };
	struct vip *vip;

	__builtin_memcpy(key.address, flow->destination, sizeof(key.address));
	vip = bpf_map_lookup_elem(&vips, &key);
	if (vip)
		return vip;
	key.port = 0;
	return bpf_map_lookup_elem(&vips, &key);
}

/* True when the address serves any protocol: ICMP echo is answered for it. */
static __always_inline int is_vip(const struct flow *flow)
{
	struct flow tcp = *flow;

	tcp.protocol = IPPROTO_TCP;
	tcp.destination_port = bpf_htons(80);
	if (find_vip(&tcp))
		return 1;
	tcp.protocol = IPPROTO_UDP;
	tcp.destination_port = bpf_htons(443);
	return find_vip(&tcp) != NULL;
}

static __always_inline struct real *find_real(__u32 number)
{
	struct real *real = bpf_map_lookup_elem(&reals, &number);

	return real && real->family ? real : NULL;
}

static __always_inline struct real *ask_ring(const struct vip *vip, const struct flow *flow, __u32 *number)
{
	__u32 size = ring_size, index;
	struct flow hashed = *flow;
	__u32 *entry;

	if (vip->flags & VIP_NO_SOURCE_PORT)
		hashed.source_port = 0;
	if (size == 0)
		return NULL;
	index = vip->number * size + hash_flow(&hashed) % size;
	entry = bpf_map_lookup_elem(&rings, &index);
	if (!entry)
		return NULL;
	*number = *entry;
	return find_real(*number);
}

/* The real server for a packet: its connection's, or the ring's, which is remembered. */
static __always_inline struct real *choose_real(const struct vip *vip, const struct flow *flow, int opens, __u32 *number)
{
	int remembers = !(vip->flags & VIP_NO_CONNECTIONS);
	struct connection fresh = {};
	struct real *real;

	if (remembers && !opens) {
		struct connection *known = bpf_map_lookup_elem(&connections, flow);

		if (known) {
			*number = known->real;
			real = find_real(*number);
			if (real) {
				note(EVENT_KNOWN);
				return real;
			}
			note(EVENT_STALE);
		}
	}
	real = ask_ring(vip, flow, number);
	if (!real)
		return NULL;
	note(EVENT_NEW);
	if (opens)
		note(EVENT_SYN);
	if (remembers) {
		fresh.real = *number;
		bpf_map_update_elem(&connections, flow, &fresh, BPF_ANY);
	}
	return real;
}

static __always_inline void write_ethernet(struct ethhdr *ethernet, const struct gateway *from, __be16 type)
{
	__builtin_memcpy(ethernet->h_dest, from->next_hop, ETH_ALEN);
	__builtin_memcpy(ethernet->h_source, from->own, ETH_ALEN);
	ethernet->h_proto = type;
}

static __always_inline void write_ipv4(struct iphdr *ip, __be32 source, __be32 destination, __u8 protocol, __u32 length)
{
	__builtin_memset(ip, 0, sizeof(*ip));
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tot_len = bpf_htons(length);
	ip->frag_off = bpf_htons(0x4000);
	ip->ttl = TUNNEL_TTL;
	ip->protocol = protocol;
	ip->saddr = source;
	ip->daddr = destination;
	ip->check = ipv4_checksum(ip);
}

static __always_inline void write_ipv6(struct ipv6hdr *ip, const __be32 *source, const __be32 *destination, __u8 protocol, __u32 payload)
{
	__builtin_memset(ip, 0, sizeof(*ip));
	ip->version = 6;
	ip->payload_len = bpf_htons(payload);
	ip->nexthdr = protocol;
	ip->hop_limit = TUNNEL_TTL;
	__builtin_memcpy(&ip->saddr, source, 16);
	__builtin_memcpy(&ip->daddr, destination, 16);
}

static __always_inline void write_udp(struct udphdr *udp, __u32 hash, __u32 length)
{
	/* The source port tells flows apart for the hashing of switches and network cards on the way. */
	udp->source = bpf_htons(0xc000 | (hash & 0x3fff));
	udp->dest = bpf_htons(GUE_PORT);
	udp->len = bpf_htons(length);
	udp->check = 0;
}

/* Puts the tunnel's headers between Ethernet and the packet. */
static __always_inline int encapsulate(struct xdp_md *ctx, const struct real *real, const struct gateway *from, __u32 hash, __u32 length, __u8 family)
{
	int gue = real->encapsulation == ENCAPSULATE_GUE;
	__u8 protocol = family == 4 ? IPPROTO_IPIP : IPPROTO_IPV6;
	void *data, *end;

	if (real->family == 4) {
		__u32 outer = gue ? sizeof(struct ipv4_gue) : sizeof(struct iphdr);
		/* IP in IP has no port: the low bits of the source address tell flows apart instead. */
		__be32 source = gue ? from->address4 : from->address4 ^ bpf_htonl(hash & 0xffff);

		if (bpf_xdp_adjust_head(ctx, -(int)outer))
			return XDP_DROP;
		data = (void *)(long)ctx->data;
		end = (void *)(long)ctx->data_end;
		if (data + sizeof(struct ethhdr) + sizeof(struct ipv4_gue) > end)
			return XDP_DROP;
		write_ethernet(data, from, bpf_htons(ETH_P_IP));
		write_ipv4(data + sizeof(struct ethhdr), source, real->address[0], gue ? IPPROTO_UDP : protocol, length + outer);
		if (gue)
			write_udp(data + sizeof(struct ethhdr) + sizeof(struct iphdr), hash, length + sizeof(struct udphdr));
	} else {
		__u32 outer = gue ? sizeof(struct ipv6_gue) : sizeof(struct ipv6hdr);
		__be32 source[4];

		__builtin_memcpy(source, from->address6, sizeof(source));
		if (!gue)
			source[3] ^= bpf_htonl(hash & 0xffff);
		if (bpf_xdp_adjust_head(ctx, -(int)outer))
			return XDP_DROP;
		data = (void *)(long)ctx->data;
		end = (void *)(long)ctx->data_end;
		if (data + sizeof(struct ethhdr) + sizeof(struct ipv6_gue) > end)
			return XDP_DROP;
		write_ethernet(data, from, bpf_htons(ETH_P_IPV6));
		write_ipv6(data + sizeof(struct ethhdr), source, real->address, gue ? IPPROTO_UDP : protocol,
			   length + outer - sizeof(struct ipv6hdr));
		if (gue)
			write_udp(data + sizeof(struct ethhdr) + sizeof(struct ipv6hdr), hash, length + sizeof(struct udphdr));
	}
	return XDP_TX;
}

/* Turns an ICMP echo request into its answer. */
static __always_inline int answer_echo(struct packet *packet, struct icmp_header *icmp)
{
	__u8 answer = packet->family == 4 ? 0 : 129;
	__be16 before = *(__be16 *)icmp;

	icmp->type = answer;
	icmp->checksum = update_checksum16(icmp->checksum, before, *(__be16 *)icmp);
	if (packet->family == 4) {
		struct iphdr *ip = packet->network;
		__be32 address = ip->saddr;

		ip->saddr = ip->daddr;
		ip->daddr = address;
	} else {
		struct ipv6hdr *ip = packet->network;
		struct in6_addr address = ip->saddr;

		ip->saddr = ip->daddr;
		ip->daddr = address;
	}
	swap_addresses(packet->ethernet);
	note(EVENT_ECHO);
	return XDP_TX;
}

/* An ICMP error quotes a packet that a real server sent from the VIP: the flow it belongs to is the quoted one turned around. */
static __always_inline int read_quoted_flow(struct flow *flow, const struct packet *packet, struct icmp_header *icmp)
{
	__be16 *ports;

	if (packet->family == 4) {
		struct iphdr *quoted = (void *)(icmp + 1);

		if (!FITS(quoted, packet->end) || quoted->ihl != 5)
			return MALFORMED;
		ports = (void *)(quoted + 1);
		flow->source[0] = quoted->daddr;
		flow->destination[0] = quoted->saddr;
		flow->protocol = quoted->protocol;
	} else {
		struct ipv6hdr *quoted = (void *)(icmp + 1);

		if (!FITS(quoted, packet->end))
			return MALFORMED;
		ports = (void *)(quoted + 1);
		__builtin_memcpy(flow->source, &quoted->daddr, 16);
		__builtin_memcpy(flow->destination, &quoted->saddr, 16);
		flow->protocol = quoted->nexthdr;
	}
	flow->source_port = 0;
	flow->destination_port = 0;
	if (!has_ports(flow->protocol))
		return PARSED;
	if ((void *)(ports + 2) > packet->end)
		return MALFORMED;
	flow->source_port = ports[1];
	flow->destination_port = ports[0];
	return PARSED;
}

static __always_inline int is_icmp_error(const struct packet *packet, const struct icmp_header *icmp)
{
	if (packet->family == 4)
		return icmp->type == 3 || icmp->type == 11 || icmp->type == 12;
	return icmp->type >= 1 && icmp->type <= 4;
}

static __always_inline int is_echo_request(const struct packet *packet, const struct icmp_header *icmp)
{
	return icmp->type == (packet->family == 4 ? 8 : 128);
}

static __always_inline __u32 ip_length(const struct packet *packet)
{
	if (packet->family == 4)
		return bpf_ntohs(((struct iphdr *)packet->network)->tot_len);
	return bpf_ntohs(((struct ipv6hdr *)packet->network)->payload_len) + sizeof(struct ipv6hdr);
}

SEC("xdp")
int lb(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct packet packet = {};
	struct gateway *from;
	struct flow flow = {};
	__u32 number = 0, zero = 0, length;
	struct real *real;
	struct vip *vip;
	int opens = 0;

	if (parse_packet(&packet, data, end) != PARSED || packet.tags || read_flow(&flow, &packet) == MALFORMED)
		return XDP_PASS;
	if (packet.protocol == (packet.family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6) && packet.transport) {
		struct icmp_header *icmp = packet.transport;

		if (!FITS(icmp, end))
			return XDP_PASS;
		if (is_echo_request(&packet, icmp))
			return is_vip(&flow) ? answer_echo(&packet, icmp) : XDP_PASS;
		if (!is_icmp_error(&packet, icmp) || read_quoted_flow(&flow, &packet, icmp) == MALFORMED)
			return XDP_PASS;
		note(EVENT_ICMP_ERROR);
	}
	vip = find_vip(&flow);
	if (!vip)
		return XDP_PASS;
	if (packet.fragment) {
		note(EVENT_FRAGMENT);
		return XDP_DROP;
	}
	if (packet.protocol == IPPROTO_TCP && packet.transport) {
		struct tcphdr *tcp = packet.transport;

		if (!FITS(tcp, end))
			return XDP_DROP;
		opens = tcp->syn && !tcp->ack;
	}
	real = choose_real(vip, &flow, opens, &number);
	if (!real) {
		note(EVENT_NO_REAL);
		return XDP_DROP;
	}
	from = bpf_map_lookup_elem(&gateway, &zero);
	if (!from || !(from->address4 || from->address6[0])) {
		note(EVENT_NO_GATEWAY);
		return XDP_DROP;
	}
	length = ip_length(&packet);
	count(&statistics, vip->number, length);
	count(&real_statistics, number, length);
	return encapsulate(ctx, real, from, hash_flow(&flow), length, packet.family);
}

char LICENSE[] SEC("license") = "GPL";
