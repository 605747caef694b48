/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libbpf doing what Headrace.Linux does, to be measured beside it. Orders come as lines on the standard input, answers go back as lines.
 *
 *   ring ID            read the ring buffer of this id from now on
 *   drain              take all that is there: answers records, nanoseconds
 *   live               take what comes: answers "go"; after a further line, once the ring is empty, records, nanoseconds of processor time
 *   load OBJECT DEVICE load and attach the object's first XDP program, then let go of it: answers nanoseconds until it was attached
 *   hash N             N look-ups, updates and deletes of one element each, then batches of all: answers nanoseconds of each (5 numbers)
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static unsigned long long records, sum;

static long long now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, arguments) : 0;
}

static int take(void *context, void *data, size_t size)
{
	records++;
	sum += *(unsigned long long *)data;
	return 0;
}

static int fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	return 1;
}

static int live(struct ring_buffer *ring)
{
	struct pollfd orders = { .fd = 0, .events = POLLIN };
	int ended = 0, taken = 1;
	char line[64];
	long long start;

	printf("go\n");
	fflush(stdout);
	start = now(CLOCK_THREAD_CPUTIME_ID);
	while (!ended || taken) {
		taken = ring_buffer__poll(ring, 20);
		/* A wake-up can get lost between the last look at the ring and the wait; epoll does not look again by itself. */
		if (taken == 0)
			taken = ring_buffer__consume(ring);
		if (taken < 0 && taken != -EINTR)
			return fail("ring_buffer__poll");
		if (taken <= 0 && !ended && poll(&orders, 1, 0) > 0) {
			if (!fgets(line, sizeof(line), stdin))
				return 1;
			ended = taken = 1;
		}
	}
	printf("%llu %lld\n", records, now(CLOCK_THREAD_CPUTIME_ID) - start);
	return 0;
}

static int load(const char *path, const char *device)
{
	long long start = now(CLOCK_MONOTONIC), end;
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *program;
	struct bpf_link *link;

	if (!object || bpf_object__load(object))
		return fail("load");
	program = bpf_object__next_program(object, NULL);
	link = bpf_program__attach_xdp(program, if_nametoindex(device));
	if (!link)
		return fail("attach");
	end = now(CLOCK_MONOTONIC);
	bpf_link__destroy(link);
	bpf_object__close(object);
	printf("%lld\n", end - start);
	return 0;
}

static int hash(unsigned count)
{
	struct value { unsigned long long packets, bytes; } value = { 0 }, *values = calloc(count, sizeof(*values));
	unsigned *keys = calloc(count, sizeof(*keys)), *read = calloc(count, sizeof(*keys)), batch = 0, got;
	int map = bpf_map_create(BPF_MAP_TYPE_HASH, "peer", sizeof(*keys), sizeof(value), count, NULL);
	long long times[6];

	if (map < 0)
		return fail("bpf_map_create");
	for (unsigned i = 0; i < count; i++)
		keys[i] = i;
	times[0] = now(CLOCK_THREAD_CPUTIME_ID);
	for (unsigned i = 0; i < count; i++) {
		value.packets = i;
		if (bpf_map_update_elem(map, &keys[i], &value, BPF_ANY))
			return fail("update");
	}
	times[1] = now(CLOCK_THREAD_CPUTIME_ID);
	for (unsigned i = 0; i < count; i++) {
		if (bpf_map_lookup_elem(map, &keys[i], &value))
			return fail("look-up");
		sum += value.packets;
	}
	times[2] = now(CLOCK_THREAD_CPUTIME_ID);
	for (unsigned i = 0; i < count; i++) {
		if (bpf_map_delete_elem(map, &keys[i]))
			return fail("delete");
	}
	times[3] = now(CLOCK_THREAD_CPUTIME_ID);
	got = count;
	if (bpf_map_update_batch(map, keys, values, &got, NULL))
		return fail("update batch");
	times[4] = now(CLOCK_THREAD_CPUTIME_ID);
	/* Batches of 256, as Headrace reads them. */
	for (unsigned all = 0, started = 0;; started = 1) {
		int result;

		got = 256;
		result = bpf_map_lookup_batch(map, started ? &batch : NULL, &batch, read, values, &got, NULL);
		all += got;
		for (unsigned i = 0; i < got; i++)
			sum += values[i].packets;
		if (result && errno == ENOENT && all == count)
			break;
		if (result)
			return fail("look-up batch");
	}
	times[5] = now(CLOCK_THREAD_CPUTIME_ID);
	for (int i = 0; i < 5; i++)
		printf("%lld ", times[i + 1] - times[i]);
	printf("\n");
	close(map);
	free(keys);
	free(read);
	free(values);
	return 0;
}

int main(int count, char **arguments)
{
	struct ring_buffer *ring = NULL;
	char line[4096], order[16], first[3000], second[64];
	cpu_set_t processors;

	CPU_ZERO(&processors);
	CPU_SET(count > 1 ? atoi(arguments[1]) : 0, &processors);
	sched_setaffinity(0, sizeof(processors), &processors);
	libbpf_set_print(quiet);
	while (fgets(line, sizeof(line), stdin)) {
		int result = 1, words = sscanf(line, "%15s %2999s %63s", order, first, second);

		records = 0;
		if (words > 1 && !strcmp(order, "ring")) {
			ring = ring_buffer__new(bpf_map_get_fd_by_id(atoi(first)), take, NULL, NULL);
			result = ring ? printf("ready\n") < 0 : fail("ring_buffer__new");
		} else if (ring && !strcmp(order, "drain")) {
			long long start = now(CLOCK_MONOTONIC);

			result = ring_buffer__consume(ring) < 0;
			printf("%llu %lld\n", records, now(CLOCK_MONOTONIC) - start);
		} else if (ring && !strcmp(order, "live")) {
			result = live(ring);
		} else if (words > 2 && !strcmp(order, "load")) {
			result = load(first, second);
		} else if (words > 1 && !strcmp(order, "hash")) {
			result = hash(atoi(first));
		}
		if (result)
			return 1;
		fflush(stdout);
	}
	return sum == 42;
}
