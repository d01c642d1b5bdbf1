"""Every hook of the institute into the CMS."""

from wagtail import hooks

from lms.institute.queries import shown_institute


@hooks.register("after_edit_setting")
def forget_shown_institute(request, instance):
    """Whoever edits the institute sees it at once, if the same process answers; everybody else within ten seconds."""
    shown_institute.cache_clear()
