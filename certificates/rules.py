"""Who may do what with credentials.

| act | who |
|---|---|
| verify, fetch signed documents | everybody |
| see one's own credentials, download them | the holder |
| list, confer, ask for or confirm a revocation | directors of the institute, of that program or of that cohort |
"""

from certificates.models import Credential
from courses.enrolment.models import Enrolment
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.queries import has_role


def may_confer(user: User, enrolment: Enrolment) -> bool:
    return has_role(user, Role.DIRECTOR, program=enrolment.program_id, cohort=enrolment.cohort_id)


def may_decide_on(user: User, credential: Credential) -> bool:
    return may_confer(user, credential.enrolment)
