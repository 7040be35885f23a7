"""Speed as ratios: ours against the floor, interleaved in one run (make bench).

Absolute times drift with the machine; a ratio taken in one run does not. The
floor is the same answer fetched raw, in the same process, from the same rows.
"""
