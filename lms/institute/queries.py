from lms.institute.models import InstituteSettings


def institute() -> InstituteSettings:
    """The one row of institute settings; unsaved defaults before a director has filled it in."""
    return InstituteSettings.objects.select_related("logo").first() or InstituteSettings()
