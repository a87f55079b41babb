"""What a source claims to be complete for, as the register writes it."""

from __future__ import annotations

import pytest

MOT_CUA = 'name = "Hệ thống thông tin giải quyết TTHC tỉnh (tệp xuất)"'


def test_a_scope_reaches_all_below_its_agency(own) -> None:
    assert own.load().extents() == {}
    own.change("sources.toml", MOT_CUA, f'{MOT_CUA}\nscope = {{ agency = "ubnd-tinh" }}')
    register = own.load()
    (one,) = register.extents().values()
    below = {key for key in register.agencies if "ubnd-tinh" in register.ancestors(key)}
    assert one.agencies == {"ubnd-tinh", *below}
    assert "so-cong-thuong" in below


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ('agency = "so-x"', "không có cơ quan “so-x”"),
        ('agency = ""', "agency"),
        ("national_portal_only = true", "agency"),
        ('agency = "ubnd-tinh", since = 2026-02-01, until = 2026-01-31', "scope có until trước since"),
        ('agency = "ubnd-tinh", procedures = ["khuyến mại"]', "procedures"),
    ],
    ids=["unknown", "empty", "of nobody", "backwards", "no procedure"],
)
def test_a_scope_that_claims_nothing_certain_is_a_mistake(scope: str, told: str, own) -> None:
    (line,) = own.change("sources.toml", MOT_CUA, f"{MOT_CUA}\nscope = {{ {scope} }}").mistakes()
    assert told in line
    assert "sources.toml" in line
