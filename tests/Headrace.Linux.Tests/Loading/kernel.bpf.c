/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Programs that name functions and variables of the kernel, globals, and a map that wants to be pinned. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define __weak __attribute__((weak))

extern int bpf_dynptr_from_xdp(struct xdp_md *ctx, __u64 flags, struct bpf_dynptr *dynptr) __ksym;
extern void *bpf_dynptr_slice(const struct bpf_dynptr *dynptr, __u32 offset, void *buffer, __u32 size) __ksym;
extern int bpf_xdp_metadata_rx_hash(const struct xdp_md *ctx, __u32 *hash, __u32 *type) __ksym;
extern int headrace_nobody_has_this(struct xdp_md *ctx) __ksym __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, __u64);
} kept SEC(".maps");

const volatile __u32 limit = 100;
volatile __u64 runs;
volatile __u32 last = 7;

/* The Ethernet type by way of a dynptr. */
SEC("xdp")
int slice(struct xdp_md *ctx)
{
	struct bpf_dynptr packet;
	__u8 buffer[14];
	__u8 *header;

	runs++;
	last = limit;
	if (bpf_dynptr_from_xdp(ctx, 0, &packet))
		return XDP_ABORTED;
	header = bpf_dynptr_slice(&packet, 0, buffer, sizeof(buffer));
	if (!header)
		return XDP_ABORTED;
	return header[12] == 0x08 && header[13] == 0x00 ? XDP_PASS : XDP_DROP;
}

/* A function that no kernel has is not called. */
SEC("xdp")
int guarded(struct xdp_md *ctx)
{
	__u32 key = 1;
	__u64 *value = bpf_map_lookup_elem(&kept, &key);

	if (headrace_nobody_has_this)
		return headrace_nobody_has_this(ctx);
	return value ? XDP_TX : XDP_PASS;
}

/* A function that no kernel has is called. */
SEC("?xdp")
int unguarded(struct xdp_md *ctx)
{
	return headrace_nobody_has_this(ctx);
}

/* Only for a program that is bound to a device. */
SEC("?xdp")
int hash(struct xdp_md *ctx)
{
	__u32 value = 0, type = 0;

	return bpf_xdp_metadata_rx_hash(ctx, &value, &type) == 0 ? XDP_PASS : XDP_DROP;
}

/* Refused: it reads behind the packet. */
SEC("?xdp")
int greedy(struct xdp_md *ctx)
{
	return *(__u8 *)(long)ctx->data;
}

char _license[] SEC("license") = "GPL";
