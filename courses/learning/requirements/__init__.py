"""The requirements that this app's evidence answers, each kind in a file of its own."""

from courses.learning.requirements.attestation_signed import AttestationSigned, AttestationSignedConfig
from courses.learning.requirements.didactic_minutes import (
    DidacticConfig,
    DidacticMinutes,
    FormatMinimum,
    TopicMinimum,
)
from courses.learning.requirements.module_completion import (
    ENOUGH_ELECTIVES,
    LessonFact,
    ModuleCompletion,
    ModuleCompletionConfig,
    ModuleFact,
    ModuleFacts,
    judge_modules,
)

__all__ = [
    "ENOUGH_ELECTIVES",
    "AttestationSigned",
    "AttestationSignedConfig",
    "DidacticConfig",
    "DidacticMinutes",
    "FormatMinimum",
    "LessonFact",
    "ModuleCompletion",
    "ModuleCompletionConfig",
    "ModuleFact",
    "ModuleFacts",
    "TopicMinimum",
    "judge_modules",
]
