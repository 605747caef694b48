/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tables are measured against: DPDK's rte_hash, rte_lpm and rte_fib, with the keys, contents and order of look-ups of tables.bpf.c.
 *
 *   tables-peer PROCESSOR [OPTION OF EAL]...
 *
 * Answers "ready", then each order on standard input:
 *
 *   flows BITS                      makes both hash tables of 1 << BITS flows; answers "0"
 *   routes TABLE PREFIXES ADDRESSES makes lpm, fib, lpm6 or fib6 of two files: keys of an LPM trie (length, address), addresses to look up;
 *                                   answers seconds to load, bytes of DPDK's heap
 *   measure TABLE single|bulk       looks up SLICE elements on from the last ones: nanoseconds each with the look-up, and without
 *   sum TABLE                       sum of the next hops of all addresses
 *   update TABLE COUNT              announces routes again, withdraws one in four, while another thread looks up: nanoseconds each
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_fib.h>
#include <rte_fib6.h>
#include <rte_hash.h>
#include <rte_hash_crc.h>
#include <rte_lcore.h>
#include <rte_lpm.h>
#include <rte_lpm6.h>
#include <rte_malloc.h>

#define BULK 64
#define SLICE (800 * BULK)
#define NO_HOP ((1 << 21) - 1)

struct flow {
	uint32_t source, destination, ports, protocol;
};

struct prefix {
	uint32_t length;
	uint8_t address[16];
};

struct table {
	const char *name;
	int is6;
	int (*make)(unsigned routes, unsigned groups);
	int (*add)(const struct prefix *prefix, uint32_t hop);
	int (*delete)(const struct prefix *prefix);
	/* Looks up BULK addresses, at once or one by one. */
	void (*look_up)(size_t first, int bulk, uint64_t *hops);
	void (*free)(void);
	struct prefix *prefixes;
	size_t prefix_count, address_count;
};

static struct rte_hash *flows[2];
static struct rte_lpm *lpm;
static struct rte_fib *fib;
static struct rte_lpm6 *lpm6;
static struct rte_fib6 *fib6;
static uint32_t *addresses; /* in host order */
static uint8_t (*addresses6)[16];
static int flow_bits;
static uint32_t turn;
static volatile uint64_t sink;
static volatile int stop;

static void fail(const char *what)
{
	fprintf(stderr, "tables-peer: %s: %s\n", what, rte_strerror(rte_errno));
	exit(1);
}

static double now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

static size_t heap_bytes(void)
{
	struct rte_malloc_socket_stats stats;

	return rte_malloc_get_socket_stats(rte_socket_id(), &stats) ? 0 : stats.heap_allocsz_bytes;
}

/* As in tables.bpf.c. */
static inline uint32_t shuffle(uint32_t number, int bits)
{
	uint32_t mask = (1u << bits) - 1;

	number = number * 0x9e3779b1u & mask;
	number ^= number >> bits / 2;
	number = number * 0x85ebca6bu & mask;
	return number ^ number >> bits / 2;
}

static inline void flow_of(uint32_t number, struct flow *flow)
{
	flow->source = number * 0x9e3779b1u;
	flow->destination = number ^ 0x0a000001;
	flow->ports = number >> 7;
	flow->protocol = 17;
}

static struct rte_hash *make_flows(const char *name, uint8_t flags)
{
	struct rte_hash_parameters parameters = {
		/* Twice the room: a cuckoo table cannot be full. */
		.name = name, .entries = 2u << flow_bits, .key_len = sizeof(struct flow), .hash_func = rte_hash_crc,
		.socket_id = rte_socket_id(), .extra_flag = flags,
	};
	struct rte_hash *hash = rte_hash_create(&parameters);
	struct flow flow;

	if (!hash)
		fail("rte_hash_create");
	for (uint32_t i = 0; i < 1u << flow_bits; i++) {
		flow_of(i, &flow);
		if (rte_hash_add_key_data(hash, &flow, (void *)(uintptr_t)i))
			fail("rte_hash_add_key_data");
	}
	return hash;
}

/* Kinds of loop over a slice: keys alone, one look-up after the other, all of a bulk at once. */
enum kind { KEYS, SINGLE, BULKS };

