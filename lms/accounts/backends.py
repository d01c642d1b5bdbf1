from allauth.account.auth_backends import AuthenticationBackend

from lms.accounts.models import User
from lms.accounts.queries import person_with_roles


class Backend(AuthenticationBackend):
    """allauth's, but a signed-in person comes with her roles and facts in one query instead of one for each."""

    def get_user(self, user_id) -> User | None:
        person = person_with_roles(user_id)
        return person if person and self.user_can_authenticate(person) else None
