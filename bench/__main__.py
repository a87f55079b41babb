"""`make bench`: every figure against its limit, as ratios or CPU measured in one run; exit 1 where one is missed."""

from __future__ import annotations

import argparse
import importlib
import platform
import sys

from bench.cost import cost
from jobs import circles

TOPICS = (
    "worktime",
    "findings",
    "oracle",
    "looks",
    "imports",
    "lists",
    "year",
    "weekly",
    "weeks",
    "journal",
    "daemon",
    "thousand",
    "latency",
    "hang",
    "outbox",
    "telling_year",
)


def main() -> int:
    """Run the topics asked for and print a table."""
    arguments = argparse.ArgumentParser(prog="bench", description=__doc__)
    arguments.add_argument("topics", nargs="*", choices=[*TOPICS, []], help="default: all")
    arguments.add_argument("--scale", type=float, default=1.0, help="share of the full size, for a quick try")
    asked = arguments.parse_args()
    machine = f"Python {platform.python_version()}, {platform.machine()}"
    print(f"{machine}, scale {asked.scale:g}, yardstick {_yardstick():.1f} ns")
    print(f"{'figure':<72} {'measured':>12} {'limit':>12}")
    circles.seldom()
    missed = 0
    for topic in asked.topics or TOPICS:
        for name, measured, limit, unit in importlib.import_module(f"bench.{topic}").run(asked.scale):
            good = measured <= limit
            missed += not good
            print(f"{name:<72} {measured:>9.3g} {unit:<2} {'≤' if good else 'MISSED'} {limit:g} {unit}", flush=True)
    return 1 if missed else 0


def _yardstick() -> float:
    """CPU nanoseconds of one addition in a loop, the least of ten: how fast this machine was when this was measured."""
    best = float("inf")
    for _ in range(10):
        with cost() as spent:
            total = 0
            for number in range(300_000):
                total += number
        best = min(best, spent.s / 300_000 * 1e9)
    return best


if __name__ == "__main__":
    sys.exit(main())