static __rte_always_inline void look_up_flows(const struct rte_hash *hash, enum kind kind, uint32_t first)
{
	struct flow keys[BULK];
	const void *pointers[BULK];
	uint32_t numbers[BULK];
	void *data[BULK];
	uint64_t hits = 0, wrong = 0;

	for (int i = 0; i < BULK; i++)
		pointers[i] = &keys[i];
	for (uint32_t at = 0; at < SLICE; at += BULK) {
		for (int i = 0; i < BULK; i++) {
			numbers[i] = shuffle(first + at + i, flow_bits);
			flow_of(numbers[i], &keys[i]);
		}
		/* Keys are in memory, whether somebody looks up or not. */
		__asm__ volatile("" : : "r"(keys), "r"(numbers) : "memory");
		if (kind == KEYS)
			continue;
		if (kind == BULKS) {
			rte_hash_lookup_bulk_data(hash, pointers, BULK, &hits, data);
			wrong |= ~hits;
		} else {
			for (int i = 0; i < BULK; i++)
				wrong |= rte_hash_lookup_data(hash, &keys[i], &data[i]) < 0;
		}
		for (int i = 0; i < BULK; i++)
			wrong |= (uintptr_t)data[i] ^ numbers[i];
	}
	if (wrong)
		fail("a flow is missing or another one's");
}

static int ip_of(const struct prefix *prefix, uint32_t *ip)
{
	memcpy(ip, prefix->address, sizeof(*ip));
	*ip = rte_be_to_cpu_32(*ip);
	return prefix->length;
}

static int make_lpm(unsigned routes, unsigned groups)
{
	struct rte_lpm_config config = { .max_rules = routes, .number_tbl8s = groups };

	lpm = rte_lpm_create("lpm", rte_socket_id(), &config);
	return !lpm;
}

static int add_lpm(const struct prefix *prefix, uint32_t hop)
{
	uint32_t ip;
	int length = ip_of(prefix, &ip);

	return rte_lpm_add(lpm, ip, length, hop);
}

static int delete_lpm(const struct prefix *prefix)
{
	uint32_t ip;
	int length = ip_of(prefix, &ip);

	return rte_lpm_delete(lpm, ip, length);
}

static void look_up_lpm(size_t first, int bulk, uint64_t *hops)
{
	uint32_t found[BULK];

	if (bulk) {
		rte_lpm_lookup_bulk(lpm, addresses + first, found, BULK);
		for (int i = 0; i < BULK; i++)
			hops[i] = found[i] & RTE_LPM_LOOKUP_SUCCESS ? found[i] & 0xffffff : NO_HOP;
	} else {
		for (int i = 0; i < BULK; i++)
			hops[i] = rte_lpm_lookup(lpm, addresses[first + i], &found[i]) ? NO_HOP : found[i];
	}
}

static void free_lpm(void)
{
	rte_lpm_free(lpm);
}

static int make_fib(unsigned routes, unsigned groups)
{
	struct rte_fib_conf config = {
		.type = RTE_FIB_DIR24_8, .default_nh = NO_HOP, .max_routes = routes, .dir24_8 = { .nh_sz = RTE_FIB_DIR24_8_4B, .num_tbl8 = groups },
	};

	fib = rte_fib_create("fib", rte_socket_id(), &config);
	if (fib)
		rte_fib_select_lookup(fib, RTE_FIB_LOOKUP_DIR24_8_VECTOR_AVX512); /* else the default stays */
	return !fib;
}

static int add_fib(const struct prefix *prefix, uint32_t hop)
{
	uint32_t ip;
	int length = ip_of(prefix, &ip);

	return rte_fib_add(fib, ip, length, hop);
}

static int delete_fib(const struct prefix *prefix)
{
	uint32_t ip;
	int length = ip_of(prefix, &ip);

	return rte_fib_delete(fib, ip, length);
}

static void look_up_fib(size_t first, int bulk, uint64_t *hops)
{
	if (bulk) {
		rte_fib_lookup_bulk(fib, addresses + first, hops, BULK);
	} else {
		for (int i = 0; i < BULK; i++)
			rte_fib_lookup_bulk(fib, addresses + first + i, hops + i, 1);
	}
}

static void free_fib(void)
{
	rte_fib_free(fib);
}

static int make_lpm6(unsigned routes, unsigned groups)
{
	struct rte_lpm6_config config = { .max_rules = routes, .number_tbl8s = groups };

	lpm6 = rte_lpm6_create("lpm6", rte_socket_id(), &config);
	return !lpm6;
}

static int add_lpm6(const struct prefix *prefix, uint32_t hop)
{
	return rte_lpm6_add(lpm6, prefix->address, prefix->length, hop);
}

static int delete_lpm6(const struct prefix *prefix)
{
	return rte_lpm6_delete(lpm6, prefix->address, prefix->length);
}

