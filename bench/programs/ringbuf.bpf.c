/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* An event of 64 bytes a packet, and what did not fit into the ring. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct event {
	__u64 sequence;
	__u64 bytes[7];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 24);
} events SEC(".maps");

__u64 sequence, dropped;

SEC("xdp")
int emit(struct xdp_md *ctx)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event) {
		dropped++;
		return XDP_DROP;
	}
	event->sequence = sequence++;
	bpf_ringbuf_submit(event, 0);
	return XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
