/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The programs of `headrace bench engine compute`: no maps and no helpers, so that the same source is also compiled for the processor itself
 * (see native.c). None of them changes the packet, since the kernel's repeated test runs do not put it back.
 */
#include <linux/in6.h>
#include <linux/ipv6.h>
#include "suite.h"

#define KEEP_LOOP _Pragma("clang loop unroll(disable) vectorize(disable)")

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

/*
 * In memory, so that each run starts at another number and branches cannot be learnt by heart, and so that the verifier takes the number for
 * any: a smaller one it would follow down every path.
 */
static volatile __u64 collatz_first = 27, collatz_turn;

/* 60 steps of the Collatz sequence at most: branches that depend on data. */
SEC("xdp")
int collatz(struct xdp_md *ctx)
{
	__u64 number = collatz_first + (collatz_turn++ & 63);
	__u32 steps;

	KEEP_LOOP
	for (steps = 0; steps < 60 && number != 1; steps++) {
		if (number & 1)
			number = number * 3 + 1;
		else
			number >>= 1;
	}
	return steps > 4 ? XDP_DROP : XDP_PASS;
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

struct tag {
	__be16 identifier, ether_type;
};

struct extension {
	__u8 next, length;
};

/* Headers only: VLAN tags, IPv4 or IPv6 with its extension headers, UDP. */
SEC("xdp")
int parse(struct xdp_md *ctx)
{
	void *data = data_of(ctx), *end = end_of(ctx);
	struct ethhdr *eth = data;
	void *next = eth + 1;
	struct udphdr *udp;
	__u16 type;
	__u8 protocol;

	if (next > end)
		return XDP_PASS;
	type = eth->h_proto;
#pragma unroll
	for (int i = 0; i < 2; i++) {
		struct tag *tag = next;

		if (type != bpf_htons(ETH_P_8021Q) && type != bpf_htons(ETH_P_8021AD))
			break;
		next = tag + 1;
		if (next > end)
			return XDP_PASS;
		type = tag->ether_type;
	}
	if (type == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = next;

		if ((void *)(ip + 1) > end || ip->version != 4 || ip->ihl < 5)
			return XDP_PASS;
		protocol = ip->protocol;
		next += ip->ihl * 4;
	} else if (type == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip = next;

		next = ip + 1;
		if (next > end || ip->version != 6)
			return XDP_PASS;
		protocol = ip->nexthdr;
#pragma unroll
		for (int i = 0; i < 4; i++) {
			struct extension *extension = next;

			if (protocol != IPPROTO_HOPOPTS && protocol != IPPROTO_ROUTING && protocol != IPPROTO_DSTOPTS)
				break;
			if ((void *)(extension + 4) > end)
				return XDP_PASS;
			protocol = extension->next;
			next += extension->length * 8 + 8;
		}
	} else {
		return XDP_PASS;
	}
	udp = next;
	if (protocol != IPPROTO_UDP || (void *)(udp + 1) > end)
		return XDP_PASS;
	return udp->dest == bpf_htons(53) ? XDP_DROP : XDP_TX;
}

/* The packet before this one. */
static struct block {
	__u64 words[8];
} last;

/* Is this packet the same as the one before? 64 bytes compared, and copied. */
SEC("xdp")
int memory(struct xdp_md *ctx)
{
	struct block *block = data_of(ctx);
	__u64 differs = 0;

	if (block + 1 > (struct block *)end_of(ctx))
		return XDP_ABORTED;
	/* BPF has no memcmp of this size. */
#pragma unroll
	for (int i = 0; i < 8; i++)
		differs |= last.words[i] ^ block->words[i];
	__builtin_memcpy(&last, block, sizeof(last));
	return differs ? XDP_PASS : XDP_DROP;
}

char _license[] SEC("license") = "Dual BSD/GPL";
