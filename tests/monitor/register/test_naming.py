"""The agencies of a dossier: today's while it is open, those of its figures once it ended, however it is read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.core.dossier import Dossier, Status
from monitor.core.phase import ended
from monitor.register import load_register
from monitor.register.naming import placing, with_agencies

SHIPPED = load_register("thanh-hoa")
NOW, BEFORE = datetime(2026, 11, 24, 1, 30, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC)
DISTRICT = "UBND huyện Nga Sơn"  # no more since 01/7/2025


@pytest.mark.parametrize("as_of", [BEFORE, NOW], ids=["old figures", "new figures"])
@pytest.mark.parametrize("end", [None, BEFORE], ids=["no end", "an end"])
@pytest.mark.parametrize("status", [*Status, "99"])
def test_read_by_the_thousand_a_dossier_has_the_agencies_it_has_alone(
    status: str, end: datetime | None, as_of: datetime
) -> None:
    told = Dossier(
        source="mot-cua", code="A", status=status, returned=end, receiving_unit=DISTRICT, handling_unit="Sở CT",
        as_of=as_of, first_seen=BEFORE,
    )  # fmt: skip
    alone = with_agencies(told, SHIPPED, NOW)
    place = placing(SHIPPED, NOW)
    for _ in range(2):  # worked out, and remembered
        agencies = place(told.status, ended(told) is not None, as_of, DISTRICT, "Sở CT")
        assert agencies == (alone.receiving_agency, alone.handling_agency)
    then = placing(SHIPPED)(told.status, ended(told) is not None, as_of, DISTRICT, "Sở CT")
    assert then == ("huyen-nga-son" if as_of is BEFORE else "", "so-cong-thuong")


def test_an_open_dossier_goes_with_today_and_an_ended_one_stays_with_its_figures() -> None:
    place = placing(SHIPPED, NOW)
    assert place(Status.PROCESSING, False, BEFORE, DISTRICT, DISTRICT) == ("", "")
    assert place(Status.RETURNED, True, BEFORE, DISTRICT, DISTRICT) == ("huyen-nga-son", "huyen-nga-son")
