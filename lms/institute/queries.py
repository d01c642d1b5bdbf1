from lms.institute.models import InstituteSettings
from lms.web.memory import remember


def institute() -> InstituteSettings:
    """The one row of institute settings; unsaved defaults before a director has filled it in."""
    return InstituteSettings.objects.select_related("logo").first() or InstituteSettings()


@remember(seconds=10, most=1)
def shown_institute() -> InstituteSettings:
    """The same for the frame of pages: an edit is seen everywhere within ten seconds. What is signed asks `institute`."""
    return institute()
