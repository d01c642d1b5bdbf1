"""Files of the CMS. Nothing under MEDIA_URL is served openly."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe
from wagtail.documents.views.serve import serve as serve_document
from wagtail.images.models import Image, Rendition

from lms.accounts.actions import mirror_roles
from lms.institute.queries import institute

PUBLIC_COLLECTION = "Public"


@require_safe
def media(request, path):
    """An image of the public collection for everybody, any image of the CMS for people who may open it; else 404.

    Other files in the storage (copies for editions, documents) are no images of the CMS and never leave here.
    """
    if "\x00" in path:
        raise Http404
    is_public = _is_image(path, collection=PUBLIC_COLLECTION)
    if not is_public and not (_may_edit(request.user) and _is_image(path)):
        raise Http404
    try:
        response = FileResponse(default_storage.open(path))
    except FileNotFoundError:
        raise Http404 from None
    response["Cache-Control"] = "public, max-age=86400" if is_public else "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _is_image(path: str, *, collection: str = "") -> bool:
    renditions, images = Rendition.objects.filter(file=path), Image.objects.filter(file=path)
    if collection:
        renditions = renditions.filter(image__collection__name=collection)
        images = images.filter(collection__name=collection)
    return renditions.exists() or images.exists()


def _may_edit(user) -> bool:
    if not user.is_authenticated:
        return False
    mirror_roles(user)  # a role that ran out a minute ago opens nothing
    return user.has_perm("wagtailadmin.access_admin")


@require_safe
def document(request, document_id, document_filename):
    """A document of the CMS, for people who edit it. Trainees get the edition's own copy."""
    if not _may_edit(request.user):
        raise Http404
    return serve_document(request, document_id, document_filename)


@require_safe
def policies(request):
    return render(request, "institute/policies.html", {"institute_settings": institute()})
