"""Publishing a standard."""

from django.db import transaction

from courses.standards.definition import hash_of, problems_of, to_data
from courses.standards.models import Standard, StandardVersion
from courses.standards.queries import definition_of, draft_definition, newest_version
from lms.accounts.models import User
from lms.audit.actions import record
from lms.errors import Refusal


class NotPublishable(Refusal):
    """The draft is empty, inconsistent or unchanged."""

    code = "standard_not_publishable"


@transaction.atomic
def publish_standard(standard: Standard, *, by: User | None, change_note: str = "") -> StandardVersion:
    """Freeze the draft as the next numbered version. Nobody's pinned standing changes by it.

    Raises `NotPublishable` with the sentences that say what is wrong, and when nothing changed.
    """
    standard = Standard.objects.select_for_update().get(pk=standard.pk)
    definition = draft_definition(standard)
    if problems := problems_of(definition, program=standard.program_id):
        raise NotPublishable(" ".join(problems))
    data, newest = to_data(definition), newest_version(standard)
    digest = hash_of(data)
    if newest and hash_of(to_data(definition_of(newest))) == digest:  # an older schema may say the same in fewer words
        raise NotPublishable(f"Nothing has changed since version {newest.number}.")
    if newest and not change_note.strip():
        raise NotPublishable("Say what changed, for those who compare the versions later.")
    version = StandardVersion.objects.create(
        standard=standard,
        number=newest.number + 1 if newest else 1,
        data=data,
        hash=digest,
        change_note=change_note.strip(),
        published_by=by,
    )
    record(
        "standards.standard.published", by=by, about=version, standard=standard.pk, number=version.number, hash=digest
    )
    return version
