"""What people say of one interruption, sorted: the newest word of each kind, the letters, the replies with rulings."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.core.remark import Remark, RemarkKind, Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A remark that can be ruled on, a reply or a claim of force majeure, and every ruling on it, the newest last."""

    remark: Remark
    rulings: tuple[Remark, ...]

    @property
    def standing(self) -> Remark | None:
        """The ruling that stands; None before anybody ruled."""
        return self.rulings[-1] if self.rulings else None

    @property
    def rejected(self) -> bool:
        """Whether the ruling that stands does not accept it."""
        return self.standing is not None and self.standing.ruling is Ruling.REJECTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """All that people said of one interruption, the oldest first; it stands beside the figures and alters none."""

    remarks: tuple[Remark, ...]

    @property
    def cause(self) -> Remark | None:
        """The cause as people told it last."""
        return self._newest(RemarkKind.CAUSE)

    @property
    def owner(self) -> Remark | None:
        """Who has to mend it, as told last."""
        return self._newest(RemarkKind.OWNER)

    @property
    def remedy(self) -> Remark | None:
        """What was done against it, as told last."""
        return self._newest(RemarkKind.REMEDY)

    @property
    def fallback(self) -> Remark | None:
        """How people could file meanwhile, as told last."""
        return self._newest(RemarkKind.FALLBACK)

    @property
    def asked(self) -> tuple[Remark, ...]:
        """Whom we asked, by which letters."""
        return self._all(RemarkKind.ASKED)

    @property
    def replies(self) -> tuple[Answered, ...]:
        """What the operator replied, with the rulings on it."""
        return self._answered(RemarkKind.REPLY)

    @property
    def force_majeure(self) -> Answered | None:
        """The newest claim of force majeure that no ruling rejects: a label on the time, never a deduction."""
        return next((claim for claim in reversed(self.claims) if not claim.rejected), None)

    @property
    def claims(self) -> tuple[Answered, ...]:
        """Every claim of force majeure, with the rulings on it; one that was not accepted is told as such."""
        return self._answered(RemarkKind.FORCE_MAJEURE)

    def _all(self, kind: RemarkKind) -> tuple[Remark, ...]:
        return tuple(one for one in self.remarks if one.kind is kind)

    def _newest(self, kind: RemarkKind) -> Remark | None:
        return next(iter(reversed(self._all(kind))), None)

    def _answered(self, kind: RemarkKind) -> tuple[Answered, ...]:
        return tuple(Answered(remark=one, rulings=self._rulings(one)) for one in self._all(kind))

    def _rulings(self, of: Remark) -> tuple[Remark, ...]:
        return tuple(one for one in self._all(RemarkKind.RULING) if one.answers == of.number)
