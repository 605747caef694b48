/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* The Internet checksum: whole (RFC 1071) and after a change of one field (RFC 1624, equation 3). */
#ifndef HEADRACE_CHECKSUM_H
#define HEADRACE_CHECKSUM_H

#include <linux/ip.h>
#include <linux/types.h>

static __always_inline __u16 fold_checksum(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* The checksum after a 16-bit word of the data changed. */
static __always_inline __u16 update_checksum16(__u16 checksum, __be16 before, __be16 after)
{
	return ~fold_checksum((__u32)(__u16)~checksum + (__u16)~before + after);
}

/* The checksum after a 32-bit word of the data changed. */
static __always_inline __u16 update_checksum32(__u16 checksum, __be32 before, __be32 after)
{
	__u32 gone = ~before;

	return ~fold_checksum((__u32)(__u16)~checksum + (gone & 0xffff) + (gone >> 16) + (after & 0xffff) + (after >> 16));
}

/* The checksum of an IPv4 header without options whose check field is 0. */
static __always_inline __u16 ipv4_checksum(const struct iphdr *ip)
{
	const __u16 *words = (const void *)ip;
	__u32 sum = 0;

#pragma unroll
	for (int i = 0; i < (int)sizeof(*ip) / 2; i++)
		sum += words[i];
	return ~fold_checksum(sum);
}

/* One hop less, and the checksum to go with it. */
static __always_inline void decrement_ttl(struct iphdr *ip)
{
	__be16 before = *(__be16 *)&ip->ttl;

	ip->ttl--;
	ip->check = update_checksum16(ip->check, before, *(__be16 *)&ip->ttl);
}

#endif
