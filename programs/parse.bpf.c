/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * parse: walks every header from Ethernet to the transport (VLAN, QinQ, IPv4 with options, IPv6 with extension headers, TCP, UDP,
 * ICMP) and counts what it finds. Well-formed packets pass; those whose headers are cut short or contradict themselves are dropped.
 *
 * Maps:
 *   statistics  per-CPU array: enum statistic -> struct counter { u64 packets, bytes }
 */
#include "packet.h"

enum statistic {
	STAT_ALL,
	STAT_MALFORMED,
	STAT_NOT_IP,
	STAT_ARP,
	STAT_VLAN,
	STAT_QINQ,
	STAT_IPV4,
	STAT_IPV4_OPTIONS,
	STAT_IPV6,
	STAT_IPV6_EXTENSIONS,
	STAT_FRAGMENT,
	STAT_TCP,
	STAT_UDP,
	STAT_ICMP,
	STAT_ICMPV6,
	STAT_OTHER_TRANSPORT,
	STAT_COUNT,
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, STAT_COUNT);
	__type(key, __u32);
	__type(value, struct counter);
} statistics SEC(".maps");

/* Which transport it is; STAT_MALFORMED when its header is cut short. */
static __always_inline __u32 transport_of(const struct packet *packet)
{
	void *header = packet->transport;

	switch (packet->protocol) {
	case IPPROTO_TCP: {
		struct tcphdr *tcp = header;

		if (!FITS(tcp, packet->end) || tcp->doff < 5 || header + tcp->doff * 4 > packet->end)
			return STAT_MALFORMED;
		return STAT_TCP;
	}
	case IPPROTO_UDP: {
		struct udphdr *udp = header;

		if (!FITS(udp, packet->end) || bpf_ntohs(udp->len) < sizeof(*udp))
			return STAT_MALFORMED;
		return STAT_UDP;
	}
	case IPPROTO_ICMP:
		return FITS((struct icmp_header *)header, packet->end) ? STAT_ICMP : STAT_MALFORMED;
	case IPPROTO_ICMPV6:
		return FITS((struct icmp_header *)header, packet->end) ? STAT_ICMPV6 : STAT_MALFORMED;
	default:
		return STAT_OTHER_TRANSPORT;
	}
}

SEC("xdp")
int parse(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u64 bytes = end - data;
	struct packet packet = {};
	__u32 transport;
	int result;

	count(&statistics, STAT_ALL, bytes);
	result = parse_packet(&packet, data, end);
	if (result == MALFORMED)
		goto malformed;
	if (packet.tags)
		count(&statistics, packet.tags == 1 ? STAT_VLAN : STAT_QINQ, bytes);
	if (result == NOT_IP) {
		count(&statistics, packet.ether_type == bpf_htons(ETH_P_ARP) ? STAT_ARP : STAT_NOT_IP, bytes);
		return XDP_PASS;
	}
	count(&statistics, packet.family == 4 ? STAT_IPV4 : STAT_IPV6, bytes);
	if (packet.options)
		count(&statistics, packet.family == 4 ? STAT_IPV4_OPTIONS : STAT_IPV6_EXTENSIONS, bytes);
	if (packet.fragment)
		count(&statistics, STAT_FRAGMENT, bytes);
	if (!packet.transport)
		return XDP_PASS;
	transport = transport_of(&packet);
	if (transport == STAT_MALFORMED)
		goto malformed;
	count(&statistics, transport, bytes);
	return XDP_PASS;

malformed:
	count(&statistics, STAT_MALFORMED, bytes);
	return XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
