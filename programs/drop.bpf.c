/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * drop: throws every packet away. The floor of every measurement.
 *
 * Maps: none.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int drop(struct xdp_md *ctx __attribute__((unused)))
{
	return XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
