#!/usr/bin/env python3
"""Runs commands in turn, round by round, so that what else goes on on the machine hits all alike, and prints a table.

Usage: rounds.py RUNS FILE

FILE has a line for each command, its words apart by tabs: what it does, by whom, the program, its arguments. The first of
those that do the same is what the others are compared with. Output is dropped. The first round is not counted.
"""
import os
import statistics
import subprocess
import sys
import time


def run(command):
    """Returns wall and processor time in milliseconds, and megabytes resident at most."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)[:200]}: exit status {process.returncode}")
    return wall * 1000, (usage.ru_utime + usage.ru_stime) * 1000, usage.ru_maxrss / 1024


def main():
    runs = int(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as file:
        commands = [line.rstrip("\n").split("\t") for line in file]
    times = [[] for _ in commands]
    for number in range(runs + 1):
        for i, command in enumerate(commands):
            result = run(command[2:])
            if number > 0:
                times[i].append(result)
    print("| | | wall, ms: shortest (median) | processor, ms | ratio of processor | resident, MB |")
    print("|---|---|---|---|---|---|")
    first = {}
    for i, (what, who, *_) in enumerate(commands):
        wall, cpu, peak = zip(*times[i])
        yardstick = first.setdefault(what, times[i])
        ratio = statistics.median(own[1] / other[1] for own, other in zip(times[i], yardstick))
        print(f"| {what} | {who} | {min(wall):.0f} ({statistics.median(wall):.0f})"
              f" | {min(cpu):.0f} ({statistics.median(cpu):.0f}) | {ratio:.2f} | {statistics.median(peak):.0f} |")


if __name__ == "__main__":
    main()
