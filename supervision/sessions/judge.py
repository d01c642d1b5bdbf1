"""Judging supervision and consultation received: minutes in total, of them individual, at most so much in groups, and
the weekly ratio to direct practice. Pure.

A session counts for a trainee once the supervisor has confirmed that she was there. Entries of the practice log in a
category of supervision count like sessions, and prior hours in one as transferred. Each line is counted for itself: what
was transferred first, what was individual before groups, then by (date, kind, id), while the limits are used up; so
grouped sums give the same number as the rows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse
from django.utils.text import get_text_list

from courses.standards.contract import (
    Category,
    Config,
    Counted,
    Evidence,
    Excluded,
    Facts,
    Result,
    Step,
)
from courses.standards.enums import Bucket, ResultState, Unit
from lms.web.templatetags.ui import day
from lms.web.templatetags.ui import minutes as hours
from supervision.evidence import APPROVED, PENDING, QUESTIONED, REPLACED, RETURNED
from supervision.sessions.enums import SessionFormat
from supervision.sessions.ratio import JudgedWeek, Ratio, Week, WeekState, judge_weeks

DISPUTED, ABSENT, CANCELLED = "disputed", "absent", "cancelled"
REASONS = {
    RETURNED: "Returned by your supervisor.",
    REPLACED: "Replaced by a corrected entry.",
    QUESTIONED: "Under review: a paper of the supervisor may not have been valid on that day. A program director decides.",
    DISPUTED: "It is disputed. It counts once that is settled.",
    ABSENT: "You are recorded as absent.",
    CANCELLED: "Cancelled by the supervisor.",
}


@dataclass(frozen=True)
class SupervisionConfig(Config):
    """Minutes everywhere. `triadic_as` names the format that a triadic session counts as, none when empty.

    `group_percent`: at most so much of the total may be in groups. `group_size`: a larger group does not count; 0 means
    any. `transferred_most`: at most so many minutes from elsewhere; None means any number.
    """

    minutes: int = 0
    individual: int = 0
    triadic_as: str = SessionFormat.INDIVIDUAL.value
    peer_counts: bool = False
    group_percent: int = 100
    group_size: int = 0
    transferred_most: int | None = None
    ratio: Ratio | None = None

    @property
    def group_most(self) -> int:
        return self.minutes * self.group_percent // 100


@dataclass(frozen=True)
class Piece:
    """Minutes of one session, one visit or one record when read in detail, else of many alike in one week.

    `kind` and `id` name the evidence. `size`: how many took part, 0 when nobody said. `category` is that of an entry or
    a record, empty for a session: it says whether it was supervision, practice, or something else.
    """

    minutes: int
    status: str
    format: str = ""
    week: date = date.min
    size: int = 0
    is_transferred: bool = False
    category: str = ""
    kind: str = ""
    id: int = 0
    on: date = date.min
    label: str = ""

    @property
    def evidence(self) -> Evidence:
        return Evidence(kind=self.kind, id=self.id, label=self.label, on=self.on)


@dataclass
class SupervisionFacts(Facts):
    """`today` is the trainee's own day. `pieces` are sessions, and entries and prior hours of every category.
    `cancelled` holds the Mondays of weeks in which a supervisor cancelled."""

    today: date = date.min
    pieces: list[Piece] = field(default_factory=list)
    cancelled: set[date] = field(default_factory=set)
    is_detailed: bool = False


# Judging: pure ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """How much of a piece counts for a line, and why the rest does not."""

    piece: Piece
    counted: int
    reason: str = ""


def judge_supervision(config: SupervisionConfig, facts: SupervisionFacts, categories: Mapping[str, Category]) -> Result:
    received = [piece for piece in facts.pieces if is_supervision(piece, categories)]
    total = _line(config, config.title, config.minutes, received, facts.is_detailed, only_individual=False)
    parts = []
    if config.individual:
        parts.append(_line(config, "individual", config.individual, received, False, only_individual=True))
    missing = [_missing(total, ""), *(_missing(part, " individual") for part in parts)]
    parts += _limit_lines(config, received)
    if config.ratio:
        weeks = weeks_of(config, facts, categories)
        parts.append(_ratio_line(config, weeks, facts, categories))
        missing += missing_of(config.ratio, weeks)
    missing = tuple(filter(None, missing))
    states = {line.state for line in (total, *parts)}
    main = total if config.minutes or not config.ratio else parts[-1]
    return Result(
        key=config.key,
        title=config.title,
        state=next(one for one in (ResultState.UNMET, ResultState.PENDING, ResultState.MET) if one in states),
        done=main.done,
        needed=main.needed,
        unit=main.unit,
        pending=main.pending,
        counted=total.counted,
        excluded=total.excluded,
        missing=missing,
        next_steps=(Step("Log a session", reverse("session_new")),) if missing else (),
        parts=tuple(part for part in parts if part is not main),
        note=main.note,
        transferred=total.transferred,
    )


def is_supervision(piece: Piece, categories: Mapping[str, Category]) -> bool:
    """A session; or an entry or a record of a category of supervision. The others are for other requirements."""
    if not piece.category:
        return True
    category = categories.get(piece.category)
    return category is not None and category.bucket == Bucket.SUPERVISION


def is_direct(piece: Piece, categories: Mapping[str, Category]) -> bool:
    """Simulation and observation are never direct contact, whatever their category says."""
    category = categories.get(piece.category)
    return category is not None and category.is_direct and category.bucket == Bucket.DIRECT


def format_in(piece: Piece, config: SupervisionConfig) -> str:
    """The format that it counts as: a triadic or a peer session as the standard says."""
    if piece.format == SessionFormat.TRIADIC:
        return config.triadic_as
    if piece.format == SessionFormat.PEER:
        return SessionFormat.GROUP.value if config.peer_counts else ""
    return piece.format or SessionFormat.GROUP.value  # an own category of supervision that names none of them


def why_not_at_all(piece: Piece, config: SupervisionConfig) -> str:
    if piece.status in REASONS:
        return REASONS[piece.status]
    if not format_in(piece, config):
        return f"{SessionFormat(piece.format).label} sessions do not count here."
    if config.group_size and piece.size > config.group_size:
        return f"The group had {piece.size} people. At most {config.group_size} count here."
    return ""


def shares(pieces: Iterable[Piece], config: SupervisionConfig, *, only_individual: bool = False) -> Iterator[Share]:
    """How much of each piece counts, whatever order they come in."""
    left = {"group": config.group_most if config.minutes else None, "transferred": config.transferred_most}
    for piece in sorted(pieces, key=lambda one: _place(one, config)):
        is_group = format_in(piece, config) == SessionFormat.GROUP
        if reason := why_not_at_all(piece, config):
            yield Share(piece, 0, reason)
        elif not (only_individual and is_group):
            used = [name for name, is_used in (("group", is_group), ("transferred", piece.is_transferred)) if is_used]
            used = [name for name in used if left[name] is not None]
            counted = min([piece.minutes, *(left[name] for name in used)])
            for name in used:
                left[name] -= counted
            reason = "" if counted == piece.minutes else _above(min(used, key=lambda name: left[name]), config)
            yield Share(piece, counted, reason)


def _place(piece: Piece, config: SupervisionConfig) -> tuple:
    is_group = piece.is_transferred and format_in(piece, config) == SessionFormat.GROUP
    own = (piece.on, piece.kind, piece.id, piece.week, piece.format, piece.size, piece.category, piece.minutes)
    return not piece.is_transferred, is_group, *own


def _above(limit: str, config: SupervisionConfig) -> str:
    if limit == "group":
        return f"Above the limit: at most {hours(config.group_most)} in groups count."
    return f"Above the limit: at most {hours(config.transferred_most)} from elsewhere count."


def _line(config, title, needed, received, is_detailed, *, only_individual: bool) -> Result:
    settled = [piece for piece in received if piece.status != PENDING]
    counts = list(shares(settled, config, only_individual=only_individual))
    with_waiting = shares(received, config, only_individual=only_individual)
    done = sum(share.counted for share in counts)
    pending = max(sum(share.counted for share in with_waiting) - done, 0)
    transferred = sum(share.counted for share in counts if share.piece.is_transferred)
    questioned = sum(piece.minutes for piece in received if piece.status == QUESTIONED)
    state = ResultState.UNMET
    if done + pending >= needed:
        state = ResultState.MET if done >= needed else ResultState.PENDING
    rows = counts if is_detailed else []
    rows = sorted(rows, key=lambda share: (share.piece.on, share.piece.kind, share.piece.id))
    return Result(
        key=f"{config.key}.individual" if only_individual else config.key,
        title=title,
        state=state,
        done=done,
        needed=needed,
        unit=Unit.MINUTES,
        pending=pending,
        counted=tuple(Counted(share.piece.evidence, share.counted) for share in rows if share.counted),
        excluded=tuple(
            Excluded(share.piece.evidence, share.piece.minutes - share.counted, share.reason)
            for share in rows
            if share.counted < share.piece.minutes
        ),
        note=" ".join(_notes(transferred, 0 if only_individual else questioned)),
        transferred=transferred,
    )


def _notes(transferred: int, questioned: int) -> Iterator[str]:
    if transferred:
        yield f"{hours(transferred)} of it transferred from elsewhere."
    if questioned:
        yield f"{hours(questioned)} more under review, for a paper of a supervisor may not have been valid: a director decides."


def _missing(line: Result, what: str) -> str:
    if line.done >= line.needed:
        return ""
    waiting = f", {hours(line.pending)} of it waiting to be confirmed" if line.pending else ""
    return f"{hours(line.needed - line.done)} more of{what} supervision or consultation{waiting}."


def _limit_lines(config, received) -> list[Result]:
    """How much of each limit is used. A limit never keeps a requirement from being met."""
    limits = []
    if config.minutes and config.group_percent < 100:
        limits.append(("group", "in groups", config.group_most))
    if config.transferred_most is not None:
        limits.append(("transferred", "from elsewhere", config.transferred_most))
    countable = [piece for piece in received if piece.status == APPROVED and not why_not_at_all(piece, config)]
    lines = []
    for name, title, most in limits:
        is_of_it = {
            "group": lambda piece: format_in(piece, config) == SessionFormat.GROUP,
            "transferred": lambda piece: piece.is_transferred,
        }[name]
        there = sum(piece.minutes for piece in countable if is_of_it(piece))
        over = f" {hours(there - most)} more were confirmed and do not count." if there > most else ""
        lines.append(
            Result(
                key=f"{config.key}.limit.{name}",
                title=title,
                state=ResultState.MET,
                done=min(there, most),
                needed=most,
                unit=Unit.MINUTES,
                is_cap=True,
                note=f"At most {hours(most)} count.{over}",
            )
        )
    return lines


# The ratio ----------------------------------------------------------------------------------------------------------


def weeks_of(
    config: SupervisionConfig,
    facts: SupervisionFacts,
    categories: Mapping[str, Category],
    *,
    practice: tuple[str, ...] = (APPROVED,),
    supervision: tuple[str, ...] = (APPROVED,),
) -> list[JudgedWeek]:
    """The weeks as approved practice and confirmed supervision make them; or as whatever has these states would.

    Supervision above a limit of the total is supervision nevertheless; hours from elsewhere belong to no week here.
    """
    weeks = [Week(monday, is_cancelled=True) for monday in facts.cancelled]
    for piece in facts.pieces:
        if piece.is_transferred:
            continue
        if is_direct(piece, categories) and piece.status in practice:
            weeks.append(Week(piece.week, practised=piece.minutes))
        elif is_supervision(piece, categories) and piece.status in supervision and not why_not_at_all(piece, config):
            weeks.append(Week(piece.week, supervised=piece.minutes))
    return judge_weeks(weeks, config.ratio, today=facts.today)


def _ratio_line(config, weeks: Sequence[JudgedWeek], facts, categories) -> Result:
    """So many weeks kept of those in which something was due. A failed week that the standard allows is not asked for."""
    with_waiting = weeks_of(config, facts, categories, supervision=(APPROVED, PENDING))
    kept, needed = _kept(weeks), len(weeks) - min(_failed(weeks), config.ratio.failed_most)
    state = ResultState.UNMET
    if kept >= needed:
        state = ResultState.MET
    elif _kept(with_waiting) >= len(weeks) - min(_failed(with_waiting), config.ratio.failed_most):
        state = ResultState.PENDING
    return Result(
        key=f"{config.key}.ratio",
        title="weekly ratio",
        state=state,
        done=kept,
        needed=needed,
        unit=Unit.WEEKS,
        note=" ".join(sentence_of(one) for one in weeks if one.state != WeekState.KEPT),
    )


def _kept(weeks: Iterable[JudgedWeek]) -> int:
    return sum(one.state == WeekState.KEPT for one in weeks)


def _failed(weeks: Iterable[JudgedWeek]) -> int:
    return sum(one.state == WeekState.FAILED for one in weeks)


def sentence_of(week: JudgedWeek) -> str:
    """One week that is not kept, in words."""
    cancelled = " A session was cancelled by the supervisor." if week.is_cancelled else ""
    named = f"Week of {day(week.monday)}: {hours(week.paid)} of {hours(week.due)}"
    if week.state == WeekState.FAILED:
        return f"{named}, failed.{cancelled}"
    return f"{named}, the rest by {day(week.last_day)}.{cancelled}"


def missing_of(ratio: Ratio | None, weeks: Sequence[JudgedWeek]) -> Iterator[str]:
    """What has to be done about the ratio: by when, the most urgent first; and what only a director can help with."""
    last_days = sorted({one.last_day for one in weeks if one.last_day})
    for last_day in last_days:
        left = sum(one.left for one in weeks if one.last_day == last_day)
        yield f"{hours(left)} of supervision by {day(last_day)}, for the weekly ratio."
    failed = [one for one in weeks if one.state == WeekState.FAILED]
    if ratio and len(failed) > ratio.failed_most:
        named = get_text_list([day(one.monday) for one in failed], "and")
        noun = "The week" if len(failed) == 1 else "The weeks"
        verb = "has" if len(failed) == 1 else "have"
        yield f"{noun} of {named} {verb} failed the ratio. Please ask your program director what can be done."
