"""The requirement that approved practice answers: minutes in total, with sub-minimums and caps.

A log counts once, by its category; a category may count for a part of its minutes (an exact fraction) and have a cap.
Each line (the total, and every sub-minimum) is counted for itself: its evidence is walked by (date, id), the caps are
used up on the way, and the row that meets a cap is split. Caps lie one inside
the other (a category inside its bucket), so the sum does not depend on the order: grouped sums give the same number
as the rows, and rows are loaded only when somebody wants to read them.

A part is taken once, before the caps, and nothing is rounded on the way: the sum of a line is rounded down to the
whole minute at the end. Row by row, each gets what the running sum, rounded down, has gained by it.

Prior hours are evidence with the provenance *transferred*. They are few, always read by rows, and walked before
everything earned here; a cap that is for transferred hours only is used up by them alone. So the sum stays the same.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, DateTimeField, Exists, Q, QuerySet, Subquery, Sum
from django.urls import reverse

from courses.standards.blocks import common_settings
from courses.standards.contract import (
    Category,
    Config,
    Counted,
    Evidence,
    Excluded,
    Facts,
    RequirementKind,
    Result,
    Step,
    Subject,
)
from courses.standards.enums import Bucket, ResultState, Unit
from courses.standards.marks import newest_of
from lms.enums import Provenance
from lms.web.prepared import PreparedQuery
from supervision.enums import LogState
from supervision.evidence import (
    APPROVED,
    ATTESTED,
    PENDING,
    QUESTIONED,
    REASONS,
    REPLACED,
    RETURNED,
    approved_then,
    asked_about,
    evidence_of,
    prior_evidence,
    questioned_then,
    returned_then,
    visit_fields,
    waiting_then,
)
from supervision.models import LogMove, LogSegment, PriorHours, PriorMove


@dataclass(frozen=True)
class Minimum:
    """A sub-minimum over whatever fits every filter that is set."""

    label: str
    minutes: int
    direct: bool = False
    bucket: str = ""
    category: str = ""
    phase: str = ""


@dataclass(frozen=True)
class Cap:
    """At most `minutes` of one bucket or of one category count; of transferred hours only, if it says so."""

    label: str
    minutes: int
    bucket: str = ""
    category: str = ""
    transferred: bool = False


@dataclass(frozen=True)
class PracticumConfig(Config):
    minutes: int = 0
    buckets: tuple[str, ...] = (Bucket.DIRECT.value, Bucket.OBSERVED.value, Bucket.SIMULATED.value)
    minimums: tuple[Minimum, ...] = ()
    caps: tuple[Cap, ...] = ()
    verified_only: bool = False


@dataclass(frozen=True)
class Piece:
    """Minutes of one category and phase: of one log when read in detail, else of many; or of one record of prior hours."""

    category: str
    phase: str
    minutes: int
    status: str
    log: int = 0
    on: date = date.min
    prior: int = 0
    label: str = ""
    is_verified: bool = False


@dataclass
class PracticumFacts(Facts):
    """`attested`: how many of the approved minutes were attested in lieu of a supervisor."""

    pieces: list[Piece] = field(default_factory=list)
    attested: int = 0
    is_detailed: bool = False


class PracticumMinutes(RequirementKind):
    name = "practicum_minutes"
    label = "Supervised practice"
    config_class = PracticumConfig
    block = "supervision.blocks.PracticumMinutesBlock"

    def gather(
        self, configs: Sequence[Config], subjects: Sequence[Subject], as_of: datetime, detail: bool = False
    ) -> Mapping[Subject, PracticumFacts]:
        """One grouped query for enrolments counted whole; one by rows for detail, and for windows of a renewal; and one
        for the prior hours of enrolments, which no renewal counts, unless the sums of the only one say that it has none."""
        facts = {subject: PracticumFacts(is_detailed=detail) for subject in subjects}
        whole = {subject.enrolment: facts[subject] for subject in subjects if not detail and subject.is_whole}
        by_rows = [subject for subject in subjects if detail or not subject.is_whole]
        may_have_prior = True
        if whole:
            may_have_prior = _gather_sums(whole, as_of)
        if by_rows:
            _gather_rows(by_rows, facts, as_of)
        if may_have_prior:
            _gather_prior(facts, as_of)
        return facts

    def judge(
        self, config: Config, facts: Facts, upstream: Mapping[str, Result], categories: Mapping[str, Category]
    ) -> Result:
        return judge_practicum(config, facts, categories)

    def evidence_marks(self) -> Sequence[Subquery]:
        """Neither an entry nor a record of prior hours comes to count, waits or stops counting without a move."""
        return [
            newest_of(LogMove, enrolment="log__enrolment"),
            newest_of(PriorMove, enrolment="prior__enrolment"),
        ]

    def config_from_block(self, value: Mapping[str, Any], key: str) -> PracticumConfig:
        return PracticumConfig(
            **common_settings(value, key),
            minutes=60 * value["hours"],
            buckets=tuple(sorted(value["buckets"])),
            minimums=tuple(
                Minimum(
                    label=part["label"],
                    minutes=60 * part["hours"],
                    direct=bool(part.get("direct")),
                    **{name: part.get(name) or "" for name in ("bucket", "category", "phase")},
                )
                for part in value.get("minimums") or ()
            ),
            caps=tuple(
                Cap(
                    part["label"],
                    60 * part["hours"],
                    part.get("bucket") or "",
                    part.get("category") or "",
                    bool(part.get("transferred")),
                )
                for part in value.get("caps") or ()
            ),
            verified_only=bool(value.get("verified_only")),
        )

    def problems(self, config: PracticumConfig, *, program: int, categories: Mapping[str, Category]) -> list[str]:
        """A minimum above the total, and a key that names no category."""
        parts = (*config.minimums, *config.caps)
        unknown = [part for part in parts if part.category and part.category not in categories]
        sentences = [f"“{part.label}” names a category that does not exist: {part.category}." for part in unknown]
        sentences += [
            f"“{part.label}” asks for {hours(part.minutes)}, more than the total of {hours(config.minutes)}."
            for part in config.minimums
            if part.minutes > config.minutes
        ]
        return sentences

    def describe(self, config: PracticumConfig) -> str:
        sentences = [f"{hours(config.minutes)} of supervised practice, approved by your site supervisor"]
        if config.minimums:
            wanted = ", ".join(f"at least {hours(part.minutes)} {part.label}" for part in config.minimums)
            sentences.append(f"of which {wanted}")
        if config.caps:
            capped = ", ".join(f"at most {hours(cap.minutes)} of {cap.label}" for cap in config.caps)
            sentences.append(f"counting {capped}")
        if config.verified_only:
            sentences.append("each entry verified by the program")
        return "; ".join(sentences) + "."


# Judging: pure ------------------------------------------------------------------------------------------------------


class Share(NamedTuple):
    """How much of a piece counts for a line, exactly, and why the rest does not. `above`: what a cap cut off."""

    piece: Piece
    counted: Fraction | int
    reason: str = ""
    above: Fraction | int = 0
    part: str = "1"


def judge_practicum(config: PracticumConfig, facts: PracticumFacts, categories: Mapping[str, Category]) -> Result:
    if config.verified_only:
        facts = replace(facts, pieces=[_waits_unless_verified(piece) for piece in facts.pieces])
    limits = caps_of(config, categories)
    approved = [piece for piece in facts.pieces if piece.status == APPROVED]
    waiting = [piece for piece in facts.pieces if piece.status == PENDING]
    counting = _weigh(approved, config, categories, limits)
    hoped = _weigh([*approved, *waiting], config, categories, limits) if waiting else counting
    lines = tuple(_line(config, part, counting, hoped, limits, facts) for part in (None, *config.minimums))
    total, *minimums = lines
    caps = tuple(_cap_line(config, cap, facts, categories) for cap in limits)
    caps = tuple(line for number, line in enumerate(caps) if number < len(config.caps) or line.done)
    missing = tuple(
        f"{hours(line.needed - line.done)} more{f' of {line.title}' if line is not total else ' of supervised practice'}"
        + (f", {hours(line.pending)} of it waiting for review" if line.pending else "")
        + "."
        for line in lines
        if line.done < line.needed
    )
    steps = (Step("Log a visit", reverse("practice_new")),) if missing else ()
    state = _state(lines)
    excluded = total.excluded + tuple(_never_counted(facts) if facts.is_detailed else ())
    return Result(
        key=config.key,
        title=config.title,
        state=state,
        done=total.done,
        needed=total.needed,
        unit=Unit.MINUTES,
        pending=total.pending,
        counted=total.counted,
        excluded=tuple(sorted(excluded, key=_place_of_excluded)),
        missing=missing,
        next_steps=steps,
        parts=(*minimums, *caps),
        note=total.note,
        transferred=total.transferred,
        is_begun=bool(facts.pieces),
    )


def _waits_unless_verified(piece: Piece) -> Piece:
    """Where the standard asks for it, an approved entry waits for the program; prior hours were decided by a director."""
    is_waiting = piece.status == APPROVED and not (piece.is_verified or piece.prior)
    return replace(piece, status=PENDING) if is_waiting else piece


def _place_of_excluded(row: Excluded) -> tuple:
    return row.evidence.on, row.evidence.kind, row.evidence.id, row.reason


class Weighed(NamedTuple):
    """A piece with what is the same for every line: why nothing of it counts, what it is worth, which caps it uses up (by
    their number)."""

    piece: Piece
    category: Category | None
    reason: str
    worth: Fraction | int
    reached: tuple[int, ...]


def shares(
    pieces: Iterable[Piece], *, config: PracticumConfig, categories: Mapping[str, Category], minimum: Minimum | None
) -> Iterator[Share]:
    """How much of each piece counts for one line. Prior hours come first; then the pieces are walked by (date, log),
    whatever order they come in."""
    caps = caps_of(config, categories)
    return _walk(_weigh(pieces, config, categories, caps), caps, minimum)


def _weigh(
    pieces: Iterable[Piece], config: PracticumConfig, categories: Mapping[str, Category], caps: Sequence[Cap]
) -> list[Weighed]:
    weighed = []
    for piece in sorted(pieces, key=_order):
        category = categories.get(piece.category)
        if reason := _why_not_at_all(piece, category, config):
            weighed.append(Weighed(piece, category, reason, 0, ()))
        else:
            reached = tuple(number for number, cap in enumerate(caps) if _reaches(cap, piece, category))
            weighed.append(Weighed(piece, category, "", _worth(piece.minutes, category), reached))
    return weighed


def _walk(weighed: Iterable[Weighed], caps: Sequence[Cap], minimum: Minimum | None) -> Iterator[Share]:
    left = [cap.minutes for cap in caps]
    for piece, category, reason, worth, reached in weighed:
        if reason:
            yield Share(piece, 0, reason, piece.minutes)
        elif minimum is None or _fits(piece, category, minimum):
            counted = min([worth, *(left[number] for number in reached)])
            above = "" if counted == worth else _above(caps[min(reached, key=left.__getitem__)])
            for number in reached:
                left[number] -= counted
            yield Share(piece, counted, above, worth - counted, category.multiplier)


def caps_of(config: PracticumConfig, categories: Mapping[str, Category]) -> list[Cap]:
    """Those of the requirement, and those of its categories."""
    of_categories = [
        Cap(category.label, category.cap, category=key) for key, category in categories.items() if category.cap
    ]
    return [*config.caps, *of_categories]


def _worth(minutes: int, category: Category) -> Fraction | int:
    """The part of the minutes that counts, exact: taken here and nowhere else."""
    return minutes if category.multiplier == "1" else minutes * category.part


def whole_minutes(amount: Fraction | int) -> int:
    """Rounded down, once, when a sum is told."""
    return math.floor(amount)


def told(shares: Iterable[Share]) -> Iterator[tuple[Share, int]]:
    """Each share with its whole minutes: what the running sum, rounded down, gains by it. They add up to the sum."""
    exact, before = 0, 0
    for share in shares:
        exact += share.counted
        yield share, whole_minutes(exact) - before
        before = whole_minutes(exact)


def _left_out(share: Share, counted: int) -> list[tuple[Piece, int, str]]:
    """The minutes of a share that do not count, each with its reason; together with what counts they are its minutes."""
    left = share.piece.minutes - counted
    above = min(left, math.ceil(share.above)) if share.reason else 0
    part = f"This category counts for {share.part} of its minutes."
    return [(share.piece, above, share.reason), (share.piece, left - above, part)]


def _reaches(cap: Cap, piece: Piece, category: Category) -> bool:
    is_of_its_kind = piece.category == cap.category or category.bucket == cap.bucket
    return is_of_its_kind and (bool(piece.prior) or not cap.transferred)


def _order(piece: Piece) -> tuple:
    return not piece.prior, piece.on, piece.prior, piece.log, piece.category, piece.phase, piece.minutes


def _above(cap: Cap) -> str:
    return f"Above the cap: at most {hours(cap.minutes)} of {cap.label} count."


def _sum_of(shares: Iterable[Share]) -> int:
    return whole_minutes(sum(share.counted for share in shares))


def _line(
    config: PracticumConfig,
    minimum: Minimum | None,
    approved: Sequence[Weighed],
    hoped: Sequence[Weighed],
    caps: Sequence[Cap],
    facts: PracticumFacts,
) -> Result:
    """The total, or a sub-minimum. `hoped`: what is approved and what waits, which are the same where nothing waits."""
    title, needed = (minimum.label, minimum.minutes) if minimum else (config.title, config.minutes)
    counts = list(_walk(approved, caps, minimum))
    done = _sum_of(counts)
    pending = 0 if hoped is approved else max(_sum_of(_walk(hoped, caps, minimum)) - done, 0)
    transferred = _sum_of(share for share in counts if share.piece.prior)
    detailed = list(told(counts)) if facts.is_detailed else []
    return Result(
        key=f"{config.key}.{minimum.label}" if minimum else config.key,
        title=title,
        state=_state_of(done, pending, needed),
        done=done,
        needed=needed,
        unit=Unit.MINUTES,
        pending=pending,
        counted=tuple(
            Counted(evidence, amount)
            for evidence, amount, _ in _by_log((share.piece, counted, "") for share, counted in detailed)
        ),
        excluded=tuple(
            Excluded(evidence, amount, reason)
            for evidence, amount, reason in _by_log(
                left for share, counted in detailed for left in _left_out(share, counted)
            )
        ),
        note=" ".join(_notes(transferred, minimum, facts)),
        transferred=transferred,
    )


def _notes(transferred: int, minimum: Minimum | None, facts: PracticumFacts) -> Iterator[str]:
    if transferred:
        yield f"{hours(transferred)} of it transferred from elsewhere."
    if facts.attested and minimum is None:
        yield f"{hours(facts.attested)} of what is approved was attested in lieu of a supervisor."
    questioned = sum(piece.minutes for piece in facts.pieces if piece.status == QUESTIONED)
    if questioned and minimum is None:
        yield f"{hours(questioned)} more under review, for a paper of a supervisor may not have been valid: a director decides."


def _cap_line(config, cap, facts, categories) -> Result:
    """A cap as a line of its own: how much of it is used. It never keeps a requirement from being met."""
    exact = 0
    for piece in facts.pieces:
        category = categories.get(piece.category)
        if piece.status == APPROVED and category and _reaches(cap, piece, category):
            exact += _worth(piece.minutes, category)
    logged = whole_minutes(exact)
    over = max(logged - cap.minutes, 0)
    return Result(
        key=f"{config.key}.cap.{cap.label}",
        title=cap.label,
        state=ResultState.MET,
        done=min(logged, cap.minutes),
        needed=cap.minutes,
        unit=Unit.MINUTES,
        is_cap=True,
        note=f"At most {hours(cap.minutes)} count."
        + (f" {hours(over)} more were approved and do not count." if over else ""),
    )


def _why_not_at_all(piece: Piece, category: Category | None, config: PracticumConfig) -> str:
    if category is None:
        return f"The category “{piece.category}” is not part of your standard."
    if category.bucket not in config.buckets:
        return f"{Bucket(category.bucket).label} does not count here."
    return ""


def _fits(piece: Piece, category: Category, minimum: Minimum) -> bool:
    """Simulation and observation are never direct contact, whatever their category says."""
    is_direct = category.is_direct and category.bucket == Bucket.DIRECT
    return (
        (is_direct or not minimum.direct)
        and minimum.bucket in ("", category.bucket)
        and minimum.category in ("", piece.category)
        and minimum.phase in ("", piece.phase)
    )


def _state(lines: Sequence[Result]) -> ResultState:
    states = {line.state for line in lines}
    if states == {ResultState.MET}:
        return ResultState.MET
    return ResultState.UNMET if ResultState.UNMET in states else ResultState.PENDING


def _state_of(done: int, pending: int, needed: int) -> ResultState:
    if done >= needed:
        return ResultState.MET
    return ResultState.PENDING if done + pending >= needed else ResultState.UNMET


def _by_log(amounts: Iterable[tuple[Piece, int, str]]) -> list[tuple[Evidence, int, str]]:
    """Amounts above zero, added up per piece of evidence and reason, in the order of (date, id)."""
    sums: dict[tuple[date, int, int, str, str], int] = {}
    for piece, amount, reason in amounts:
        if amount:
            key = (piece.on, piece.log, piece.prior, piece.label, reason)
            sums[key] = sums.get(key, 0) + amount
    return [(_evidence(*named), amount, reason) for (*named, reason), amount in sorted(sums.items())]


def _never_counted(facts: PracticumFacts) -> Iterator[Excluded]:
    of_prior = {RETURNED: "Returned by a program director.", REPLACED: "Replaced by a corrected record."}
    rows = (
        (piece, piece.minutes, (of_prior if piece.prior else REASONS)[piece.status])
        for piece in facts.pieces
        if piece.status in REASONS
    )
    return (Excluded(evidence, amount, reason) for evidence, amount, reason in _by_log(rows))


def _evidence(on: date, log: int, prior: int, label: str) -> Evidence:
    if prior:
        return Evidence(kind="prior_hours", id=prior, label=label, on=on)
    return Evidence(kind="practice_log", id=log, label=f"Visit of {on.day} {on:%b %Y}{label}", on=on)


def hours(minutes: int) -> str:
    whole, rest = divmod(minutes, 60)
    return " ".join([f"{whole} h"] * bool(whole) + [f"{rest} min"] * bool(rest or not whole))


# Gathering ----------------------------------------------------------------------------------------------------------


def _gather_sums(facts_of: Mapping[int, PracticumFacts], as_of: datetime) -> bool:
    """Returns whether there may be prior hours: False once the sums of one enrolment have said that there are none."""
    if len(facts_of) == 1:
        sums = _sums_of_one(enrolment=next(iter(facts_of)), as_of=as_of)
    else:
        sums = _sums(LogSegment.objects.filter(log__enrolment__in=facts_of.keys()), as_of)
    may_have_prior = not sums
    for enrolment, category, phase, approved, verified, waiting, questioned, returned, attested, *has_prior in sums:
        may_have_prior = may_have_prior or has_prior != [False]
        pieces = facts_of[enrolment].pieces
        facts_of[enrolment].attested += attested
        pieces += [Piece(category, phase, approved - verified, APPROVED)] if approved > verified else []
        pieces += [Piece(category, phase, verified, APPROVED, is_verified=True)] if verified else []
        pieces += [Piece(category, phase, waiting, PENDING)] if waiting else []
        pieces += [Piece(category, phase, questioned, QUESTIONED)] if questioned else []
        pieces += [Piece(category, phase, returned, RETURNED)] if returned else []
    return may_have_prior


def _sums(segments: QuerySet[LogSegment], as_of) -> QuerySet:
    """Enrolment, category, phase, minutes approved by then, those of them verified by now, minutes waiting then, minutes
    under review since then or before, minutes returned, and of the approved those that were attested in lieu of a supervisor."""
    is_verified = Q(log__state=LogState.VERIFIED)
    is_attested = Q(log__provenance=Provenance.ATTESTED)
    rows = segments.values_list("log__enrolment_id", "log__category_key", "phase").annotate(
        approved=Sum("minutes", filter=approved_then(as_of, "log__"), default=0),
        verified=Sum("minutes", filter=approved_then(as_of, "log__") & is_verified, default=0),
        waiting=Sum("minutes", filter=waiting_then(as_of, "log__"), default=0),
        questioned=Sum("minutes", filter=questioned_then(as_of, "log__"), default=0),
        returned=Sum("minutes", filter=returned_then(as_of, "log__"), default=0),
        attested=Sum("minutes", filter=approved_then(as_of, "log__") & is_attested, default=0),
    )
    return rows.order_by("log__enrolment_id", "log__category_key", "phase")


def _sums_and_prior(enrolment, as_of) -> QuerySet:
    """The sums of one, each with whether there are hours from elsewhere: few have any, and only those need a further query."""
    prior = PriorHours.objects.filter(enrolment=enrolment).order_by()
    return _sums(LogSegment.objects.filter(log__enrolment=enrolment), as_of).annotate(has_prior=Exists(prior))


_sums_of_one = PreparedQuery(_sums_and_prior, enrolment=BigIntegerField(), as_of=DateTimeField())


def _gather_prior(facts: Mapping[Subject, PracticumFacts], as_of: datetime) -> None:
    """The hours brought along to the enrolments counted whole, as they stood then. One query."""
    for subject, row, status in prior_evidence(facts, as_of):
        facts[subject].pieces.append(
            Piece(row.category_key, row.phase, row.minutes, status, on=row.ended_on, prior=row.pk, label=row.label)
        )


def _gather_rows(subjects: Sequence[Subject], facts: Mapping[Subject, PracticumFacts], as_of: datetime) -> None:
    """One query."""
    for subject, visit, status, (phase, minutes) in evidence_of(subjects, _segments(subjects, as_of), as_of):
        is_attested = visit.provenance == Provenance.ATTESTED
        facts[subject].pieces.append(
            Piece(
                visit.category,
                phase,
                minutes,
                status,
                visit.id,
                visit.on,
                label=ATTESTED if is_attested else "",
                is_verified=visit.state == LogState.VERIFIED,
            )
        )
        if is_attested and status == APPROVED:
            facts[subject].attested += minutes


def _segments(subjects: Sequence[Subject], as_of: datetime) -> Iterable[tuple]:
    """Each segment that was sent by then, in the order of (date, id): its visit, its phase, its minutes."""
    if len(subjects) == 1 and subjects[0].enrolment:
        return _segments_of_one(enrolment=subjects[0].enrolment, as_of=as_of)
    return _segment_rows(LogSegment.objects.filter(asked_about(subjects, "log__")), as_of)


def _segment_rows(segments: QuerySet[LogSegment], as_of) -> QuerySet:
    rows = segments.filter(log__submitted_at__lte=as_of).order_by("log__on", "log_id", "position", "id")
    return rows.values_list(*visit_fields("log__"), "phase", "minutes")


_segments_of_one = PreparedQuery(
    lambda enrolment, as_of: _segment_rows(LogSegment.objects.filter(log__enrolment=enrolment), as_of),
    enrolment=BigIntegerField(),
    as_of=DateTimeField(),
)
