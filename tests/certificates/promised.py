"""A kind of requirement for these tests alone, registered by the fixture `promised`."""

from collections.abc import Mapping
from dataclasses import dataclass

from courses.enrolment.models import Enrolment
from courses.standards.contract import Config, Facts, RequirementKind, Result
from courses.standards.enums import ResultState, Unit


@dataclass(frozen=True)
class PromisedConfig(Config):
    needed: int = 60


class Promised(RequirementKind):
    """A kind for these tests alone: minutes are met unless the person's discipline says "unready"."""

    name = "promised"
    label = "Promised"
    config_class = PromisedConfig
    block = "wagtail.blocks.StructBlock"

    def gather(self, configs, subjects, as_of, detail=False) -> Mapping:
        disciplines = dict(
            Enrolment.objects.filter(pk__in=[subject.enrolment for subject in subjects]).values_list("pk", "discipline")
        )
        return {
            subject: Facts({"done": 0 if disciplines[subject.enrolment] == "unready" else 90}) for subject in subjects
        }

    def judge(self, config, facts, upstream, categories) -> Result:
        done = facts.values["done"]
        state = ResultState.MET if done >= config.needed else ResultState.UNMET
        return Result(config.key, config.title, state, done, config.needed, Unit.MINUTES)

    def describe(self, config) -> str:
        return f"{config.title}: at least {config.needed} min."


PROMISED = PromisedConfig(key="promised", title="Promised practice")
