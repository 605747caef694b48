/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the AF_XDP and packet-socket ports are measured against: the same work in C, busy or sleeping in poll(2).
 *
 *   ports-peer drop|forward|packet busy|sleep INTERFACE PROCESSOR
 *
 * Answers "ready" once packets come in; then each line on standard input with the packets so far and the worker's processor time in
 * nanoseconds. Ends with standard input.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <xdp/xsk.h>

#define RING 2048
#define FRAMES (2 * RING)
#define CHUNK 4096
#define BATCH 64
#define BLOCK (1 << 18)
#define BLOCKS 32

static volatile int stop;
static volatile unsigned long packets;
static const char *mode, *interface;
static int processor, sleeping;
static pthread_t worker;
static struct xsk_ring_prod fill, transmit;
static struct xsk_ring_cons completion, receive;
static struct xsk_umem *umem;
static struct xsk_socket *xsk;
static unsigned char *area;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* return bpf_redirect_map(&sockets, ctx->rx_queue_index, XDP_PASS): what our own port attaches. */
static void steer(void)
{
	int map = bpf_map_create(BPF_MAP_TYPE_XSKMAP, "sockets", 4, 4, 64, NULL), ifindex = if_nametoindex(interface);
	struct bpf_insn code[] = {
		{ BPF_LDX | BPF_MEM | BPF_W, 2, 1, 16, 0 },
		{ BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_MAP_FD, 0, map },
		{ 0 },
		{ BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, XDP_PASS },
		{ BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_redirect_map },
		{ BPF_JMP | BPF_EXIT, 0, 0, 0, 0 },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, load, .expected_attach_type = BPF_XDP);
	LIBBPF_OPTS(bpf_link_create_opts, link, .flags = XDP_FLAGS_DRV_MODE);
	int program = bpf_prog_load(BPF_PROG_TYPE_XDP, "steer", "Dual BSD/GPL", code, sizeof(code) / sizeof(*code), &load);
	__u32 queue = 0, socket = xsk_socket__fd(xsk);

	if (map < 0 || program < 0 || bpf_map_update_elem(map, &queue, &socket, 0) || bpf_link_create(program, ifindex, BPF_XDP, &link) < 0)
		fail("attaching the XDP program");
}

