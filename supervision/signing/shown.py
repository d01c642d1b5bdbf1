"""How signatures by a link, and what waits for one, are shown."""

from lms.web.templatetags.ui import day
from supervision.models import SigningLink


def by_link(link: SigningLink | None) -> str:
    """What follows the name of whoever signed."""
    if link is None:
        return ""
    asked = link.questioned_at
    doubt = f". In question since {day(asked)}: somebody at the address says that she did not sign" if asked else ""
    return f", by a mailed link without an account{doubt}"
