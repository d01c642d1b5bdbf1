"""What the demonstration's visits are made of: their kinds, the hours at which things happen, and how one is approved."""

import io
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw

from lms.demo.clock import at
from lms.uploads import CleanDocument
from supervision.actions.review import approve_log
from supervision.enums import AgeBand, Format, Meaning, Modality, Phase, PracticeRole, Route
from supervision.models import PracticeLog
from supervision.queries.practice import full_logs
from supervision.queries.review import content_hash, signed_content

Kind = tuple[str, PracticeRole, tuple[tuple[Phase, int], ...]]
EVENING, NEXT_DAY = timedelta(hours=2), timedelta(hours=26)
ZONE = "America/Denver"
BANDS = (AgeBand.FROM_25, AgeBand.FROM_35, AgeBand.FROM_55)

PREPARATION = ("preparation", PracticeRole.LEAD, ((Phase.PREPARATION, 90),))
SHARED_DOSING = (
    "dosing_cofacilitator",
    PracticeRole.CO_FACILITATOR,
    ((Phase.PREPARATION, 20), (Phase.DOSING, 150), (Phase.INTEGRATION, 10)),
)
CONSULTATION = ("individual_consultation", PracticeRole.OBSERVER, ((Phase.OTHER, 60),))
LONG_DRILL = ("emergency_drill", PracticeRole.CO_FACILITATOR, ((Phase.OTHER, 240),))
ROLE_PLAY = ("role_play", PracticeRole.LEAD, ((Phase.OTHER, 90),))
LED_DOSING = ("dosing_lead", PracticeRole.LEAD, ((Phase.PREPARATION, 20), (Phase.DOSING, 150), (Phase.INTEGRATION, 10)))
INTEGRATION = ("integration", PracticeRole.LEAD, ((Phase.INTEGRATION, 90),))
OBSERVATION = ("live_observation", PracticeRole.OBSERVER, ((Phase.DOSING, 180),))
DRILL = ("emergency_drill", PracticeRole.CO_FACILITATOR, ((Phase.OTHER, 120),))

WITHOUT_CLIENT = ("emergency_drill", "role_play", "individual_consultation")
HOW = {"route": Route.NONE.value, "modality": Modality.IN_PERSON.value, "format": Format.INDIVIDUAL.value}
REFLECTION = (
    "I noticed how quickly I wanted to fill the silence after the peak. Waiting let the client find the words first. "
    "Next time I will ask before I move my chair closer."
)


def moment(on: date, hour: int = 18, minute: int = 0) -> datetime:
    """An hour of a day where the demonstration takes place."""
    return datetime.combine(on, time(hour, minute), tzinfo=ZoneInfo(ZONE))


def seen(log: PracticeLog) -> str:
    return content_hash(signed_content(full_logs().get(pk=log.pk)))


def approve(log: PracticeLog, *, when: datetime | None = None) -> PracticeLog:
    """By whoever decides, on the day after it was sent unless another time is given."""
    with at(when or log.submitted_at + NEXT_DAY):
        return approve_log(log, by=log.placement.decider.person, meaning=Meaning.OBSERVED, seen=seen(log))


def letter_about(hours: int, of: str, institution: str) -> CleanDocument:
    """A document that says it is made up."""
    return CleanDocument(_page(f"{institution} confirms {hours} hours: {of}.\nNobody was trained.", "PNG"), "image/png")


def paper_of(site: str, what: str) -> CleanDocument:
    """The same for a paper of a site."""
    return CleanDocument(_page(f"{what} of {site}.\nNobody has signed it.", "PDF"), "application/pdf")


def _page(words: str, file_format: str) -> bytes:
    page = Image.new("RGB", (900, 500), "white")
    text = f"DEMONSTRATION\n\n{words}"
    ImageDraw.Draw(page).multiline_text((60, 60), text, fill="black", font_size=28, spacing=14)
    out = io.BytesIO()
    page.save(out, file_format)
    return out.getvalue()
