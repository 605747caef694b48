/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * ddos: the packet side of a mitigation system. It drops packets that match a signature, keeps a record of the traffic of each
 * destination, and sends a sample of the packets to user space, where signatures are computed from them. When user space does not
 * keep up (the ring is more than three quarters full) it stops sampling rather than wasting work.
 *
 * Settings (.data, changeable while it runs): sample_every (every how many packets of a CPU one is sent; 0 for none).
 * Maps:
 *   signatures  hash: struct signature { 4 first bytes of payload, u16 source port (big endian), u8 protocol, u8 TCP flags }, where
 *               either the payload or the port and flags are 0 -> struct counter { u64 packets, bytes } of what it dropped
 *   victims     LRU per-CPU hash: 16 bytes of destination address -> struct traffic { struct counter seen, dropped }
 *   events      ring buffer: struct event, one a sampled packet
 *   sampling    per-CPU array: 0 -> struct sampling { u64 packets, sent, lost }
 */
#include "packet.h"

#define PAYLOAD_BYTES 32
#define RING_BYTES (256 * 1024)

struct signature {
	__be32 payload;
	__be16 source_port;
	__u8 protocol;
	__u8 tcp_flags;
};

struct traffic {
	struct counter seen;
	struct counter dropped;
};

struct address {
	__be32 words[4];
};

struct event {
	__u64 time; /* ns, bpf_ktime_get_ns */
	struct flow flow;
	__u32 length;
	__u32 verdict;
	__u8 tcp_flags;
	__u8 padding[3];
	__u32 payload_length; /* bytes of payload that are valid */
	__u8 payload[PAYLOAD_BYTES];
};

struct sampling {
	__u64 packets;
	__u64 sent;
	__u64 lost;
};

volatile __u32 sample_every = 64;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct signature);
	__type(value, struct counter);
} signatures SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct address);
	__type(value, struct traffic);
} victims SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_BYTES);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sampling);
} sampling SEC(".maps");

/* What the transport header tells: flags, and where the payload begins (NULL when there is none to see). */
struct transport {
	void *payload;
	__u8 tcp_flags;
};

static __always_inline void read_transport(struct transport *transport, const struct packet *packet)
{
	if (!packet->transport)
		return;
	if (packet->protocol == IPPROTO_TCP) {
		struct tcphdr *tcp = packet->transport;

		if (!FITS(tcp, packet->end))
			return;
		transport->tcp_flags = ((__u8 *)tcp)[13];
		transport->payload = packet->transport + tcp->doff * 4;
	} else if (packet->protocol == IPPROTO_UDP || packet->protocol == IPPROTO_ICMP || packet->protocol == IPPROTO_ICMPV6) {
		transport->payload = packet->transport + sizeof(struct udphdr);
	}
}

static __always_inline int drops(const struct signature *signature, __u64 bytes)
{
	struct counter *dropped = bpf_map_lookup_elem(&signatures, signature);

	if (!dropped)
		return 0;
	__sync_fetch_and_add(&dropped->packets, 1);
	__sync_fetch_and_add(&dropped->bytes, bytes);
	return 1;
}

static __always_inline int matches_signature(const struct flow *flow, const struct transport *transport, void *end, __u64 bytes)
{
	struct signature by_header = { 0, flow->source_port, flow->protocol, transport->tcp_flags };
	struct signature by_payload = { 0, 0, flow->protocol, 0 };

	if (drops(&by_header, bytes))
		return 1;
	if (!transport->payload || transport->payload + 4 > end)
		return 0;
	__builtin_memcpy(&by_payload.payload, transport->payload, 4);
	return drops(&by_payload, bytes);
}

static __always_inline void record(const struct flow *flow, __u64 bytes, int dropped)
{
	struct address destination;
	struct traffic *traffic;

	__builtin_memcpy(destination.words, flow->destination, sizeof(destination.words));
	traffic = bpf_map_lookup_elem(&victims, &destination);
	if (!traffic) {
		struct traffic none = {};

		bpf_map_update_elem(&victims, &destination, &none, BPF_NOEXIST);
		traffic = bpf_map_lookup_elem(&victims, &destination);
		if (!traffic)
			return;
	}
	traffic->seen.packets++;
	traffic->seen.bytes += bytes;
	if (dropped) {
		traffic->dropped.packets++;
		traffic->dropped.bytes += bytes;
	}
}

static __always_inline void sample(const struct flow *flow, const struct transport *transport, void *end, __u64 bytes, int verdict)
{
	__u32 zero = 0, every = sample_every;
	struct sampling *state = bpf_map_lookup_elem(&sampling, &zero);
	struct event *event;

	if (!state || every == 0 || state->packets++ % every)
		return;
	if (bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) > RING_BYTES / 4 * 3) {
		state->lost++;
		return;
	}
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		state->lost++;
		return;
	}
	event->time = bpf_ktime_get_ns();
	event->flow = *flow;
	event->length = bytes;
	event->verdict = verdict;
	event->tcp_flags = transport->tcp_flags;
	__builtin_memset(event->padding, 0, sizeof(event->padding));
	if (transport->payload && transport->payload + PAYLOAD_BYTES <= end) {
		event->payload_length = PAYLOAD_BYTES;
		__builtin_memcpy(event->payload, transport->payload, PAYLOAD_BYTES);
	} else {
		event->payload_length = 0;
		__builtin_memset(event->payload, 0, PAYLOAD_BYTES);
	}
	bpf_ringbuf_submit(event, 0);
	state->sent++;
}

SEC("xdp")
int ddos(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct transport transport = {};
	struct packet packet = {};
	struct flow flow = {};
	__u64 bytes = end - data;
	int result = parse_packet(&packet, data, end);
	int dropped;

	if (result == NOT_IP)
		return XDP_PASS;
	if (result == MALFORMED || read_flow(&flow, &packet) == MALFORMED)
		return XDP_DROP;
	read_transport(&transport, &packet);
	dropped = matches_signature(&flow, &transport, end, bytes);
	record(&flow, bytes, dropped);
	sample(&flow, &transport, end, bytes, dropped ? XDP_DROP : XDP_PASS);
	return dropped ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
