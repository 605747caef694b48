/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * spread: spreads packets over CPUs by a hash of their flow, where the network card cannot (one queue, or tunnels it does not look into).
 *
 * Settings (.rodata): cpu_count (entries of "cpus" in use; 0: everything passes).
 * Maps:
 *   cpus        cpumap: CPU -> struct bpf_cpumap_val { u32 queue size, u32 program }
 *   statistics  per-CPU array: CPU -> struct counter { u64 packets, bytes } sent there
 */
#include "packet.h"
#include "hash.h"

#define MAX_CPUS 128

const volatile __u32 cpu_count = 1;

struct {
	__uint(type, BPF_MAP_TYPE_CPUMAP);
	__uint(max_entries, MAX_CPUS);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct bpf_cpumap_val));
} cpus SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MAX_CPUS);
	__type(key, __u32);
	__type(value, struct counter);
} statistics SEC(".maps");

SEC("xdp")
int spread(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u32 hash = 0, total = cpu_count, cpu;
	struct packet packet = {};
	struct flow flow = {};

	if (total == 0)
		return XDP_PASS;
	/* What has no flow goes to the first CPU, in order. */
	if (parse_packet(&packet, data, end) == PARSED && !packet.fragment && read_flow(&flow, &packet) == PARSED)
		hash = hash_flow(&flow);
	cpu = hash % total;
	count(&statistics, cpu, end - data);
	return bpf_redirect_map(&cpus, cpu, XDP_PASS);
}

char LICENSE[] SEC("license") = "GPL";
