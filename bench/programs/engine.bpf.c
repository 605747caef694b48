/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The suite of `headrace bench engine`: one program for each thing an engine has to be quick at. None of them changes the packet, so
 * that the kernel's repeated test runs, which do not put it back, measure the same work every time.
 *
 * Maps hold what the benchmark puts in: the packet's addresses and ports as keys, and others around them.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define KEEP_LOOP _Pragma("clang loop unroll(disable) vectorize(disable)")
#define CHAIN 4

struct lpm_key {
	__u32 bits;
	__u32 address;
};

struct flow_key {
	__u32 source, destination;
	__u16 source_port, destination_port;
	__u32 protocol;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} cpu_counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} hosts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct flow_key);
	__type(value, __u64);
} flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, struct lpm_key);
	__type(value, __u64);
} routes SEC(".maps");

struct wide_key {
	__u8 source[16], destination[16];
	__u16 source_port, destination_port;
	__u32 protocol;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct wide_key);
	__type(value, __u64);
} wide_flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct flow_key);
	__type(value, __u64);
} recent_flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u32);
} ports SEC(".maps");

int link0(struct xdp_md *ctx);
int link1(struct xdp_md *ctx);
int link2(struct xdp_md *ctx);
int link3(struct xdp_md *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, CHAIN);
	__uint(key_size, sizeof(__u32));
	__array(values, int(struct xdp_md *));
} chain SEC(".maps") = {
	.values = { link0, link1, link2, link3 },
};

static __always_inline void *data_of(struct xdp_md *ctx)
{
	return (void *)(long)ctx->data;
}

static __always_inline void *end_of(struct xdp_md *ctx)
{
	return (void *)(long)ctx->data_end;
}

/* The empty program: what every other one is compared net of. */
SEC("xdp")
int drop(struct xdp_md *ctx)
{
	return XDP_DROP;
}

/* FNV-1a over the first 64 bytes: a chain of multiplications. */
SEC("xdp")
int fnv64(struct xdp_md *ctx)
{
	__u8 *data = data_of(ctx);
	__u64 hash = 0xcbf29ce484222325ULL;

	if (data + 64 > (__u8 *)end_of(ctx))
		return XDP_ABORTED;
	KEEP_LOOP
	for (int i = 0; i < 64; i++) {
		hash ^= data[i];
		hash *= 0x100000001b3ULL;
	}
	return hash & 1 ? XDP_DROP : XDP_PASS;
}

static __always_inline __u32 rotate(__u32 word, int bits)
{
	return word << bits | word >> (32 - bits);
}

/* Bob Jenkins's lookup3 over the first 60 bytes: shifts and additions of 32 bits. */
SEC("xdp")
int jhash60(struct xdp_md *ctx)
{
	__u32 *data = data_of(ctx);
	__u32 a = 0xdeadbeef + 60, b = a, c = a;

	if (data + 15 > (__u32 *)end_of(ctx))
		return XDP_ABORTED;
#pragma unroll
	for (int i = 0; i < 15; i += 3) {
		a += data[i];
		b += data[i + 1];
		c += data[i + 2];
		a -= c; a ^= rotate(c, 4); c += b;
		b -= a; b ^= rotate(a, 6); a += c;
		c -= b; c ^= rotate(b, 8); b += a;
		a -= c; a ^= rotate(c, 16); c += b;
		b -= a; b ^= rotate(a, 19); a += c;
		c -= b; c ^= rotate(b, 4); b += a;
	}
	return c & 1 ? XDP_DROP : XDP_PASS;
}

static __always_inline int checksum(struct xdp_md *ctx, int words)
{
	__u32 *data = data_of(ctx);
	__u64 sum = 0;

	if (data + words > (__u32 *)end_of(ctx))
		return XDP_ABORTED;
	KEEP_LOOP
	for (int i = 0; i < words; i++)
		sum += data[i];
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum & 1 ? XDP_DROP : XDP_PASS;
}

/* The Internet checksum of 64 and of 1500 bytes, by words of 32 bits. */
SEC("xdp")
int checksum64(struct xdp_md *ctx)
{
	return checksum(ctx, 16);
}

SEC("xdp")
int checksum1500(struct xdp_md *ctx)
{
	return checksum(ctx, 375);
}

/* In memory, where the verifier takes them for any number: it would follow every path of a register. */
static volatile __u64 collatz_number, collatz_steps;

static long collatz_step(__u32 index, void *unused)
{
	__u64 number = collatz_number;

	if (number == 1)
		return 1;
	if (number & 1)
		collatz_number = number * 3 + 1;
	else
		collatz_number = number >> 1;
	collatz_steps++;
	return 0;
}

