"""docs/register.md says every field there is, and its examples load."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from monitor.core.agency import AgencyKind, Role
from monitor.core.ladder import Anchor, SubjectKind
from monitor.core.look import Kind
from monitor.core.message import Urgency
from monitor.core.obligation import DueKind
from monitor.core.service import Means, Want
from monitor.register import entries

ROOT = Path(__file__).parents[3]
REFERENCE = (ROOT / "docs" / "register.md").read_text("utf-8")
SHIPPED = ROOT / "monitor" / "register" / "thanh-hoa"
EXAMPLES = re.findall(r"^```toml (\S+)\n(.*?)^```", REFERENCE, re.MULTILINE | re.DOTALL)

FILES = {
    "register.toml": (entries.RegisterFile,),
    "agencies/tinh.toml": (entries.AgencyEntry,),
    "posts.toml": (entries.DefaultPost, entries.PostEntry),
    "services/2.001474.toml": (
        entries.ServiceEntry,
        entries.TargetEntry,
        entries.StepEntry,
        entries.AssertionEntry,
        entries.TakeEntry,
        entries.PanelEntry,
    ),
    "sources.toml": (entries.SourceEntry,),
    "ladders.toml": (entries.StageEntry,),
    "duties.toml": (entries.DutyEntry,),
}
NESTED = {"target", "step", "panel"}


@pytest.mark.parametrize("file", FILES)
def test_every_field_is_in_the_reference_and_explained_in_the_file_itself(file: str) -> None:
    fields = {field for entry in FILES[file] for field in entry.model_fields} - NESTED
    comments = "\n".join(line for line in (SHIPPED / file).read_text("utf-8").splitlines() if line.startswith("#"))
    if file == "register.toml":  # its fields are few, and explained where they stand
        comments = (SHIPPED / file).read_text("utf-8")
    told = {field for field in fields if re.search(rf"`(\{{ )?{field}\b|, {field}\b.*\}}`", REFERENCE)}
    assert told == fields
    assert {field for field in fields if not re.search(rf"\b{field}\b", comments)} == set()


@pytest.mark.parametrize("closed_set", [AgencyKind, Role, Anchor, SubjectKind, Kind, Urgency, DueKind, Want, Means])
def test_every_word_of_a_closed_set_is_in_the_reference(closed_set: type) -> None:
    assert [word for word in closed_set if f"`{word}`" not in REFERENCE and f"`[[{word}]]`" not in REFERENCE] == []  # type: ignore[attr-defined]


def test_the_examples_load_together_and_mean_what_is_said_of_them(own) -> None:
    assert len(EXAMPLES) == 5
    for file, text in EXAMPLES:
        own.add(file, "\n" + text)
    register = own.load()
    assert register.resolve("Bộ phận Một cửa xã Ví Dụ", date(2027, 1, 1)) == "xa-vi-du"
    assert register.resolve("xã Ví Dụ (mới)", date(2027, 12, 31)) == "xa-vi-du"
    assert register.resolve("xã Ví Dụ (mới)", date(2028, 1, 1)) == ""
    assert register.posts["so-cong-thuong/duty-2"].address == "truc2@sct.example"
    assert register.target("2.000004-dvcqg-browser") is not None
    assert register.ladders[SubjectKind.UNKNOWN_UNIT].stages[-1].audience == ("centre:head",)
