"""`make bench`: every figure against its limit, as ratios or CPU measured in one run; exit 1 where one is missed."""

from __future__ import annotations

import argparse
import importlib
import platform
import sys

TOPICS = ("worktime", "findings", "looks", "imports", "weekly", "daemon")


def main() -> int:
    """Run the topics asked for and print a table."""
    arguments = argparse.ArgumentParser(prog="bench", description=__doc__)
    arguments.add_argument("topics", nargs="*", choices=[*TOPICS, []], help="default: all")
    arguments.add_argument("--scale", type=float, default=1.0, help="share of the full size, for a quick try")
    asked = arguments.parse_args()
    print(f"Python {platform.python_version()}, {platform.machine()}, scale {asked.scale:g}")
    print(f"{'figure':<72} {'measured':>12} {'limit':>12}")
    missed = 0
    for topic in asked.topics or TOPICS:
        for name, measured, limit, unit in importlib.import_module(f"bench.{topic}").run(asked.scale):
            good = measured <= limit
            missed += not good
            print(f"{name:<72} {measured:>9.3g} {unit:<2} {'≤' if good else 'MISSED'} {limit:g} {unit}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
