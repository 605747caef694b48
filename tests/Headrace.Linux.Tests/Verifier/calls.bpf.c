/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Programs around the rules of spin locks, timers and callbacks: each is verified by the kernel and by Headrace. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct locked {
	struct bpf_spin_lock lock;
	__u32 count;
	__u64 sum;
};

struct timed {
	__u64 count;
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, struct locked);
} locks SEC(".maps"), other_locks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct timed);
} timers SEC(".maps"), other_timers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 8);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(key_size, 8);
	__uint(value_size, 8);
} routes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} samples SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} records SEC(".maps");

static __always_inline struct locked *find(void *map, __u32 key)
{
	return bpf_map_lookup_elem(map, &key);
}

#define PROGRAM(name) SEC("?xdp") int name(struct xdp_md *ctx)

PROGRAM(lock_taken_and_given)
{
	struct locked *value = find(&locks, 1);

	if (!value)
		return 0;
	bpf_spin_lock(&value->lock);
	value->count++;
	bpf_spin_unlock(&value->lock);
	return 0;
}

PROGRAM(lock_not_given)
{
	struct locked *value = find(&locks, 1);

	if (!value)
		return 0;
	bpf_spin_lock(&value->lock);
	return 0;
}

PROGRAM(lock_not_taken)
{
	struct locked *value = find(&locks, 1);

	if (!value)
		return 0;
	bpf_spin_unlock(&value->lock);
	return 0;
}

PROGRAM(lock_taken_twice)
{
	struct locked *value = find(&locks, 1);

	if (!value)
		return 0;
	bpf_spin_lock(&value->lock);
	bpf_spin_lock(&value->lock);
	bpf_spin_unlock(&value->lock);
	return 0;
}

PROGRAM(lock_of_another_value_given)
{
	struct locked *one = find(&locks, 1), *two = find(&locks, 2);

	if (!one || !two)
		return 0;
	bpf_spin_lock(&one->lock);
	bpf_spin_unlock(&two->lock);
	return 0;
}

PROGRAM(two_locks_one_after_another)
{
	struct locked *one = find(&locks, 1), *two = find(&other_locks, 2);

	if (!one || !two)
		return 0;
	bpf_spin_lock(&one->lock);
	bpf_spin_unlock(&one->lock);
	bpf_spin_lock(&two->lock);
	bpf_spin_unlock(&two->lock);
	return 0;
}

PROGRAM(call_under_a_lock)
{
	struct locked *value = find(&locks, 1);

	if (!value)
		return 0;
	bpf_spin_lock(&value->lock);
	value->sum = bpf_ktime_get_ns();
	bpf_spin_unlock(&value->lock);
	return 0;
}

PROGRAM(lock_elsewhere)
{
	struct locked *value = find(&locks, 1);

	if (!value)
		return 0;
	bpf_spin_lock((void *)&value->sum);
	bpf_spin_unlock((void *)&value->sum);
	return 0;
}

PROGRAM(lock_without_a_test_for_null)
{
	struct locked *value = find(&locks, 1);

	bpf_spin_lock(&value->lock);
	bpf_spin_unlock(&value->lock);
	return 0;
}

PROGRAM(lock_in_a_map_without)
{
	struct locked *value = find(&counts, 1);

	if (!value)
		return 0;
	bpf_spin_lock(&value->lock);
	bpf_spin_unlock(&value->lock);
	return 0;
}

PROGRAM(lock_read)
{
	struct locked *value = find(&locks, 1);

	return value ? *(volatile __u32 *)&value->lock : 0;
}

PROGRAM(lock_on_the_stack)
{
	struct bpf_spin_lock lock = {};

	bpf_spin_lock(&lock);
	bpf_spin_unlock(&lock);
	return 0;
}

static int expired(void *map, __u32 *key, struct timed *value)
{
	value->count += *key;
	bpf_timer_start(&value->timer, 1000, 0);
	return 0;
}

static int expired_badly(void *map, __u32 *key, struct timed *value)
{
	return 7;
}

static int expired_beyond(void *map, __u32 *key, struct timed *value)
{
	return (int)(&value->count)[3] & 0;
}

static __always_inline struct timed *timed(void *map, __u32 key)
{
	return bpf_map_lookup_elem(map, &key);
}

PROGRAM(timer_started)
{
	struct timed *value = timed(&timers, ctx->rx_queue_index);

	if (!value)
		return 0;
	bpf_timer_init(&value->timer, &timers, 1);
	bpf_timer_set_callback(&value->timer, expired);
	bpf_timer_start(&value->timer, 1000, 0);
	return 0;
}

PROGRAM(timer_cancelled)
{
	struct timed *value = timed(&timers, ctx->rx_queue_index);

	if (value)
		bpf_timer_cancel(&value->timer);
	return 0;
}

PROGRAM(timer_of_another_map)
{
	struct timed *value = timed(&timers, ctx->rx_queue_index);

	if (value)
		bpf_timer_init(&value->timer, &other_timers, 1);
	return 0;
}

PROGRAM(timer_elsewhere)
{
	struct timed *value = timed(&timers, ctx->rx_queue_index);

	if (value)
		bpf_timer_init((void *)&value->count, &timers, 1);
	return 0;
}