static void look_up_lpm6(size_t first, int bulk, uint64_t *hops)
{
	int32_t found[BULK];
	uint32_t hop;

	if (bulk) {
		rte_lpm6_lookup_bulk_func(lpm6, addresses6 + first, found, BULK);
		for (int i = 0; i < BULK; i++)
			hops[i] = found[i] < 0 ? NO_HOP : found[i];
	} else {
		for (int i = 0; i < BULK; i++)
			hops[i] = rte_lpm6_lookup(lpm6, addresses6[first + i], &hop) ? NO_HOP : hop;
	}
}

static void free_lpm6(void)
{
	rte_lpm6_free(lpm6);
}

static int make_fib6(unsigned routes, unsigned groups)
{
	struct rte_fib6_conf config = {
		.type = RTE_FIB6_TRIE, .default_nh = NO_HOP, .max_routes = routes, .trie = { .nh_sz = RTE_FIB6_TRIE_4B, .num_tbl8 = groups },
	};

	fib6 = rte_fib6_create("fib6", rte_socket_id(), &config);
	if (fib6)
		rte_fib6_select_lookup(fib6, RTE_FIB6_LOOKUP_TRIE_VECTOR_AVX512); /* else the default stays */
	return !fib6;
}

static int add_fib6(const struct prefix *prefix, uint32_t hop)
{
	return rte_fib6_add(fib6, prefix->address, prefix->length, hop);
}

static int delete_fib6(const struct prefix *prefix)
{
	return rte_fib6_delete(fib6, prefix->address, prefix->length);
}

static void look_up_fib6(size_t first, int bulk, uint64_t *hops)
{
	if (bulk) {
		rte_fib6_lookup_bulk(fib6, addresses6 + first, hops, BULK);
	} else {
		for (int i = 0; i < BULK; i++)
			rte_fib6_lookup_bulk(fib6, addresses6 + first + i, hops + i, 1);
	}
}

static void free_fib6(void)
{
	rte_fib6_free(fib6);
}

static struct table tables[] = {
	{ "lpm", 0, make_lpm, add_lpm, delete_lpm, look_up_lpm, free_lpm },
	{ "fib", 0, make_fib, add_fib, delete_fib, look_up_fib, free_fib },
	{ "lpm6", 1, make_lpm6, add_lpm6, delete_lpm6, look_up_lpm6, free_lpm6 },
	{ "fib6", 1, make_fib6, add_fib6, delete_fib6, look_up_fib6, free_fib6 },
};

static struct table *find(const char *name)
{
	for (size_t i = 0; i < RTE_DIM(tables); i++)
		if (!strcmp(tables[i].name, name))
			return &tables[i];
	fail("no such table");
	return NULL;
}

static void *read_all(const char *path, size_t *bytes)
{
	FILE *file = fopen(path, "rb");
	void *all;

	if (!file || fseek(file, 0, SEEK_END))
		fail(path);
	*bytes = ftell(file);
	rewind(file);
	all = malloc(*bytes);
	if (!all || fread(all, 1, *bytes, file) != *bytes)
		fail(path);
	fclose(file);
	return all;
}

static void read_routes(struct table *table, const char *prefixes, const char *lookups)
{
	size_t size = table->is6 ? 16 : 4, bytes;
	uint8_t *keys = read_all(prefixes, &bytes);

	table->prefix_count = bytes / (4 + size);
	table->prefixes = calloc(table->prefix_count, sizeof(struct prefix));
	for (size_t i = 0; i < table->prefix_count; i++)
		memcpy(&table->prefixes[i], keys + i * (4 + size), 4 + size);
	free(keys);
	if (table->is6) {
		addresses6 = read_all(lookups, &bytes);
	} else {
		addresses = read_all(lookups, &bytes);
		for (size_t i = 0; i < bytes / 4; i++)
			addresses[i] = rte_be_to_cpu_32(addresses[i]);
	}
	table->address_count = bytes / size;
}

/* How many groups of 256 entries a table wants depends on its prefixes: the least power of two that holds them. */
static void load(struct table *table)
{
	for (unsigned groups = 1 << 8; groups <= 1 << 20; groups *= 2) {
		size_t before = heap_bytes(), done = 0;
		double start;

		if (table->make(table->prefix_count + 1, groups))
			fail("a table cannot be made");
		start = now(CLOCK_THREAD_CPUTIME_ID);
		while (done < table->prefix_count && !table->add(&table->prefixes[done], done))
			done++;
		if (done == table->prefix_count) {
			printf("%.4f %zu\n", (now(CLOCK_THREAD_CPUTIME_ID) - start) / 1e9, heap_bytes() - before);
			return;
		}
		table->free();
	}
	fail("prefixes do not fit");
}

