/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * dump: copies the beginning of packets to user space through a perf event array and lets them pass, as a capture tool needs it.
 *
 * Settings (.data, changeable while it runs): sample_every (every how many packets of a CPU one is copied), snap_length (bytes of it).
 * Maps:
 *   events  perf event array, one entry a CPU: struct metadata, then the packet's first bytes
 *   state   per-CPU array: 0 -> struct state { u64 packets, sent, lost }
 */
#include "packet.h"

struct metadata {
	__u64 time; /* ns, bpf_ktime_get_ns */
	__u32 interface;
	__u32 queue;
	__u32 length;
	__u32 captured;
	__u64 number; /* of the packet on its CPU, counted from 0 */
};

struct state {
	__u64 packets;
	__u64 sent;
	__u64 lost;
};

volatile __u32 sample_every = 1;
volatile __u32 snap_length = 96;

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct state);
} state SEC(".maps");

SEC("xdp")
int dump(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u32 captured = snap_length, every = sample_every, zero = 0;
	__u64 length = end - data;
	struct state *counts = bpf_map_lookup_elem(&state, &zero);
	struct metadata metadata = {};
	__u64 number;

	if (!counts)
		return XDP_ABORTED;
	number = counts->packets++;
	if (every == 0 || number % every)
		return XDP_PASS;
	if (captured > length)
		captured = length;
	metadata.time = bpf_ktime_get_ns();
	metadata.interface = ctx->ingress_ifindex;
	metadata.queue = ctx->rx_queue_index;
	metadata.length = length;
	metadata.captured = captured;
	metadata.number = number;
	/* The upper half of the flags says how many bytes of the packet follow the metadata. */
	if (bpf_perf_event_output(ctx, &events, (__u64)captured << 32 | BPF_F_CURRENT_CPU, &metadata, sizeof(metadata)))
		counts->lost++;
	else
		counts->sent++;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
