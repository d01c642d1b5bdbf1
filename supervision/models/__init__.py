from supervision.models.adverse import AdverseAlert, AdverseResponder
from supervision.models.draft import SharedVisit, UnfinishedDraft
from supervision.models.export import ExportFile, ExportRecord
from supervision.models.guard import GuardDeclaration
from supervision.models.handover import Handover
from supervision.models.lapse import LapseAttendance, LapseCase, LapseEntry, QualificationLapse
from supervision.models.lieu import Attestation
from supervision.models.log import LogClient, LogMove, LogSegment, PracticeLog
from supervision.models.pace import PaceFlag
from supervision.models.placement import ClientCode, Placement
from supervision.models.prior import PriorHours, PriorMove
from supervision.models.redaction import Redaction
from supervision.models.session import (
    AttendanceMove,
    FeedbackTopic,
    SessionAttendance,
    SessionMove,
    SessionSignature,
    SupervisionSession,
)
from supervision.models.signature import CreditChange, PracticeCredit, SignOff
from supervision.models.signing import SigningLink, SigningReceipt
from supervision.models.site import SitePaper
from supervision.models.supervisor import Site, Supervisor, SupervisorMove, SupervisorQualification

__all__ = [
    "AdverseAlert",
    "AdverseResponder",
    "AttendanceMove",
    "Attestation",
    "ClientCode",
    "CreditChange",
    "ExportFile",
    "ExportRecord",
    "FeedbackTopic",
    "GuardDeclaration",
    "Handover",
    "LapseAttendance",
    "LapseCase",
    "LapseEntry",
    "LogClient",
    "LogMove",
    "LogSegment",
    "PaceFlag",
    "Placement",
    "PracticeCredit",
    "PracticeLog",
    "PriorHours",
    "PriorMove",
    "QualificationLapse",
    "Redaction",
    "SessionAttendance",
    "SessionMove",
    "SessionSignature",
    "SharedVisit",
    "SignOff",
    "SigningLink",
    "SigningReceipt",
    "Site",
    "SitePaper",
    "SupervisionSession",
    "Supervisor",
    "SupervisorMove",
    "SupervisorQualification",
    "UnfinishedDraft",
]
