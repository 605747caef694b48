/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * firewall: drops what its rules name, and counts a packet for the rule that decided. The exact 5-tuple is asked first, then
 * the longest prefix of the source address. A rule may also let pass, which makes holes in a wider block. Malformed packets
 * are dropped; what is not IP passes.
 *
 * Maps:
 *   flows      hash: struct flow (40 bytes: source[16], destination[16], source port, destination port (both big endian),
 *              protocol, family 4 or 6, 2 zero bytes) -> struct rule { u32 number, u32 action (1 drop, 2 pass) }
 *   networks4  LPM trie: { u32 prefix length, 4 bytes of address } -> struct rule
 *   networks6  LPM trie: { u32 prefix length, 16 bytes of address } -> struct rule
 *   counters   per-CPU array: number of a rule -> struct counter { u64 packets, bytes }; rule 0 is "no rule matched", 1 "malformed"
 */
#include "packet.h"

#define MAX_RULES 1024

enum { RULE_NONE, RULE_MALFORMED };

struct rule {
	__u32 number;
	__u32 action;
};

struct network4 {
	__u32 length;
	__be32 address;
};

struct network6 {
	__u32 length;
	__be32 address[4];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, struct flow);
	__type(value, struct rule);
} flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct network4);
	__type(value, struct rule);
} networks4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct network6);
	__type(value, struct rule);
} networks6 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MAX_RULES);
	__type(key, __u32);
	__type(value, struct counter);
} counters SEC(".maps");

static __always_inline struct rule *find_rule(struct flow *flow)
{
	struct rule *rule = bpf_map_lookup_elem(&flows, flow);

	if (rule)
		return rule;
	if (flow->family == 4) {
		struct network4 network = { 32, flow->source[0] };

		return bpf_map_lookup_elem(&networks4, &network);
	} else {
		struct network6 network = { .length = 128 };

		__builtin_memcpy(network.address, flow->source, sizeof(network.address));
		return bpf_map_lookup_elem(&networks6, &network);
	}
}

SEC("xdp")
int firewall(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u64 bytes = end - data;
	struct packet packet = {};
	struct flow flow = {};
	struct rule *rule;
	int result = parse_packet(&packet, data, end);

	if (result == NOT_IP) {
		count(&counters, RULE_NONE, bytes);
		return XDP_PASS;
	}
	if (result == MALFORMED || read_flow(&flow, &packet) == MALFORMED) {
		count(&counters, RULE_MALFORMED, bytes);
		return XDP_DROP;
	}
	rule = find_rule(&flow);
	if (!rule) {
		count(&counters, RULE_NONE, bytes);
		return XDP_PASS;
	}
	count(&counters, rule->number, bytes);
	return rule->action == XDP_PASS ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
