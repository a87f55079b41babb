"""A drawing (SVG, as JSON on standard input) into a picture (PNG on standard output); run as a short-lived child.

It stands alone, so that the child starts in the time of its one import.
"""

from __future__ import annotations

import json
import resource
import sys

MEMORY, CPU_S = 2 << 30, 20
PAGE = """#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: eval(sys.inputs.width + "pt"))"""


def main() -> None:
    """Draw one picture under limits. Only the fonts inside typst are used, so it looks the same on every machine."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    import typst

    asked = json.load(sys.stdin.buffer)
    inputs = {"svg": asked["svg"], "width": str(int(asked["width"]))}
    picture = typst.compile(PAGE.encode(), format="png", ppi=144, sys_inputs=inputs, ignore_system_fonts=True)
    sys.stdout.buffer.write(picture)


if __name__ == "__main__":
    main()
