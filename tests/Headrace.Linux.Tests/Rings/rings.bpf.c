/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Events to and from user space, and maps of many kinds with a program's side to them. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct event {
	__u64 sequence;
	__u32 length;
	__u32 odd;
	__u8 bytes[48];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(int));
	__uint(value_size, sizeof(int));
} reports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 1 << 16);
} orders SEC(".maps");

struct flow_key {
	__u32 source;
	__u16 port;
	__u16 protocol;
};

struct flow_value {
	__u64 packets;
	__u64 bytes_seen;
	struct {
		__u32 first;
		__u32 last;
	} seconds;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct flow_key);
	__type(value, struct flow_value);
} flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct flow_value);
} totals SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 8);
	__type(value, __u64);
} queue SEC(".maps");

__u64 sequence, dropped, discarded, sum, ordered;

/* A record a packet; packets whose first byte is odd reserve one and take it back. */
SEC("xdp")
int emit(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u64 number = __sync_fetch_and_add(&sequence, 1);
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event) {
		__sync_fetch_and_add(&dropped, 1);
		return XDP_DROP;
	}
	event->sequence = number;
	event->length = end - data;
	event->odd = 0;
	if (data + 1 <= end && (*(__u8 *)data & 1)) {
		__sync_fetch_and_add(&discarded, 1);
		bpf_ringbuf_discard(event, 0);
		return XDP_DROP;
	}
	bpf_ringbuf_submit(event, 0);
	return XDP_DROP;
}

/* The same through the ring of this processor. */
SEC("xdp")
int report(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct event event = { .sequence = __sync_fetch_and_add(&sequence, 1), .length = end - data };

	if (bpf_perf_event_output(ctx, &reports, BPF_F_CURRENT_CPU, &event, sizeof(event)))
		__sync_fetch_and_add(&dropped, 1);
	return XDP_DROP;
}

static long take(struct bpf_dynptr *order, void *context __attribute__((unused)))
{
	__u64 value;

	if (!bpf_dynptr_read(&value, sizeof(value), order, 0, 0)) {
		sum += value;
		ordered++;
	}
	return 0;
}

/* Takes what user space ordered. */
SEC("xdp")
int drain(struct xdp_md *ctx __attribute__((unused)))
{
	bpf_user_ringbuf_drain(&orders, take, 0, 0);
	return XDP_PASS;
}

/* Counts into a hash, into this processor's totals, and queues the packet's length. */
SEC("xdp")
int count(struct xdp_md *ctx)
{
	struct flow_key key = { .source = 0x0a000001, .port = 53, .protocol = 17 };
	struct flow_value fresh = { .packets = 1, .bytes_seen = 60 };
	struct flow_value *value = bpf_map_lookup_elem(&flows, &key);
	__u32 zero = 0;
	__u64 length = ctx->data_end - ctx->data;

	if (value)
		__sync_fetch_and_add(&value->packets, 1);
	else
		bpf_map_update_elem(&flows, &key, &fresh, BPF_ANY);
	value = bpf_map_lookup_elem(&totals, &zero);
	if (value) {
		value->packets++;
		value->seconds.last = 9;
	}
	bpf_map_push_elem(&queue, &length, 0);
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
