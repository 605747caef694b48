namespace Headrace.Objects.Tests.Writing;

/// <summary>Objects in assembly that use each part of the language.</summary>
internal static class AssemblyExamples
{
    /// <summary>Maps, variables, a subprogram, a callback, a tail call: everything libbpf links.</summary>
    public const string Everything = """
        .license "GPL"

        .map packets type=percpu_array key=4 value=8 max_entries=256
        .map sources type=lpm_trie key=8 value=4 max_entries=1000 flags=no_prealloc
        .map jumps type=prog_array key=4 value=4 max_entries=4
        .entry jumps 2 = second
        .map outer type=array_of_maps key=4 value=4 max_entries=2
        .inner outer type=array key=4 value=8 max_entries=16
        .map inner_one type=array key=4 value=8 max_entries=16
        .entry outer 1 = inner_one
        .map events type=ringbuf max_entries=4096

        .section .data
        .global limit
        limit:  .u32 1500
        scratch: .u64 1, 0xffffffffffffffff
        .section .rodata
        port:   .u16 80
        .align 4
        .global name
        name:   .string "hello\n"
        .section .bss
        total:  .zero 8

        .section .text
        .func weigh static                  ; r1: a length, returns twice of it
            r0 = r1
            r0 += r1
            exit
        .func visit static                  ; a bpf_loop callback
            r0 = 0
            exit

        .section xdp
        .func first
            r6 = r1
            r1 = *(u32 *)(r6 +4)
            r2 = *(u32 *)(r6 +0)
            r1 -= r2
            call weigh
            r7 = r0
            r1 = &limit ll
            r1 = *(u32 *)(r1 +0)
            if r7 > r1 goto drop
            r1 = map[.bss][0]+0 ll
            lock *(u64 *)(r1 +0) += r7
            r1 = 3
            r2 = subprog[visit] ll
            r3 = 0
            r4 = 0
            call loop
            *(u32 *)(r10 -4) = 0
            r1 = map[packets] ll
            r2 = r10
            r2 += -4
            call map_lookup_elem
            if r0 == 0 goto tail
            r1 = *(u64 *)(r0 +0)
            r1 += 1
            *(u64 *)(r0 +0) = r1
        tail:
            r1 = r6
            r2 = map[jumps] ll
            r3 = 2
            call tail_call
            r0 = 2
            exit
        drop:
            r0 = 1
            exit
        .func second
            r1 = &port ll
            r0 = *(u16 *)(r1 +0)
            r0 = 2
            exit

        .section tc
        .func classify
            r1 = map[events] ll
            r0 = 0
            exit
        """;
}
