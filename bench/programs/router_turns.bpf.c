/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* programs/router.bpf.c as it is, with a packet to another address each run: see turns.h. */
#include "turns.h"

#define ADDRESSES (1u << 20)

/* Whoever loads the object may make it smaller. */
volatile const __u32 address_mask = ADDRESSES - 1;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ADDRESSES);
	__type(key, __u32);
	__type(value, __be32);
} addresses SEC(".maps");

static __always_inline int make_packet(struct xdp_md *ctx)
{
	struct turn_packet *packet;
	__u32 turn;
	__be32 *address;

	packet = take_turn(ctx, &turn);
	if (!packet)
		return 0;
	turn &= address_mask;
	address = bpf_map_lookup_elem(&addresses, &turn);
	if (!address)
		return 0;
	write_packet(packet, bpf_htonl(0x0a000001), *address, 1024);
	return 1;
}

static __always_inline int router_itself(struct xdp_md *ctx);

/* Puts this in front of the program's own body. */
#define router(context)                                                                                                                    \
	router(context)                                                                                                                    \
	{                                                                                                                                  \
		int made = make_packet(ctx), verdict = router_itself(ctx);                                                                 \
                                                                                                                                           \
		if (made && end_turn(ctx, 0) == XDP_ABORTED)                                                                               \
			return XDP_ABORTED;                                                                                                \
		return verdict;                                                                                                            \
	}                                                                                                                                  \
	static __always_inline int router_itself(context)

#include "../../programs/router.bpf.c"

/* All but router: what it is compared net of. */
SEC("xdp")
int router_key(struct xdp_md *ctx)
{
	return make_packet(ctx) ? end_turn(ctx, 0) : XDP_DROP;
}
