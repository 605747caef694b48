/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* programs/lb.bpf.c as it is, with a packet of another connection each run: see turns.h. */
#include "turns.h"

/* Whoever loads the object may make it smaller. */
volatile const __u32 connection_bits = 21;
#define VIP 0xc6336401 /* 198.51.100.1 */

/* Connection number n comes from address 10.0.0.0 + n. */
static __always_inline int make_packet(struct xdp_md *ctx)
{
	struct turn_packet *packet;
	__u32 turn, number;

	packet = take_turn(ctx, &turn);
	if (!packet)
		return 0;
	number = shuffle(turn, connection_bits);
	write_packet(packet, bpf_htonl(0x0a000000 + number), bpf_htonl(VIP), 1024 + (number & 0x3fff));
	return 1;
}

static __always_inline int lb_itself(struct xdp_md *ctx);

/* Puts this in front of the program's own body. */
#define lb(context)                                                                                                                        \
	lb(context)                                                                                                                        \
	{                                                                                                                                  \
		int made = make_packet(ctx), verdict = lb_itself(ctx);                                                                     \
                                                                                                                                           \
		if (made && end_turn(ctx, sizeof(struct iphdr)) == XDP_ABORTED)                                                            \
			return XDP_ABORTED;                                                                                                \
		return verdict;                                                                                                            \
	}                                                                                                                                  \
	static __always_inline int lb_itself(context)

#include "../../programs/lb.bpf.c"

/* All but lb: what it is compared net of. */
SEC("xdp")
int lb_key(struct xdp_md *ctx)
{
	if (!make_packet(ctx))
		return XDP_DROP;
	if (bpf_xdp_adjust_head(ctx, -(int)sizeof(struct iphdr)))
		return XDP_ABORTED;
	return end_turn(ctx, sizeof(struct iphdr));
}