static void open_xsk(void)
{
	struct xsk_umem_config memory = { .fill_size = RING, .comp_size = RING, .frame_size = CHUNK };
	struct xsk_socket_config config = { .rx_size = RING, .tx_size = RING, .libbpf_flags = XSK_LIBBPF_FLAGS__INHIBIT_PROG_LOAD, .bind_flags = XDP_USE_NEED_WAKEUP };
	__u32 index;
	int size = 64 << 20, budget = RING;

	area = mmap(NULL, FRAMES * CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (xsk_umem__create(&umem, area, FRAMES * CHUNK, &fill, &completion, &memory) || xsk_socket__create(&xsk, interface, 0, umem, &receive, &transmit, &config))
		fail("opening the AF_XDP socket");
	setsockopt(xsk_socket__fd(xsk), SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	setsockopt(xsk_socket__fd(xsk), SOL_XDP, 9 /* XDP_MAX_TX_SKB_BUDGET */, &budget, sizeof(budget));
	xsk_ring_prod__reserve(&fill, RING, &index);
	for (__u32 i = 0; i < RING; i++)
		*xsk_ring_prod__fill_addr(&fill, index + i) = (__u64)i * CHUNK;
	xsk_ring_prod__submit(&fill, RING);
	steer();
}

static void wait_for_packets(void)
{
	struct pollfd poller = { .fd = xsk_socket__fd(xsk), .events = POLLIN };

	if (sleeping)
		poll(&poller, 1, 50);
	else if (xsk_ring_prod__needs_wakeup(&fill))
		recvfrom(xsk_socket__fd(xsk), NULL, 0, MSG_DONTWAIT, NULL, NULL);
}

static void refill(const __u64 *addresses, __u32 count)
{
	__u32 index;

	while (xsk_ring_prod__reserve(&fill, count, &index) != count)
		recvfrom(xsk_socket__fd(xsk), NULL, 0, MSG_DONTWAIT, NULL, NULL);
	for (__u32 i = 0; i < count; i++)
		*xsk_ring_prod__fill_addr(&fill, index + i) = addresses[i];
	xsk_ring_prod__submit(&fill, count);
}

static void drop(void)
{
	while (!stop) {
		__u64 addresses[BATCH];
		__u32 index, count = xsk_ring_cons__peek(&receive, BATCH, &index);

		if (!count) {
			wait_for_packets();
			continue;
		}
		for (__u32 i = 0; i < count; i++)
			addresses[i] = xsk_ring_cons__rx_desc(&receive, index + i)->addr;
		xsk_ring_cons__release(&receive, count);
		refill(addresses, count);
		packets += count;
	}
}

static __u32 complete(void)
{
	__u64 addresses[RING];
	__u32 index, count;

	if (xsk_ring_prod__needs_wakeup(&transmit))
		sendto(xsk_socket__fd(xsk), NULL, 0, MSG_DONTWAIT, NULL, 0);
	count = xsk_ring_cons__peek(&completion, RING, &index);
	for (__u32 i = 0; i < count; i++)
		addresses[i] = *xsk_ring_cons__comp_addr(&completion, index + i) & ~(__u64)(CHUNK - 1);
	xsk_ring_cons__release(&completion, count);
	if (count)
		refill(addresses, count);
	return count;
}

static void forward(void)
{
	__u32 outstanding = 0;

	while (!stop) {
		__u32 index, out, count = xsk_ring_cons__peek(&receive, BATCH, &index);

		if (!count) {
			if (outstanding)
				outstanding -= complete();
			wait_for_packets();
			continue;
		}
		while (xsk_ring_prod__reserve(&transmit, count, &out) != count)
			outstanding -= complete();
		for (__u32 i = 0; i < count; i++) {
			const struct xdp_desc *in = xsk_ring_cons__rx_desc(&receive, index + i);
			unsigned char *frame = area + in->addr, address[6];

			memcpy(address, frame, 6);
			memcpy(frame, frame + 6, 6);
			memcpy(frame + 6, address, 6);
			*xsk_ring_prod__tx_desc(&transmit, out + i) = (struct xdp_desc){ .addr = in->addr, .len = in->len };
		}
		xsk_ring_cons__release(&receive, count);
		xsk_ring_prod__submit(&transmit, count);
		outstanding += count;
		packets += count;
		outstanding -= complete();
	}
}

static int packet_socket;
static unsigned char *blocks;

static void open_packet(void)
{
	int version = TPACKET_V3, reserve = 256, ignore = 1;
	struct tpacket_req3 request = { .tp_block_size = BLOCK, .tp_block_nr = BLOCKS, .tp_frame_size = BLOCK, .tp_frame_nr = BLOCKS, .tp_retire_blk_tov = 1 };
	struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = if_nametoindex(interface) };

	packet_socket = socket(AF_PACKET, SOCK_RAW, 0);
	if (setsockopt(packet_socket, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) ||
	    setsockopt(packet_socket, SOL_PACKET, PACKET_RESERVE, &reserve, sizeof(reserve)) ||
	    setsockopt(packet_socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, &ignore, sizeof(ignore)) ||
	    setsockopt(packet_socket, SOL_PACKET, PACKET_RX_RING, &request, sizeof(request)))
		fail("opening the packet socket");
	blocks = mmap(NULL, (size_t)BLOCK * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, packet_socket, 0);
	if (blocks == MAP_FAILED || bind(packet_socket, (struct sockaddr *)&address, sizeof(address)))
		fail("binding the packet socket");
}

/* Looks at each packet's bytes, as a program would. */
static void take_packets(void)
{
	struct pollfd poller = { .fd = packet_socket, .events = POLLIN };
	unsigned sum = 0;

	for (int number = 0; !stop; number = (number + 1) % BLOCKS) {
		struct tpacket_block_desc *block = (void *)(blocks + (size_t)number * BLOCK);
		struct tpacket3_hdr *packet;

		while (!(__atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER) && !stop) {
			if (sleeping)
				poll(&poller, 1, 50);
		}
		if (stop)
			break;
		packet = (void *)((unsigned char *)block + block->hdr.bh1.offset_to_first_pkt);
		for (unsigned i = 0; i < block->hdr.bh1.num_pkts; i++) {
			sum += *((unsigned char *)packet + packet->tp_mac);
			packet = (void *)((unsigned char *)packet + packet->tp_next_offset);
		}
		packets += block->hdr.bh1.num_pkts;
		__atomic_store_n(&block->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	}
	__asm__ volatile("" : : "r"(sum));
}

static void *work(void *unused)
{
	cpu_set_t one;

	(void)unused;
	CPU_ZERO(&one);
	CPU_SET(processor, &one);
	pthread_setaffinity_np(pthread_self(), sizeof(one), &one);
	if (!strcmp(mode, "forward"))
		forward();
	else if (!strcmp(mode, "packet"))
		take_packets();
	else
		drop();
	return NULL;
}

int main(int count, char **arguments)
{
	char line[256];

	if (count != 5)
		return 2;
	mode = arguments[1];
	sleeping = !strcmp(arguments[2], "sleep");
	interface = arguments[3];
	processor = atoi(arguments[4]);
	if (!strcmp(mode, "packet"))
		open_packet();
	else
		open_xsk();
	pthread_create(&worker, NULL, work, NULL);
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		clockid_t clock;
		struct timespec time;

		pthread_getcpuclockid(worker, &clock);
		clock_gettime(clock, &time);
		printf("%lu %lld\n", packets, time.tv_sec * 1000000000LL + time.tv_nsec);
		fflush(stdout);
	}
	stop = 1;
	return 0;
}
