/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * tunnel: the two ends of point-to-point tunnels over IPv4. "encapsulate" wraps packets for remote networks in IP-in-IP, GRE or VXLAN and
 * sends them; "decapsulate" unwraps what arrives and hands it to the stack.
 *
 * Settings (.rodata): any_endpoint (1: decapsulate whatever arrives, 0: only for addresses in endpoints).
 * Maps:
 *   tunnels     LPM trie: { u32 prefix length, 4 bytes of inner IPv4 destination } -> struct tunnel { u32 local, u32 remote (addresses),
 *               u32 kind (0 IPIP, 1 GRE, 2 VXLAN), u32 network (VXLAN identifier), u8 destination MAC[6], source MAC[6] of the outer frame }
 *   endpoints   hash: u32 own IPv4 address -> u32 (anything)
 *   statistics  per-CPU array: enum statistic -> struct counter { u64 packets, bytes }
 */
#include "packet.h"
#include "checksum.h"
#include "hash.h"

#define VXLAN_PORT 4789
#define VXLAN_VALID 0x08
#define GRE_CHECKSUM 0x8000
#define GRE_KEY 0x2000
#define GRE_SEQUENCE 0x1000
#define GRE_KNOWN (GRE_CHECKSUM | GRE_KEY | GRE_SEQUENCE)
#define ETH_P_TRANSPARENT 0x6558
#define TUNNEL_TTL 64

enum kind {
	KIND_IPIP,
	KIND_GRE,
	KIND_VXLAN,
};

enum statistic {
	STAT_WRAPPED_IPIP,
	STAT_WRAPPED_GRE,
	STAT_WRAPPED_VXLAN,
	STAT_UNWRAPPED_IPIP,
	STAT_UNWRAPPED_GRE,
	STAT_UNWRAPPED_VXLAN,
	STAT_NO_TUNNEL,
	STAT_FAILED,
	STAT_COUNT,
};

struct network4 {
	__u32 length;
	__be32 address;
};

struct tunnel {
	__be32 local;
	__be32 remote;
	__u32 kind;
	__u32 network;
	__u8 destination[ETH_ALEN];
	__u8 source[ETH_ALEN];
};

struct gre_header {
	__be16 flags;
	__be16 protocol;
};

struct vxlan_header {
	__u8 flags;
	__u8 reserved[3];
	__be32 network; /* 24 bits, then 8 reserved */
};

const volatile __u8 any_endpoint = 1;

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, struct network4);
	__type(value, struct tunnel);
} tunnels SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __be32);
	__type(value, __u32);
} endpoints SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, STAT_COUNT);
	__type(key, __u32);
	__type(value, struct counter);
} statistics SEC(".maps");

static __always_inline void write_outer(void *at, const struct tunnel *tunnel, __u8 protocol, __u32 length)
{
	struct ethhdr *ethernet = at;
	struct iphdr *ip = at + sizeof(*ethernet);

	__builtin_memcpy(ethernet->h_dest, tunnel->destination, ETH_ALEN);
	__builtin_memcpy(ethernet->h_source, tunnel->source, ETH_ALEN);
	ethernet->h_proto = bpf_htons(ETH_P_IP);
	__builtin_memset(ip, 0, sizeof(*ip));
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tot_len = bpf_htons(sizeof(*ip) + length);
	ip->ttl = TUNNEL_TTL;
	ip->protocol = protocol;
	ip->saddr = tunnel->local;
	ip->daddr = tunnel->remote;
	ip->check = ipv4_checksum(ip);
}

/* Makes room in front; NULL when there is none. The room ends with the old Ethernet header. */
static __always_inline void *make_room(struct xdp_md *ctx, __u32 room)
{
	if (bpf_xdp_adjust_head(ctx, -(int)room))
		return NULL;
	return (void *)(long)ctx->data;
}

static __always_inline int wrap_ipip(struct xdp_md *ctx, const struct tunnel *tunnel, __u32 length)
{
	void *at = make_room(ctx, sizeof(struct iphdr));

	if (!at || at + sizeof(struct ethhdr) + sizeof(struct iphdr) > (void *)(long)ctx->data_end)
		return 0;
	write_outer(at, tunnel, IPPROTO_IPIP, length);
	return 1;
}

static __always_inline int wrap_gre(struct xdp_md *ctx, const struct tunnel *tunnel, __u32 length)
{
	void *at = make_room(ctx, sizeof(struct iphdr) + sizeof(struct gre_header));
	struct gre_header *gre = at + sizeof(struct ethhdr) + sizeof(struct iphdr);

	if (!at || !FITS(gre, (void *)(long)ctx->data_end))
		return 0;
	write_outer(at, tunnel, IPPROTO_GRE, sizeof(*gre) + length);
	gre->flags = 0;
	gre->protocol = bpf_htons(ETH_P_IP);
	return 1;
}

static __always_inline int wrap_vxlan(struct xdp_md *ctx, const struct tunnel *tunnel, __u32 frame, __u32 hash)
{
	void *at = make_room(ctx, sizeof(struct ethhdr) + sizeof(struct iphdr) + sizeof(struct udphdr) + sizeof(struct vxlan_header));
	struct udphdr *udp = at + sizeof(struct ethhdr) + sizeof(struct iphdr);
	struct vxlan_header *vxlan = (void *)(udp + 1);

	if (!at || !FITS(vxlan, (void *)(long)ctx->data_end))
		return 0;
	write_outer(at, tunnel, IPPROTO_UDP, sizeof(*udp) + sizeof(*vxlan) + frame);
	udp->source = bpf_htons(0xc000 | (hash & 0x3fff));
	udp->dest = bpf_htons(VXLAN_PORT);
	udp->len = bpf_htons(sizeof(*udp) + sizeof(*vxlan) + frame);
	udp->check = 0;
	vxlan->flags = VXLAN_VALID;
	__builtin_memset(vxlan->reserved, 0, sizeof(vxlan->reserved));
	vxlan->network = bpf_htonl(tunnel->network << 8);
	return 1;
}

