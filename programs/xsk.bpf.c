/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * xsk: gives the packets of a receive queue to the AF_XDP socket bound to it; where there is none they pass. Packets can be kept from the
 * sockets by port: those of "keep" stay with the stack (a management port, for instance).
 *
 * Maps:
 *   sockets  xskmap: receive queue -> AF_XDP socket
 *   keep     hash: u16 destination port (big endian) -> u64 packets kept
 */
#include "packet.h"

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, 64);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __be16);
	__type(value, __u64);
} keep SEC(".maps");

SEC("xdp")
int xsk(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct packet packet = {};
	struct flow flow = {};
	__u64 *kept;

	if (parse_packet(&packet, data, end) == PARSED && read_flow(&flow, &packet) == PARSED) {
		kept = bpf_map_lookup_elem(&keep, &flow.destination_port);
		if (kept) {
			__sync_fetch_and_add(kept, 1);
			return XDP_PASS;
		}
	}
	return bpf_redirect_map(&sockets, ctx->rx_queue_index, XDP_PASS);
}

char LICENSE[] SEC("license") = "GPL";
