/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * pass: hands every packet on to the network stack.
 *
 * Maps: none.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int pass(struct xdp_md *ctx __attribute__((unused)))
{
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
