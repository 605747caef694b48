/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * dscp: a tc classifier that sets the service class of packets by their port: it writes the DSCP field of IPv4 and IPv6 (and
 * the header checksum), sets the packet's mark and priority for the queues behind it, and drops ports whose class says so.
 *
 * Maps:
 *   classes     hash: struct service { u16 port (big endian), u8 protocol, u8 0 } -> struct class { u8 dscp (0-63), u8 drop, u16 0, u32 mark, u32 priority }
 *   statistics  per-CPU array: DSCP -> struct counter { u64 packets, bytes }; 64 is "no class", 65 "dropped"
 */
#include <linux/pkt_cls.h>
#include "packet.h"

#define STAT_NO_CLASS 64
#define STAT_DROPPED 65

struct service {
	__be16 port;
	__u8 protocol;
	__u8 padding;
};

struct class {
	__u8 dscp;
	__u8 drop;
	__u16 padding;
	__u32 mark;
	__u32 priority;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct service);
	__type(value, struct class);
} classes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, STAT_DROPPED + 1);
	__type(key, __u32);
	__type(value, struct counter);
} statistics SEC(".maps");

/* By the destination port, or else by the source port: answers of a service get its class too. */
static __always_inline struct class *find_class(const struct flow *flow)
{
	struct service service = { flow->destination_port, flow->protocol, 0 };
	struct class *class = bpf_map_lookup_elem(&classes, &service);

	if (class)
		return class;
	service.port = flow->source_port;
	return bpf_map_lookup_elem(&classes, &service);
}

/* Writes the upper six bits of the traffic class; the lower two are ECN's. */
static __always_inline int write_dscp(struct __sk_buff *skb, __u32 network, __u8 family, __u8 dscp)
{
	__u16 before, after;

	if (bpf_skb_load_bytes(skb, network, &before, sizeof(before)))
		return -1;
	if (family == 4) {
		after = (before & bpf_htons(0xff03)) | bpf_htons(dscp << 2);
		if (bpf_l3_csum_replace(skb, network + 10, before, after, sizeof(after)))
			return -1;
	} else {
		after = (before & bpf_htons(0xf03f)) | bpf_htons(dscp << 6);
	}
	return bpf_skb_store_bytes(skb, network, &after, sizeof(after), 0);
}

SEC("tc")
int dscp(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct packet packet = {};
	struct flow flow = {};
	struct class *class;

	if (parse_packet(&packet, data, end) != PARSED || read_flow(&flow, &packet) != PARSED)
		return TC_ACT_OK;
	class = find_class(&flow);
	if (!class) {
		count(&statistics, STAT_NO_CLASS, skb->len);
		return TC_ACT_OK;
	}
	if (class->drop) {
		count(&statistics, STAT_DROPPED, skb->len);
		return TC_ACT_SHOT;
	}
	skb->mark = class->mark;
	skb->priority = class->priority;
	count(&statistics, class->dscp & 0x3f, skb->len);
	if (write_dscp(skb, packet.network - data, packet.family, class->dscp & 0x3f))
		return TC_ACT_SHOT;
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
