"""Files that come into the CMS."""

from django.core.exceptions import ValidationError
from PIL import UnidentifiedImageError
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm


class ReadableImageField(WagtailImageField):
    """Wagtail's own, which does not expect a picture whose head is whole and whose body is not."""

    def to_python(self, data):
        try:
            return super().to_python(data)
        except (UnidentifiedImageError, OSError):
            raise ValidationError(
                "This picture cannot be read: the file is damaged or was cut short. Save it anew, and choose it again."
            ) from None


class ImageForm(BaseImageForm):
    """Every form that takes an image: the page of one, the page of many, the chooser (`WAGTAILIMAGES_IMAGE_FORM_BASE`)."""

    file = ReadableImageField(label="File", widget=BaseImageForm.Meta.widgets["file"])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "file" in (self._meta.exclude or ()) or "file" not in (self._meta.fields or ("file",)):
            del self.fields["file"]  # a form for the words alone; Django leaves a declared field in it
