"""A template and its data (JSON on standard input) into a PDF (standard output); run as a short-lived child.

It stands alone, so that the child starts in the time of its one import.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

MEMORY, CPU_S = 2 << 30, 50
TYPEFACES = ("Times New Roman", "Liberation Serif", "Tinos", "TeX Gyre Termes")
"""What the decree asks for, and faces of the same widths. Some hold no Vietnamese (Liberation 1 lacks it)."""
ALWAYS_THERE = "Libertinus Serif"
"""The face inside typst, with all of Vietnamese: used where none of the others can write it."""
PROBE = """#context [#metadata({
  let pairs = ("ệe", "ẫa", "ỷy", "ỗo", "ợơ")
  let styles = (("regular", "normal"), ("bold", "normal"), ("regular", "italic"), ("bold", "italic"))
  styles.all(((weight, style)) => pairs.all(pair => {
    let wide(c) = measure(text(font: sys.inputs.face, weight: weight, style: style, fallback: false, c)).width
    let (marked, bare) = pair.clusters()
    wide(marked) == wide(bare) and wide(bare) > 0pt
  }))
}) <holds>]"""


def main() -> None:
    """Set one document under limits, in the first typeface of this machine that can write Vietnamese."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    import typst

    asked = json.load(sys.stdin.buffer)
    fonts = typst.Fonts()
    face = _typeface(typst, fonts)
    if "template" not in asked:
        sys.stdout.write(face)
        return
    made: Any = typst.Compiler(asked["template"].encode(), font_paths=fonts).compile(
        format="pdf",
        sys_inputs={"data": asked["data"], "face": face},
        timestamp=asked["made"],
        pdf_standards=["a-2b"],
    )
    sys.stdout.buffer.write(made)


def _typeface(typst: Any, fonts: Any) -> str:
    """A letter with its marks is as wide as the one without; where a face lacks it, a box of another width stands."""
    here = set(fonts.families())
    for face in TYPEFACES:
        if face in here:
            holds = typst.Compiler(PROBE.encode(), font_paths=fonts, sys_inputs={"face": face}).query(
                "<holds>", one=True
            )
            if json.loads(holds)["value"]:
                return face
    return ALWAYS_THERE


if __name__ == "__main__":
    main()
