/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* What the programs of `headrace bench engine` have in common. */
#ifndef HEADRACE_SUITE_H
#define HEADRACE_SUITE_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct flow_key {
	__u32 source, destination;
	__u16 source_port, destination_port;
	__u32 protocol;
};

static __always_inline void *data_of(struct xdp_md *ctx)
{
	return (void *)(long)ctx->data;
}

static __always_inline void *end_of(struct xdp_md *ctx)
{
	return (void *)(long)ctx->data_end;
}

static __always_inline int parse_flow(struct xdp_md *ctx, struct flow_key *key)
{
	void *data = data_of(ctx), *end = end_of(ctx);
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);
	struct udphdr *ports;

	if ((void *)(ip + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP) || ip->ihl < 5)
		return 0;
	if (ip->protocol != IPPROTO_UDP && ip->protocol != IPPROTO_TCP)
		return 0;
	ports = (void *)ip + ip->ihl * 4;
	if ((void *)(ports + 1) > end)
		return 0;
	key->source = ip->saddr;
	key->destination = ip->daddr;
	key->source_port = ports->source;
	key->destination_port = ports->dest;
	key->protocol = ip->protocol;
	return 1;
}

#endif
