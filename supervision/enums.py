"""Words of supervised practice: states and their moves, roles, phases, meanings of a signature."""

from datetime import timedelta

from django.db import models

from lms.enums import Provenance


class LogState(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting for review"
    RETURNED = "returned", "Returned"
    APPROVED = "approved", "Approved"
    VERIFIED = "verified", "Approved and verified"
    QUESTIONED = "questioned", "Under review after a lapse"
    SUPERSEDED = "superseded", "Replaced by a correction"
    VOIDED = "voided", "Discarded"


EDITABLE = (LogState.DRAFT, LogState.RETURNED)
COUNTING = (LogState.APPROVED, LogState.VERIFIED)
SENT = (LogState.SUBMITTED, LogState.RETURNED, *COUNTING, LogState.QUESTIONED, LogState.SUPERSEDED)
LOCKED = (*COUNTING, LogState.QUESTIONED, LogState.SUPERSEDED)
OCCUPYING = (LogState.DRAFT, LogState.SUBMITTED, LogState.RETURNED, *COUNTING, LogState.QUESTIONED)
MOVES = {
    LogState.DRAFT: {LogState.SUBMITTED, LogState.VOIDED},
    LogState.SUBMITTED: {LogState.DRAFT, LogState.APPROVED, LogState.RETURNED, LogState.QUESTIONED},
    LogState.RETURNED: {LogState.SUBMITTED, LogState.VOIDED},
    LogState.APPROVED: {LogState.VERIFIED, LogState.SUPERSEDED, LogState.RETURNED, LogState.QUESTIONED},
    LogState.VERIFIED: {LogState.SUPERSEDED, LogState.RETURNED, LogState.QUESTIONED},
    LogState.QUESTIONED: {LogState.APPROVED, LogState.VERIFIED, LogState.SUBMITTED},
    LogState.SUPERSEDED: set(),
    LogState.VOIDED: set(),
}
TONES = {
    LogState.DRAFT: "neutral",
    LogState.SUBMITTED: "waiting",
    LogState.RETURNED: "accent",
    LogState.APPROVED: "met",
    LogState.VERIFIED: "met",
    LogState.QUESTIONED: "waiting",
    LogState.SUPERSEDED: "neutral",
    LogState.VOIDED: "neutral",
}


def state_in_words(state: str, provenance: str) -> str:
    """The state of an entry as it is shown: an approval by attestation in lieu is told apart wherever it stands."""
    words = LogState(state).label
    return f"{words}, attested in lieu" if provenance == Provenance.ATTESTED and state in LOCKED else words


class PriorState(models.TextChoices):
    """Hours that were earned before or elsewhere. They are sent as soon as they are recorded."""

    SUBMITTED = "submitted", "Waiting for a director"
    RETURNED = "returned", "Returned"
    APPROVED = "approved", "Approved"
    SUPERSEDED = "superseded", "Replaced by a correction"
    VOIDED = "voided", "Taken back"


PRIOR_MOVES = {
    PriorState.SUBMITTED: {PriorState.APPROVED, PriorState.RETURNED, PriorState.VOIDED},
    PriorState.RETURNED: {PriorState.SUBMITTED, PriorState.VOIDED},
    PriorState.APPROVED: {PriorState.SUPERSEDED},
    PriorState.SUPERSEDED: set(),
    PriorState.VOIDED: set(),
}
PRIOR_TONES = {
    PriorState.SUBMITTED: "waiting",
    PriorState.RETURNED: "accent",
    PriorState.APPROVED: "met",
    PriorState.SUPERSEDED: "neutral",
    PriorState.VOIDED: "neutral",
}


class PracticeRole(models.TextChoices):
    OBSERVER = "observer", "Observer"
    CO_FACILITATOR = "co_facilitator", "Co-facilitator"
    LEAD = "lead", "Lead"


class Phase(models.TextChoices):
    SCREENING = "screening", "Screening"
    PREPARATION = "preparation", "Preparation"
    DOSING = "dosing", "Dosing"
    INTEGRATION = "integration", "Integration"
    FOLLOW_UP = "follow_up", "Follow-up"
    OTHER = "other", "Other"


class Route(models.TextChoices):
    """How the medicine was given. No dose is ever kept."""

    NONE = "none", "No medicine at this visit"
    IM = "im", "Intramuscular"
    IV = "iv", "Intravenous"
    IN = "in", "Intranasal"
    ORAL = "oral", "Sublingual or oral"


class Modality(models.TextChoices):
    IN_PERSON = "in_person", "In person"
    TELEHEALTH = "telehealth", "Telehealth"


class Format(models.TextChoices):
    INDIVIDUAL = "individual", "Individual"
    CO_FACILITATED = "co_facilitated", "Individual, co-facilitated"
    COUPLE = "couple", "Couple"
    GROUP = "group", "Group"


class PracticeRule(models.TextChoices):
    """What an entry can be flagged for: the rules of practice of the standard, and touch without prior consent."""

    BACK_DATING = "back_dating", "Logged late"
    WEEKLY = "weekly", "Above the weekly cap"
    LOOK_BACK = "look_back", "Older than the look-back"
    GROUP_SIZE = "group_size", "Group too large"
    TRAINING = "training", "Before the training"
    LICENCE = "licence", "Supervisor’s licence"
    CONSULTANT = "consultant", "Supervisor’s approval as consultant"
    BLS = "bls", "Supervisor’s basic life support"
    AGREEMENT = "agreement", "Site agreement"
    INSURANCE = "insurance", "Insurance of the site"
    TOUCH = "touch", "Touch without prior consent"


class ShareState(models.TextChoices):
    """A visit that a co-therapist proposes to another trainee, who confirms her own share."""

    PROPOSED = "proposed", "Proposed"
    CONFIRMED = "confirmed", "Confirmed"
    DECLINED = "declined", "Declined"


class AgeBand(models.TextChoices):
    """The most that is ever kept about a client. Above 85 there is one band, so that no great age singles out."""

    FROM_18 = "18-24", "18 to 24"
    FROM_25 = "25-34", "25 to 34"
    FROM_35 = "35-44", "35 to 44"
    FROM_45 = "45-54", "45 to 54"
    FROM_55 = "55-64", "55 to 64"
    FROM_65 = "65-74", "65 to 74"
    FROM_75 = "75-84", "75 to 84"
    FROM_85 = "85+", "85 or older"


class Decision(models.TextChoices):
    APPROVED = "approved", "Approved"
    RETURNED = "returned", "Returned"


class Meaning(models.TextChoices):
    """What the signer declares (after 21 CFR 11.50: the meaning is chosen, never assumed)."""

    OBSERVED = "observed", "I was there and observed this visit"
    REVIEWED = "reviewed", "I reviewed this visit with the trainee"
    IN_LIEU = "in_lieu", "Attested in lieu of a supervisor, on the evidence named"


MEANINGS = [(one.value, one.label) for one in (Meaning.OBSERVED, Meaning.REVIEWED)]  # a supervisor chooses one of these


class LieuState(models.TextChoices):
    """An attestation in lieu of a supervisor, on its way to a second person."""

    PROPOSED = "proposed", "Waits for a second person"
    CONFIRMED = "confirmed", "Confirmed"
    REFUSED = "refused", "Refused by the second person"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Not confirmed in time"


CLOSED_BY_A_SECOND = (LieuState.CONFIRMED, LieuState.REFUSED)
LIEU_MOVES = {
    LieuState.PROPOSED: {LieuState.CONFIRMED, LieuState.REFUSED, LieuState.WITHDRAWN, LieuState.EXPIRED},
    LieuState.CONFIRMED: set(),
    LieuState.REFUSED: set(),
    LieuState.WITHDRAWN: set(),
    LieuState.EXPIRED: set(),
}
LIEU_TONES = {
    LieuState.PROPOSED: "waiting",
    LieuState.CONFIRMED: "met",
    LieuState.REFUSED: "accent",
    LieuState.WITHDRAWN: "neutral",
    LieuState.EXPIRED: "neutral",
}
LIEU_LIVES = timedelta(days=14)


class SitePaperState(models.TextChoices):
    SUBMITTED = "submitted", "Waiting for a director"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"


SITE_PAPER_MOVES = {
    SitePaperState.SUBMITTED: {SitePaperState.APPROVED, SitePaperState.REFUSED},
    SitePaperState.APPROVED: set(),
    SitePaperState.REFUSED: set(),
}
SITE_PAPER_TONES = {
    SitePaperState.SUBMITTED: "waiting",
    SitePaperState.APPROVED: "met",
    SitePaperState.REFUSED: "accent",
}
SITE_PAPER_WARNED = timedelta(days=30)


class SupervisorState(models.TextChoices):
    """Whether staff know who signs: the address is hers, and the licence is valid."""

    UNVERIFIED = "unverified", "Not verified yet"
    VERIFIED = "verified", "Verified"
    REFUSED = "refused", "Could not be verified"
    SUSPENDED = "suspended", "Suspended"


SUPERVISOR_MOVES = {
    SupervisorState.UNVERIFIED: {SupervisorState.VERIFIED, SupervisorState.REFUSED, SupervisorState.SUSPENDED},
    SupervisorState.VERIFIED: {SupervisorState.UNVERIFIED, SupervisorState.SUSPENDED},
    SupervisorState.REFUSED: {SupervisorState.UNVERIFIED, SupervisorState.VERIFIED},
    SupervisorState.SUSPENDED: {SupervisorState.VERIFIED, SupervisorState.REFUSED},
}
SUPERVISOR_TONES = {
    SupervisorState.UNVERIFIED: "waiting",
    SupervisorState.VERIFIED: "met",
    SupervisorState.REFUSED: "accent",
    SupervisorState.SUSPENDED: "accent",
}


class HandoverCause(models.TextChoices):
    """Why another supervisor takes over."""

    ABSENT = "absent", "Absent for a time"
    DEPARTED = "departed", "Has left"
    DECEASED = "deceased", "Has died"
    UNLICENSED = "unlicensed", "Without a valid licence"
    RETURNED = "returned", "The former supervisor is back"


class LapseDecision(models.TextChoices):
    """What a director decides about the hours of one trainee that a lapse put under review."""

    KEPT = "kept", "Kept in good faith"
    AGAIN = "again", "To be signed again"
    ERROR = "error", "The lapse was recorded in error"


MAY_SIGN = (SupervisorState.UNVERIFIED, SupervisorState.VERIFIED)


MINUTES_MOST = 720
GROUP_MOST = 100
SEGMENTS_MOST = 6
REFLECTION_MOST = 600
REASON_MOST = 1000
WHY_MOST = 120
INSTRUCTIONS_MOST = 2000
PRIOR_MINUTES_MOST = 2000 * 60


class RedactedPart(models.TextChoices):
    """What a reviewer takes out of a record: some words wherever they stand, or one text as a whole. The text is the
    reflection of an entry, the note of prior hours, the feedback of a session."""

    WORDS = "words", "Some words"
    REFLECTION = "reflection", "The whole text"
    REASON = "reason", "A whole reason"


AUDIT_ACTIONS = {
    "supervision.supervisor.recorded": "Recorded a supervisor",
    "supervision.supervisor.corrected": "Corrected the address of a supervisor",
    "supervision.supervisor.qualified": "Recorded a qualification of a supervisor",
    "supervision.supervisor.verified": "Verified a supervisor's address and licence",
    "supervision.supervisor.stopped": "Stopped a supervisor from signing",
    "supervision.placement.set": "Set a placement",
    "supervision.placement.ended": "Ended a placement",
    "supervision.client.coded": "Made a client code",
    "supervision.words.declared": "Declared words not to be about a client",
    "supervision.log.drafted": "Wrote a practice log entry",
    "supervision.log.edited": "Changed a practice log entry",
    "supervision.log.submitted": "Sent a practice log entry for review",
    "supervision.log.retracted": "Took a practice log entry back",
    "supervision.log.discarded": "Discarded a practice log entry",
    "supervision.log.approved": "Approved a practice log entry",
    "supervision.log.returned": "Returned a practice log entry",
    "supervision.log.corrected": "Began a correction of an approved entry",
    "supervision.export.made": "Made a file of the practice log",
    "supervision.log.redacted": "Removed words from a practice log entry",
    "supervision.site.paper_added": "Added a paper of a site",
    "supervision.site.paper_approved": "Approved a paper of a site",
    "supervision.site.paper_refused": "Refused a paper of a site",
    "supervision.lieu.proposed": "Proposed to attest in lieu of a supervisor",
    "supervision.lieu.confirmed": "Confirmed an attestation in lieu of a supervisor",
    "supervision.lieu.refused": "Refused an attestation in lieu of a supervisor",
    "supervision.lieu.withdrawn": "Withdrew an attestation in lieu of a supervisor",
    "supervision.lapse.recorded": "Recorded that a supervisor's paper was not valid",
    "supervision.lapse.decided": "Decided about hours under review after a lapse",
    "supervision.lapse.annulled": "Took back a lapse that was recorded in error",
    "supervision.log.questioned": "Put a practice log entry under review after a lapse",
    "supervision.prior.redacted": "Removed words from prior hours",
    "supervision.session.redacted": "Removed words from a supervision session",
    "supervision.work.handed_over": "Handed over the open work of a supervisor",
    "supervision.pace.flagged": "Flagged an unusual pace of approvals",
    "supervision.pace.seen": "Looked at an unusual pace of approvals",
    "supervision.log.verified": "Verified an approved practice log entry",
    "supervision.log.unapproved": "Withdrew the approval of a practice log entry",
    "supervision.draft.discarded": "Discarded an unfinished draft",
    "supervision.client.merged": "Merged two client codes",
    "supervision.client.separated": "Separated two client codes again",
    "supervision.adverse.alerted": "Raised the alert of an adverse event",
    "supervision.adverse.acknowledged": "Acknowledged an adverse event",
    "supervision.adverse.escalated": "Told all directors of an adverse event",
    "supervision.responder.set": "Set who responds to adverse events",
    "supervision.share.proposed": "Proposed a visit to a co-therapist",
    "supervision.share.confirmed": "Confirmed an own share of a visit",
    "supervision.share.declined": "Declined a share of a visit",
    "supervision.prior.recorded": "Recorded prior hours",
    "supervision.prior.amended": "Sent returned prior hours again",
    "supervision.prior.withdrawn": "Took prior hours back",
    "supervision.prior.approved": "Approved prior hours",
    "supervision.prior.returned": "Returned prior hours",
}
