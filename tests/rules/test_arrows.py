"""The house's arrows point down and never in a circle, also inside functions and under TYPE_CHECKING."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("monitor", "notifiers", "jobs")

ALLOWED: dict[str, tuple[str, ...]] = {
    "monitor.core": ("monitor.core",),
    "monitor.config": ("monitor.setting_values", "monitor.core"),
    "monitor.setting_values": ("monitor.core",),
    "monitor.document": ("monitor.core",),
    "monitor.law": ("monitor.law", "monitor.document", "monitor.core"),
    "monitor.register": ("monitor.register", "monitor.document", "monitor.core"),
    "monitor.probes": ("monitor.probes", "monitor.core"),
    "monitor.sources": ("monitor.sources", "monitor.core"),
    "monitor.store": ("monitor.store", "monitor.core"),
    "monitor.reports": (
        "monitor.reports",
        "monitor.store",
        "monitor.register",
        "monitor.law",
        "monitor.config",
        "monitor.core",
    ),
    "monitor.web": (
        "monitor.web",
        "monitor.reports",
        "monitor.store",
        "monitor.register",
        "monitor.law",
        "monitor.config",
        "monitor.core",
    ),
    "monitor.verifier": (),
    "notifiers": ("notifiers", "monitor.core.message"),
    "jobs": ("jobs", "monitor", "notifiers"),
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            yield name, ast.parse(path.read_text("utf-8"))


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide arrows"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


MODULES = tuple(modules())
CORE = tuple((name, tree) for name, tree in MODULES if within(name, "monitor.core"))


@pytest.mark.parametrize(("name", "tree"), MODULES, ids=[name for name, _ in MODULES])
def test_every_arrow_points_down(name: str, tree: ast.Module) -> None:
    if name == "monitor":
        return
    room = max((room for room in ALLOWED if within(name, room)), key=len)
    ours = [imported for imported in imports(tree) if imported.split(".")[0] in ROOMS]
    assert [i for i in ours if not any(within(i, room) for room in ALLOWED[room])] == []


@pytest.mark.parametrize(("name", "tree"), CORE, ids=[name for name, _ in CORE])
def test_the_core_needs_the_standard_library_only_and_reads_no_clock(name: str, tree: ast.Module) -> None:
    foreign = {i.split(".")[0] for i in imports(tree)} - set(sys.stdlib_module_names) - {"monitor"}
    assert foreign == set(), name
    clocks = {"now", "today", "utcnow", "monotonic", "perf_counter"}
    read = [
        n.func.attr
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr in clocks
    ]
    assert read == [], name


def test_the_verifier_needs_the_standard_library_and_cryptography_only() -> None:
    verifier = [tree for name, tree in MODULES if within(name, "monitor.verifier")]
    foreign = {i.split(".")[0] for tree in verifier for i in imports(tree)} - set(sys.stdlib_module_names)
    assert foreign <= {"cryptography"}


def test_no_import_goes_in_a_circle() -> None:
    names = {name for name, _ in MODULES}
    graph = {
        name: {
            target for i in imports(tree) for target in (i, i.rpartition(".")[0]) if target in names and target != name
        }
        for name, tree in MODULES
    }
    # `from package import name` also names the package; a package that only re-exports its own modules is no circle.
    graph = {name: {t for t in targets if not within(name, t)} for name, targets in graph.items()}
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path[path.index(name) :], name))
        if name not in done:
            for target in graph[name]:
                walk(target, (*path, name))
            done.add(name)

    for name in graph:
        walk(name, ())


@pytest.mark.parametrize(("name", "tree"), MODULES, ids=[name for name, _ in MODULES])
def test_only_one_module_reads_the_wall_clock(name: str, tree: ast.Module) -> None:
    if name == "jobs.clock":
        return
    calls = [ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)]
    assert [
        c for c in calls if c in {"datetime.now", "datetime.utcnow", "date.today", "time.time", "time.time_ns"}
    ] == []
