/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * record: a socket filter for a recorder. It keeps the headers of all TCP and UDP packets over IPv4 and the whole of DNS, and nothing else.
 * It reads with the packet loads that classic BPF left behind (LD_ABS, LD_IND), which end the program with 0 beyond the packet's end,
 * and counts offsets from the network header (SKF_NET_OFF), so that it works whatever link layer the socket shows.
 *
 * Settings (.rodata): header_bytes (how much of a packet is kept).
 * Maps:
 *   protocols  array: IP protocol -> u64 packets seen
 */
#include <stddef.h>
#include <linux/filter.h>
#include "packet.h"

#define DNS_PORT 53
#define WHOLE 0xffff

unsigned long long load_byte(void *skb, unsigned long long offset) asm("llvm.bpf.load.byte");
unsigned long long load_half(void *skb, unsigned long long offset) asm("llvm.bpf.load.half");

const volatile __u32 header_bytes = 96;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} protocols SEC(".maps");

SEC("socket")
int record(struct __sk_buff *skb)
{
	__u32 protocol, header;
	__u64 *seen;

	if (skb->protocol != bpf_htons(ETH_P_IP))
		return 0;
	protocol = load_byte(skb, SKF_NET_OFF + offsetof(struct iphdr, protocol));
	seen = bpf_map_lookup_elem(&protocols, &protocol);
	if (seen)
		__sync_fetch_and_add(seen, 1);
	if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)
		return 0;
	if (load_half(skb, SKF_NET_OFF + offsetof(struct iphdr, frag_off)) & IPV4_OFFSET_MASK)
		return header_bytes;
	header = SKF_NET_OFF + (load_byte(skb, SKF_NET_OFF) & 15) * 4;
	if (load_half(skb, header) == DNS_PORT || load_half(skb, header + 2) == DNS_PORT)
		return WHOLE;
	return header_bytes;
}

char LICENSE[] SEC("license") = "GPL";