static __rte_always_inline void look_up_routes(const struct table *table, enum kind kind, uint32_t first)
{
	uint64_t hops[BULK], all = 0, none = 0;

	for (uint32_t at = 0; at < SLICE; at += BULK) {
		size_t from = (first + at) % table->address_count;

		if (kind == KEYS) {
			for (int i = 0; i < BULK; i++)
				all += table->is6 ? addresses6[from + i][0] : addresses[from + i];
			continue;
		}
		table->look_up(from, kind == BULKS, hops);
		for (int i = 0; i < BULK; i++) {
			all += hops[i];
			none |= hops[i] == NO_HOP;
		}
	}
	if (none)
		fail("an address has no route");
	sink += all;
}

static __rte_noinline void look_up(const char *table, enum kind kind)
{
	if (!strcmp(table, "hash"))
		look_up_flows(flows[0], kind, turn);
	else if (!strcmp(table, "hash_lf"))
		look_up_flows(flows[1], kind, turn);
	else
		look_up_routes(find(table), kind, turn);
}

static double measure(const char *table, enum kind kind)
{
	double start = now(CLOCK_THREAD_CPUTIME_ID);

	look_up(table, kind);
	turn += SLICE;
	return (now(CLOCK_THREAD_CPUTIME_ID) - start) / SLICE;
}

static uint64_t sum(const struct table *table)
{
	uint64_t hops[BULK], all = 0;

	for (size_t at = 0; at < table->address_count; at += BULK) {
		table->look_up(at, 1, hops);
		for (int i = 0; i < BULK; i++)
			all += hops[i];
	}
	return all;
}

static void *keep_looking_up(void *table)
{
	uint64_t hops[BULK], all = 0;
	const struct table *routes = table;

	for (size_t at = 0; !stop; at = (at + BULK) % routes->address_count) {
		routes->look_up(at, 1, hops);
		all += hops[0];
	}
	sink += all;
	return NULL;
}

static double update(struct table *table, unsigned count)
{
	pthread_t reader;
	uint64_t random = 9;
	double start;

	stop = 0;
	if (pthread_create(&reader, NULL, keep_looking_up, table))
		fail("pthread_create");
	start = now(CLOCK_THREAD_CPUTIME_ID);
	for (unsigned i = 0; i < count; i++) {
		const struct prefix *prefix;

		random = random * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX */
		prefix = &table->prefixes[(random >> 33) % table->prefix_count];
		if (i % 4 == 3)
			table->delete(prefix); /* may be withdrawn already */
		else if (table->add(prefix, i))
			fail("a route cannot be announced");
	}
	start = now(CLOCK_THREAD_CPUTIME_ID) - start;
	stop = 1;
	pthread_join(reader, NULL);
	return start / count;
}

int main(int argc, char **argv)
{
	char order[4096], *words[4], *options[32] = { argv[0], "-l", argv[1] };
	int option_count = 3;

	for (int i = 2; i < argc && option_count < 32; i++)
		options[option_count++] = argv[i];
	if (argc < 2 || rte_eal_init(option_count, options) < 0)
		fail("rte_eal_init");
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("ready");
	while (fgets(order, sizeof(order), stdin)) {
		int count = 0;

		for (char *word = strtok(order, " \n"); word && count < 4; word = strtok(NULL, " \n"))
			words[count++] = word;
		if (count == 2 && !strcmp(words[0], "flows")) {
			flow_bits = atoi(words[1]);
			flows[0] = make_flows("hash", 0);
			flows[1] = make_flows("hash_lf", RTE_HASH_EXTRA_FLAGS_RW_CONCURRENCY_LF);
			puts("0");
		} else if (count == 4 && !strcmp(words[0], "routes")) {
			read_routes(find(words[1]), words[2], words[3]);
			load(find(words[1]));
		} else if (count == 3 && !strcmp(words[0], "measure")) {
			double with = measure(words[1], strcmp(words[2], "bulk") ? SINGLE : BULKS);

			printf("%.3f %.3f\n", with, measure(words[1], KEYS));
		} else if (count == 2 && !strcmp(words[0], "sum")) {
			printf("%lu\n", sum(find(words[1])));
		} else if (count == 3 && !strcmp(words[0], "update")) {
			printf("%.3f\n", update(find(words[1]), atoi(words[2])));
		} else {
			fail("not an order");
		}
	}
	return 0;
}