SEC("xdp")
int encapsulate(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct network4 key = { .length = 32 };
	struct packet packet = {};
	struct tunnel *tunnel;
	struct flow flow = {};
	struct iphdr *ip;
	__u32 length, statistic;
	int done;

	if (parse_ethernet(&packet, data, end) != PARSED || packet.tags || packet.ether_type != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	if (parse_ipv4(&packet) != PARSED || read_flow(&flow, &packet) != PARSED)
		return XDP_PASS;
	ip = packet.network;
	key.address = ip->daddr;
	tunnel = bpf_map_lookup_elem(&tunnels, &key);
	if (!tunnel || ip->ttl <= 1) {
		count(&statistics, STAT_NO_TUNNEL, end - data);
		return XDP_PASS;
	}
	length = bpf_ntohs(ip->tot_len);
	decrement_ttl(ip);
	switch (tunnel->kind) {
	case KIND_IPIP:
		statistic = STAT_WRAPPED_IPIP;
		done = wrap_ipip(ctx, tunnel, length);
		break;
	case KIND_GRE:
		statistic = STAT_WRAPPED_GRE;
		done = wrap_gre(ctx, tunnel, length);
		break;
	default:
		statistic = STAT_WRAPPED_VXLAN;
		done = wrap_vxlan(ctx, tunnel, end - data, hash_flow(&flow));
		break;
	}
	count(&statistics, done ? statistic : STAT_FAILED, length);
	return done ? XDP_TX : XDP_DROP;
}

/* How much to cut off, and what is behind it; 0 when it is no tunnel packet. */
static __always_inline __u32 measure_outer(const struct packet *packet, __be16 *inner, __u32 *statistic)
{
	void *at = packet->transport;

	switch (packet->protocol) {
	case IPPROTO_IPIP:
	case IPPROTO_IPV6:
		*inner = packet->protocol == IPPROTO_IPIP ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6);
		*statistic = STAT_UNWRAPPED_IPIP;
		return sizeof(struct iphdr);
	case IPPROTO_GRE: {
		struct gre_header *gre = at;
		__u32 size = sizeof(*gre);
		__u16 flags;

		if (!FITS(gre, packet->end))
			return 0;
		flags = bpf_ntohs(gre->flags);
		/* Routing, recursion and versions other than 0 (RFC 2784, RFC 2890) are for the stack. */
		if (flags & ~GRE_KNOWN)
			return 0;
		*inner = gre->protocol;
		if (*inner != bpf_htons(ETH_P_IP) && *inner != bpf_htons(ETH_P_IPV6) && *inner != bpf_htons(ETH_P_TRANSPARENT))
			return 0;
		size += (flags & GRE_CHECKSUM ? 4 : 0) + (flags & GRE_KEY ? 4 : 0) + (flags & GRE_SEQUENCE ? 4 : 0);
		*statistic = STAT_UNWRAPPED_GRE;
		return sizeof(struct iphdr) + size;
	}
	case IPPROTO_UDP: {
		struct udphdr *udp = at;
		struct vxlan_header *vxlan = (void *)(udp + 1);

		if (!FITS(vxlan, packet->end) || udp->dest != bpf_htons(VXLAN_PORT) || vxlan->flags != VXLAN_VALID)
			return 0;
		*inner = bpf_htons(ETH_P_TRANSPARENT);
		*statistic = STAT_UNWRAPPED_VXLAN;
		return sizeof(struct iphdr) + sizeof(*udp) + sizeof(*vxlan);
	}
	default:
		return 0;
	}
}

SEC("xdp")
int decapsulate(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u32 outer, statistic = STAT_NO_TUNNEL;
	struct packet packet = {};
	struct ethhdr ethernet;
	struct iphdr *ip;
	__be16 inner = 0;

	if (parse_ethernet(&packet, data, end) != PARSED || packet.tags || packet.ether_type != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	if (parse_ipv4(&packet) != PARSED || packet.options || packet.fragment || !packet.transport)
		return XDP_PASS;
	ip = packet.network;
	if (!any_endpoint && !bpf_map_lookup_elem(&endpoints, &ip->daddr))
		return XDP_PASS;
	outer = measure_outer(&packet, &inner, &statistic);
	if (!outer) {
		count(&statistics, STAT_NO_TUNNEL, end - data);
		return XDP_PASS;
	}
	ethernet = *packet.ethernet;
	/* A whole frame was inside: its own Ethernet header takes the outer one's place. */
	if (inner == bpf_htons(ETH_P_TRANSPARENT))
		outer += sizeof(ethernet);
	if (bpf_xdp_adjust_head(ctx, outer)) {
		count(&statistics, STAT_FAILED, end - data);
		return XDP_DROP;
	}
	data = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	if (inner != bpf_htons(ETH_P_TRANSPARENT)) {
		ethernet.h_proto = inner;
		if (data + sizeof(ethernet) > end)
			return XDP_DROP;
		__builtin_memcpy(data, &ethernet, sizeof(ethernet));
	}
	count(&statistics, statistic, end - data);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
