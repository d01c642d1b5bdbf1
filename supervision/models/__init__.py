from supervision.models.export import ExportFile, ExportRecord
from supervision.models.guard import GuardDeclaration
from supervision.models.log import LogClient, LogMove, LogSegment, PracticeLog
from supervision.models.placement import ClientCode, Placement
from supervision.models.prior import PriorHours, PriorMove
from supervision.models.session import (
    AttendanceMove,
    FeedbackTopic,
    SessionAttendance,
    SessionMove,
    SessionSignature,
    SupervisionSession,
)
from supervision.models.signature import PracticeCredit, SignOff
from supervision.models.supervisor import Site, Supervisor, SupervisorMove

__all__ = [
    "AttendanceMove",
    "ClientCode",
    "ExportFile",
    "ExportRecord",
    "FeedbackTopic",
    "GuardDeclaration",
    "LogClient",
    "LogMove",
    "LogSegment",
    "Placement",
    "PracticeCredit",
    "PracticeLog",
    "PriorHours",
    "PriorMove",
    "SessionAttendance",
    "SessionMove",
    "SessionSignature",
    "SignOff",
    "Site",
    "SupervisionSession",
    "Supervisor",
    "SupervisorMove",
]