/* Steps of the Collatz sequence: a callback of bpf_loop, global variables, and branches that depend on data. */
SEC("xdp")
int collatz(struct xdp_md *ctx)
{
	__u8 *data = data_of(ctx);

	if (data + 34 > (__u8 *)end_of(ctx))
		return XDP_ABORTED;
	collatz_number = data[33] + 20;
	collatz_steps = 0;
	bpf_loop(128, collatz_step, 0, 0);
	return collatz_steps & 1 ? XDP_DROP : XDP_PASS;
}

/* Remainders by a divisor from the packet. */
SEC("xdp")
int modulo(struct xdp_md *ctx)
{
	__u8 *data = data_of(ctx);
	__u64 number = 0x123456789abcdefULL;
	__u32 divisor, sum = 0;

	if (data + 34 > (__u8 *)end_of(ctx))
		return XDP_ABORTED;
	divisor = data[33] + 1009;
	KEEP_LOOP
	for (int i = 0; i < 32; i++) {
		sum += (__u32)number % divisor;
		number = number * 6364136223846793005ULL + 1442695040888963407ULL;
	}
	return sum & 1 ? XDP_DROP : XDP_PASS;
}

#define SIP_ROUND \
	v0 += v1; v1 = v1 << 13 | v1 >> 51; v1 ^= v0; v0 = v0 << 32 | v0 >> 32; \
	v2 += v3; v3 = v3 << 16 | v3 >> 48; v3 ^= v2; \
	v0 += v3; v3 = v3 << 21 | v3 >> 43; v3 ^= v0; \
	v2 += v1; v1 = v1 << 17 | v1 >> 47; v1 ^= v2; v2 = v2 << 32 | v2 >> 32

/* SipHash-2-4 of the first 32 bytes: additions and rotations of 64 bits. */
SEC("xdp")
int siphash32(struct xdp_md *ctx)
{
	__u64 *data = data_of(ctx);
	__u64 v0 = 0x736f6d6570736575ULL, v1 = 0x646f72616e646f6dULL, v2 = 0x6c7967656e657261ULL, v3 = 0x7465646279746573ULL;

	if (data + 4 > (__u64 *)end_of(ctx))
		return XDP_ABORTED;
#pragma unroll
	for (int i = 0; i < 4; i++) {
		v3 ^= data[i];
		SIP_ROUND;
		SIP_ROUND;
		v0 ^= data[i];
	}
	v2 ^= 0xff;
	SIP_ROUND;
	SIP_ROUND;
	SIP_ROUND;
	SIP_ROUND;
	return (v0 ^ v1 ^ v2 ^ v3) & 1 ? XDP_DROP : XDP_PASS;
}

/* Bits of 8 words counted the portable way, and their order reversed. */
SEC("xdp")
int bits(struct xdp_md *ctx)
{
	__u64 *data = data_of(ctx);
	__u64 sum = 0;

	if (data + 8 > (__u64 *)end_of(ctx))
		return XDP_ABORTED;
	KEEP_LOOP
	for (int i = 0; i < 8; i++) {
		__u64 word = data[i];

		word = (word >> 1 & 0x5555555555555555ULL) | (word & 0x5555555555555555ULL) << 1;
		word = (word >> 2 & 0x3333333333333333ULL) | (word & 0x3333333333333333ULL) << 2;
		sum ^= word;
		word -= word >> 1 & 0x5555555555555555ULL;
		word = (word & 0x3333333333333333ULL) + (word >> 2 & 0x3333333333333333ULL);
		word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
		sum += word * 0x0101010101010101ULL >> 56;
	}
	return sum & 1 ? XDP_DROP : XDP_PASS;
}

static __always_inline int parse_flow(struct xdp_md *ctx, struct flow_key *key)
{
	void *data = data_of(ctx), *end = end_of(ctx);
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);
	struct udphdr *ports;

	if ((void *)(ip + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP) || ip->ihl < 5)
		return 0;
	if (ip->protocol != IPPROTO_UDP && ip->protocol != IPPROTO_TCP)
		return 0;
	ports = (void *)ip + ip->ihl * 4;
	if ((void *)(ports + 1) > end)
		return 0;
	key->source = ip->saddr;
	key->destination = ip->daddr;
	key->source_port = ports->source;
	key->destination_port = ports->dest;
	key->protocol = ip->protocol;
	return 1;
}

/* Headers only. */
SEC("xdp")
int parse(struct xdp_md *ctx)
{
	struct flow_key key;

	if (!parse_flow(ctx, &key))
		return XDP_PASS;
	return (key.source ^ key.destination ^ key.source_port ^ key.destination_port) & 1 ? XDP_DROP : XDP_PASS;
}

