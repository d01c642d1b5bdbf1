from certificates.actions.papers import make_files
from certificates.models import Credential
from lms.jobs.retry import retrying_task


@retrying_task(queue_name="papers")
def make_credential_files(credential_id: int) -> int:
    """Idempotent: what was made is not made again."""
    return make_files(Credential.objects.with_names().get(pk=credential_id))
