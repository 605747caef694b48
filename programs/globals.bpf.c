/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * globals: counts and judges packets with global variables alone: constants in .rodata that are set before loading, settings in .data
 * that may change while it runs, counters in .bss, and a section of its own for the last packet seen.
 *
 * Settings: smallest, largest (.rodata: frames outside are dropped), verdicts (.rodata: verdict for even and odd sized frames),
 *           drop_every (.data: drops one packet in so many; 0 for none).
 * Counters (.bss): packets, bytes, dropped, sizes (a histogram: frames of 2^i to 2^(i+1)-1 bytes).
 * Last packet (.data.last): last_length, last_type, changes (how often the Ethernet type differed from the packet before).
 *
 * Maps: those that hold the sections.
 */
#include "packet.h"

#define SIZES 16

const volatile __u32 smallest = ETH_HLEN;
const volatile __u32 largest = 9014;
const volatile __u32 verdicts[2] = { XDP_PASS, XDP_PASS };

volatile __u32 drop_every = 0;
static volatile __u32 until_drop = 1;

__u64 packets;
__u64 bytes;
__u64 dropped;
__u64 sizes[SIZES];

__u32 last_length SEC(".data.last") = 0;
__u32 last_type SEC(".data.last") = 0xffffffff;
__u64 changes SEC(".data.last") = 0;

static __always_inline __u32 log2_of(__u32 value)
{
	__u32 log = 0;

#pragma unroll
	for (int shift = 8; shift; shift /= 2) {
		if (value >> shift) {
			value >>= shift;
			log += shift;
		}
	}
	return log;
}

static __always_inline int drops_now(void)
{
	__u32 every = drop_every;

	if (every == 0)
		return 0;
	if (until_drop > 1) {
		until_drop--;
		return 0;
	}
	until_drop = every;
	return 1;
}

SEC("xdp")
int globals(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *ethernet = data;
	__u32 length = end - data;

	__sync_fetch_and_add(&packets, 1);
	__sync_fetch_and_add(&bytes, length);
	__sync_fetch_and_add(&sizes[log2_of(length) % SIZES], 1);
	if (length < smallest || length > largest || !FITS(ethernet, end) || drops_now()) {
		__sync_fetch_and_add(&dropped, 1);
		return XDP_DROP;
	}
	if (ethernet->h_proto != last_type)
		changes++;
	last_type = ethernet->h_proto;
	last_length = length;
	return verdicts[length % 2];
}

char LICENSE[] SEC("license") = "GPL";