PROGRAM(timer_in_a_map_without)
{
	struct timed *value = timed(&counts, ctx->rx_queue_index);

	if (value)
		bpf_timer_cancel((void *)value);
	return 0;
}

PROGRAM(timer_callback_returns_seven)
{
	struct timed *value = timed(&timers, ctx->rx_queue_index);

	if (value)
		bpf_timer_set_callback(&value->timer, expired_badly);
	return 0;
}

PROGRAM(timer_callback_reads_the_timer)
{
	struct timed *value = timed(&timers, ctx->rx_queue_index);

	if (value)
		bpf_timer_set_callback(&value->timer, expired_beyond);
	return 0;
}

PROGRAM(timer_written)
{
	struct timed *value = timed(&timers, ctx->rx_queue_index);

	if (value)
		*(volatile __u64 *)&value->timer = 0;
	return 0;
}

static long add(__u32 index, __u64 *sum)
{
	*sum += index;
	return 0;
}

static long stop(__u32 index, __u64 *sum)
{
	return index > 3;
}

static long returns_two(__u32 index, __u64 *sum)
{
	return 2;
}

static long reads_beyond(__u32 index, __u64 *sum)
{
	return (sum + 1)[index] & 1;
}

static long leaks(__u32 index, void *unused)
{
	bpf_ringbuf_reserve(&records, 8, 0);
	return 0;
}

static long submits(__u32 index, void *unused)
{
	__u64 *record = bpf_ringbuf_reserve(&records, 8, 0);

	if (record)
		bpf_ringbuf_submit(record, 0);
	return 0;
}

#define LOOP(callback)                              \
	PROGRAM(loop_##callback)                    \
	{                                           \
		__u64 sum = 0;                      \
                                                    \
		bpf_loop(100, callback, &sum, 0);   \
		return sum > 9;                     \
	}

LOOP(add)
LOOP(stop)
LOOP(returns_two)
LOOP(reads_beyond)
LOOP(leaks)
LOOP(submits)

PROGRAM(loop_never)
{
	__u64 sum = 0;

	bpf_loop(0, add, &sum, 0);
	return sum;
}

PROGRAM(loop_without_context)
{
	bpf_loop(10, submits, 0, 0);
	return 0;
}

PROGRAM(loop_with_null_used)
{
	bpf_loop(10, add, 0, 0);
	return 0;
}

PROGRAM(loop_of_a_number_of_the_packet)
{
	__u64 sum = 0;

	bpf_loop(ctx->rx_queue_index, add, &sum, 0);
	return 0;
}

static long element(void *map, __u32 *key, __u64 *value, __u64 *sum)
{
	*sum += *key + *value;
	return 0;
}

static long element_key_written(void *map, __u32 *key, __u64 *value, __u64 *sum)
{
	*key = 1;
	return 0;
}

static long element_value_written(void *map, __u32 *key, __u64 *value, __u64 *sum)
{
	*value = 1;
	return *key & 1;
}

static long element_key_beyond(void *map, __u32 *key, __u64 *value, __u64 *sum)
{
	return key[1] & 1;
}

static long element_looked_up(void *map, __u32 *key, __u64 *value, __u64 *sum)
{
	__u64 *found = bpf_map_lookup_elem(map, key);

	return found ? *found & 1 : 0;
}

#define EACH(callback)                                              \
	PROGRAM(each_##callback)                                    \
	{                                                           \
		__u64 sum = 0;                                      \
                                                                    \
		bpf_for_each_map_elem(&counts, callback, &sum, 0);  \
		return sum > 9;                                     \
	}

EACH(element)
EACH(element_key_written)
EACH(element_value_written)
EACH(element_key_beyond)
EACH(element_looked_up)

PROGRAM(each_of_a_trie)
{
	__u64 sum = 0;

	bpf_for_each_map_elem(&routes, element, &sum, 0);
	return 0;
}

static long sample(struct bpf_dynptr *dynptr, __u64 *sum)
{
	__u64 value = 0;

	bpf_dynptr_read(&value, 8, dynptr, 0, 0);
	*sum += value;
	return 0;
}

static long sample_written(struct bpf_dynptr *dynptr, __u64 *sum)
{
	__u64 value = 0;

	bpf_dynptr_write(dynptr, 0, &value, 8, 0);
	return 0;
}

static long sample_submitted(struct bpf_dynptr *dynptr, __u64 *sum)
{
	bpf_ringbuf_submit_dynptr(dynptr, 0);
	return 0;
}

static long sample_of_two(struct bpf_dynptr *dynptr, __u64 *sum)
{
	return 2;
}

#define DRAIN(callback)                                               \
	PROGRAM(drain_##callback)                                     \
	{                                                             \
		__u64 sum = 0;                                        \
                                                                      \
		bpf_user_ringbuf_drain(&samples, callback, &sum, 0);  \
		return sum > 9;                                       \
	}

DRAIN(sample)
DRAIN(sample_written)
DRAIN(sample_submitted)
DRAIN(sample_of_two)

PROGRAM(drain_another_ring)
{
	__u64 sum = 0;

	bpf_user_ringbuf_drain(&records, sample, &sum, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
