"""Runs a program that nobody trusts and says what happened, as a value.

What a box holds off, by `docs/sandbox.md`: the network, the files of the machine, its other
processes, and the use of more time, memory, processes or output than was given. What it does not
protect against: faults of the kernel, side channels (timing, caches, the host's load as /proc shows
it), kernel memory that no limit counts (inodes, socket buffers), and a program that searches its
own process for the token of its run in order to claim that its checks passed.
"""
