"""A trainee's own notes, highlights and bookmarks. Every address hangs on her own enrolment; nobody else finds any."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.curriculum.enums import ActivityKind
from courses.curriculum.models import EditionItem
from courses.enrolment.models import Enrolment
from courses.enrolment.rules import can_read_edition
from courses.learning.enums import Show
from courses.learning.models import Note
from courses.learning.notes.actions import (
    add_note,
    change_note,
    check_may_write,
    delete_everything,
    delete_note,
    set_bookmark,
)
from courses.learning.notes.export import as_json, as_text
from courses.learning.notes.forms import ChangeNoteForm, NoteForm, ShowForm
from courses.learning.notes.parts import MARK
from courses.learning.notes.queries import Collection, collection_of, own_note, say_what_is_locked, text_of_html
from courses.learning.queries import item_for, learners_enrolment
from lms.errors import Refusal
from lms.web.idempotency import once_per_form

FILES = {"txt": (as_text, "text/plain; charset=utf-8"), "json": (as_json, "application/json")}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def new(request, pk, slug):
    """Write a note or mark a passage: the form of the lesson's page, on a page of its own when something is amiss."""
    enrolment = learners_enrolment(request.user, pk, slug=slug)
    lesson = _lesson(enrolment, slug)
    try:
        check_may_write(enrolment, lesson, by=request.user)
    except Refusal:
        if request.method == "POST":
            raise
        return redirect("learn_item", pk, slug)  # which says why
    form = NoteForm(request.POST or None, lesson=text_of_html(enrolment.html))
    if form.is_valid():
        note = add_note(enrolment, lesson, by=request.user, **form.cleaned_data)
        messages.success(request, "Marked. Only you see it." if note.is_highlight else "Kept. Only you can read it.")
        return _back_to(enrolment, lesson, note.block)
    context = {"enrolment": enrolment, "lesson": lesson, "form": form}
    return render(request, "learning/notes/new.html", context, status=422 if form.is_bound else 200)


def _lesson(enrolment: Enrolment, slug: str) -> EditionItem:
    item = item_for(enrolment, slug)
    if item.activity.kind != ActivityKind.LESSON:
        raise Http404
    return item


def _back_to(enrolment: Enrolment, lesson: EditionItem, block: str) -> HttpResponseRedirect:
    """To the lesson, where she was reading."""
    address = reverse("learn_item", args=[enrolment.pk, lesson.slug])
    return redirect(f"{address}#{MARK}{block}" if block else f"{address}#notes")


@login_required
@require_POST
@once_per_form
def bookmark(request, pk, slug):
    """Put a bookmark to a lesson or take it away."""
    enrolment = learners_enrolment(request.user, pk)
    lesson = _lesson(enrolment, slug)
    is_on = request.POST.get("on") == "yes"
    set_bookmark(enrolment, lesson, by=request.user, on=is_on)
    if not can_read_edition(enrolment):
        return redirect("learn_notes", pk)
    messages.success(request, "Bookmarked. You find it under “Your notes”." if is_on else "The bookmark is taken away.")
    return redirect("learn_item", pk, slug)


@login_required
@require_safe
def notes(request, pk):
    """Everything she has written, marked and bookmarked. Open in every state: it is her own record."""
    enrolment = learners_enrolment(request.user, pk)
    form = ShowForm(request.GET)
    show = Show((form.is_valid() and form.cleaned_data["show"]) or Show.ALL)
    everything = collection_of(enrolment)
    say_what_is_locked(enrolment, everything)
    context = {
        "enrolment": enrolment,
        "collection": everything.only(show),
        "total": everything.counted(Show.ALL),
        "tabs": _tabs(reverse("learn_notes", args=[pk]), everything, show),
        "is_open": can_read_edition(enrolment),
    }
    return render(request, "learning/notes/list.html", context)


def _tabs(address: str, everything: Collection, show: Show) -> list[dict]:
    return [
        {
            "label": one.label,
            "url": f"{address}?show={one}" if one != Show.ALL else address,
            "current": one == show,
            "count": everything.counted(one),
        }
        for one in Show
        if one != Show.GONE or everything.counted(one) or show == one
    ]


@login_required
@require_safe
def export(request, pk, ending):
    """Her notes as a file of her own; at most some megabytes, for their number and length are bounded."""
    enrolment = learners_enrolment(request.user, pk)
    write, content_type = FILES[ending]
    response = StreamingHttpResponse(write(enrolment, collection_of(enrolment)), content_type=content_type)
    name = f"notes-{enrolment.program.slug}-{timezone.localdate():%Y-%m-%d}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def change(request, pk, note):
    """Put other words in the place of a note's; give a highlight some."""
    found = own_note(request.user, pk, note)
    form = ChangeNoteForm(request.POST or None, note=found, initial={"text": found.text})
    if form.is_valid():
        change_note(found, by=request.user, text=form.cleaned_data["text"])
        messages.success(request, "Kept. Only you can read it.")
        return redirect(f"{reverse('learn_notes', args=[pk])}#note-{found.pk}")
    context = {"enrolment": found.enrolment, "note": found, "form": form}
    return render(request, "learning/notes/change.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def delete(request, pk, note):
    """Delete one for good."""
    found = own_note(request.user, pk, note)
    if request.method == "POST":
        delete_note(found, by=request.user)
        messages.success(request, "It is deleted.")
        return redirect("learn_notes", pk)
    words = _words_of_deleting(found)
    return render(request, "learning/notes/delete.html", {"enrolment": found.enrolment, "note": found} | words)


def _words_of_deleting(note: Note) -> dict[str, str]:
    what = "highlight" if note.is_highlight else "note"
    return {"title": f"Delete this {what}?", "submit": f"Delete this {what}"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def delete_all(request, pk):
    """Delete everything of hers in this program for good."""
    enrolment = learners_enrolment(request.user, pk)
    if request.method == "POST":
        delete_everything(enrolment)
        messages.success(request, "All notes, highlights and bookmarks of this program are deleted.")
        return redirect("learn_notes", pk)
    total = collection_of(enrolment).counted(Show.ALL)
    return render(request, "learning/notes/delete_all.html", {"enrolment": enrolment, "total": total})
