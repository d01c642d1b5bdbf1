"""How allauth speaks to our accounts."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import SignupForm
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password

from lms.accounts.actions import accept_terms
from lms.accounts.queries import needs_second_factor
from lms.fields import decrypt, encrypt


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request, user, form, commit=True):
        """A new person, with her name; the ticked box of the form is her acceptance of the terms."""
        user.display_name = form.cleaned_data["display_name"]
        user.time_zone = form.cleaned_data["time_zone"]
        user = super().save_user(request, user, form, commit=commit)
        if commit:
            accept_terms(user)
        return user


class EvenSignupForm(SignupForm):
    """Takes as long for an address that has an account as for a new one: hashing the password is what takes time."""

    def try_save(self, request):
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class SecondFactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whoever must have a second factor keeps at least one."""
        if not needs_second_factor(authenticator.user) or authenticator.type == Authenticator.Type.RECOVERY_CODES:
            return True
        real = Authenticator.objects.filter(user=authenticator.user).exclude(type=Authenticator.Type.RECOVERY_CODES)
        return real.exclude(pk=authenticator.pk).exists()
