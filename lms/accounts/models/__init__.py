from lms.accounts.models.barrier import Barrier
from lms.accounts.models.document import ProfessionalDocument
from lms.accounts.models.role import RoleGrant
from lms.accounts.models.terms import TermsAcceptance, TermsVersion
from lms.accounts.models.user import User

__all__ = ["Barrier", "ProfessionalDocument", "RoleGrant", "TermsAcceptance", "TermsVersion", "User"]