/* A counter in an array, and one a CPU. */
SEC("xdp")
int count(struct xdp_md *ctx)
{
	__u8 *data = data_of(ctx);
	__u32 key;
	__u64 *counter;

	if (data + 24 > (__u8 *)end_of(ctx))
		return XDP_ABORTED;
	key = data[23];
	counter = bpf_map_lookup_elem(&counters, &key);
	if (counter)
		__sync_fetch_and_add(counter, 1);
	counter = bpf_map_lookup_elem(&cpu_counters, &key);
	if (counter)
		*counter += 1;
	return XDP_DROP;
}

/* One look-up of a 4-byte key. */
SEC("xdp")
int hash4(struct xdp_md *ctx)
{
	void *data = data_of(ctx);
	struct iphdr *ip = data + sizeof(struct ethhdr);
	__u32 key;
	__u64 *value;

	if ((void *)(ip + 1) > end_of(ctx))
		return XDP_ABORTED;
	key = ip->saddr;
	value = bpf_map_lookup_elem(&hosts, &key);
	return value && *value ? XDP_DROP : XDP_PASS;
}

/* One look-up of a 16-byte key, with the parsing that makes it. */
SEC("xdp")
int hash16(struct xdp_md *ctx)
{
	struct flow_key key;
	__u64 *value;

	if (!parse_flow(ctx, &key))
		return XDP_PASS;
	value = bpf_map_lookup_elem(&flows, &key);
	return value && *value ? XDP_DROP : XDP_PASS;
}

/* The same in a map that evicts. */
SEC("xdp")
int lru16(struct xdp_md *ctx)
{
	struct flow_key key;
	__u64 *value;

	if (!parse_flow(ctx, &key))
		return XDP_PASS;
	value = bpf_map_lookup_elem(&recent_flows, &key);
	return value && *value ? XDP_DROP : XDP_PASS;
}

/* One look-up of a 40-byte key: the IPv4 flow in the form of an IPv6 one. */
SEC("xdp")
int hash40(struct xdp_md *ctx)
{
	struct wide_key key = {};
	struct flow_key flow;
	__u64 *value;

	if (!parse_flow(ctx, &flow))
		return XDP_PASS;
	key.source[10] = key.source[11] = key.destination[10] = key.destination[11] = 0xff;
	*(__u32 *)(key.source + 12) = flow.source;
	*(__u32 *)(key.destination + 12) = flow.destination;
	key.source_port = flow.source_port;
	key.destination_port = flow.destination_port;
	key.protocol = flow.protocol;
	value = bpf_map_lookup_elem(&wide_flows, &key);
	return value && *value ? XDP_DROP : XDP_PASS;
}

/* A packet sent on by an entry of a devmap. */
SEC("xdp")
int redirect_map(struct xdp_md *ctx)
{
	return bpf_redirect_map(&ports, 0, XDP_PASS);
}

/* One longest-prefix match. */
SEC("xdp")
int lpm(struct xdp_md *ctx)
{
	void *data = data_of(ctx);
	struct iphdr *ip = data + sizeof(struct ethhdr);
	struct lpm_key key = { .bits = 32 };
	__u64 *value;

	if ((void *)(ip + 1) > end_of(ctx))
		return XDP_ABORTED;
	key.address = ip->daddr;
	value = bpf_map_lookup_elem(&routes, &key);
	return value && *value ? XDP_DROP : XDP_PASS;
}

/* The checksum helper over an IPv4 header. */
SEC("xdp")
int csum_diff(struct xdp_md *ctx)
{
	void *data = data_of(ctx);
	struct iphdr *ip = data + sizeof(struct ethhdr);

	if ((void *)(ip + 1) > end_of(ctx))
		return XDP_ABORTED;
	return bpf_csum_diff(0, 0, (__be32 *)ip, sizeof(*ip), 0) & 1 ? XDP_DROP : XDP_PASS;
}

/* Four tail calls. */
SEC("xdp")
int tail_calls(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &chain, 0);
	return XDP_ABORTED;
}

SEC("xdp")
int link0(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &chain, 1);
	return XDP_ABORTED;
}

SEC("xdp")
int link1(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &chain, 2);
	return XDP_ABORTED;
}

SEC("xdp")
int link2(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &chain, 3);
	return XDP_ABORTED;
}

SEC("xdp")
int link3(struct xdp_md *ctx)
{
	return XDP_DROP;
}

char _license[] SEC("license") = "Dual BSD/GPL";
