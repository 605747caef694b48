/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * macswap: sends every frame back where it came from, its two MAC addresses exchanged. A reflector for measurements.
 *
 * Maps: none.
 */
#include "packet.h"

SEC("xdp")
int macswap(struct xdp_md *ctx)
{
	struct ethhdr *ethernet = (void *)(long)ctx->data;

	if (!FITS(ethernet, (void *)(long)ctx->data_end))
		return XDP_DROP;
	swap_addresses(ethernet);
	return XDP_TX;
}

char LICENSE[] SEC("license") = "GPL";
