"""Files of the CMS. Nothing under MEDIA_URL is served openly."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe
from wagtail.documents.views.serve import serve as serve_document
from wagtail.images.models import Image, Rendition

from lms.institute.queries import institute

PUBLIC_COLLECTION = "Public"


@require_safe
def media(request, path):
    """An image of the public collection for everybody, any image for people who may open the CMS; else 404."""
    if "\x00" in path or not (_is_public_image(path) or _may_edit(request.user)) or not default_storage.exists(path):
        raise Http404
    response = FileResponse(default_storage.open(path))
    response["Cache-Control"] = "public, max-age=86400"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _is_public_image(path: str) -> bool:
    renditions = Rendition.objects.filter(file=path, image__collection__name=PUBLIC_COLLECTION)
    return renditions.exists() or Image.objects.filter(file=path, collection__name=PUBLIC_COLLECTION).exists()


def _may_edit(user) -> bool:
    return user.is_authenticated and user.has_perm("wagtailadmin.access_admin")


@require_safe
def document(request, document_id, document_filename):
    """A document of the CMS, for people who edit it. Trainees get the edition's own copy."""
    if not _may_edit(request.user):
        raise Http404
    return serve_document(request, document_id, document_filename)


@require_safe
def policies(request):
    return render(request, "institute/policies.html", {"institute_settings": institute()})
