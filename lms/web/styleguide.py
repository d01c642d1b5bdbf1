"""Every component in every state, for people who build and review pages. Sample data only; no database is asked."""

import datetime

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lms.web.plots import columns_of

COLOURS = [
    ("paper", "the page"),
    ("surface", "what is raised"),
    ("sunken", "table heads, hover"),
    ("ink", "text"),
    ("soft", "secondary text"),
    ("line", "hairlines"),
    ("control", "borders of inputs"),
    ("primary", "the one main action, links, current place"),
    ("accent", "what needs you: returned, due"),
    ("met", "done, valid"),
    ("waiting", "under way, waiting"),
    ("critical", "failed, unsafe, revoked"),
    ("info", "good to know"),
]
SIZES = [
    ("type-display", "Display", "serif"),
    ("type-3xl", "35", "serif"),
    ("type-2xl", "29", "serif"),
    ("type-xl", "24", "serif"),
    ("type-l", "20", "serif"),
    ("type-read", "17 / 1.6", "serif"),
    ("type-m", "16 / 1.4", "sans"),
    ("type-s", "14", "sans"),
]
STATES = [
    ("met", "Approved"),
    ("waiting", "Waiting for your supervisor"),
    ("critical", "Revoked"),
    ("info", "Scheduled"),
    ("accent", "Returned to you"),
    ("neutral", "Not started"),
]
VERDICTS = [
    ("Valid", "met", "circle-check", "Until 23 Nov 2028, checked 23 Nov 2026, 14:02"),
    ("Expired", "waiting", "hourglass", "On 1 Mar 2026, checked 23 Nov 2026, 14:02"),
    ("Suspended", "accent", "circle-pause", "Since 12 Oct 2026, checked 23 Nov 2026, 14:02"),
    ("Revoked", "critical", "octagon-alert", "On 2 Nov 2026, checked 23 Nov 2026, 14:02"),
    ("Not found", "neutral", "circle-question-mark", "Checked 23 Nov 2026, 14:02"),
]
GUARDED = {
    "may_declare": True,
    "asks": True,
    "is_declared": True,
    "declared_name": "sample-declared",
    "why_name": "sample-why",
    "auto_id": "sample",
    "why": "lecturer of the course",
}
LEDGER = [
    {
        "title": "Modules completed",
        "state": "Met",
        "kind": "met",
        "have": "6",
        "need": "6 modules",
        "percent": 100,
        "next": "Nothing more to do here.",
        "counted": [
            {"text": "Ethics of touch", "value": "12 Sep 2026"},
            {"text": "Set, setting, team", "value": "3 Oct 2026"},
        ],
    },
    {
        "title": "Practicum hours",
        "state": "In progress",
        "kind": "waiting",
        "have": "28 h",
        "need": "40 h",
        "percent": 70,
        "ticks": [
            {"percent": 25, "label": "at least 10 h as lead"},
            {"percent": 60, "label": "at least 24 h in dosing sessions"},
        ],
        "next": "12 h are missing, 2 h of them as lead. Two visits wait for Dr. Okafor.",
        "counted": [
            {"text": "Dosing session, lead, 14 Nov 2026", "value": "3 h 30 min"},
            {"text": "Integration, co-therapist, 9 Nov 2026", "value": "1 h 30 min"},
        ],
        "not_counted": [
            {
                "text": "Preparation, observer, 2 Nov 2026",
                "value": "50 min",
                "reason": "Observing counts up to 8 h, and those are full.",
            }
        ],
        "open": True,
    },
    {
        "title": "Ethics examination",
        "state": "Returned to you",
        "kind": "accent",
        "have": "72%",
        "need": "80%",
        "percent": 72,
        "ticks": [{"percent": 80, "label": "pass mark 80%"}],
        "next": "One more attempt is open from 26 Nov 2026.",
    },
    {
        "title": "Consultation with a Verylongunbrokencompoundwordofmorethanforty letters in it",
        "state": "Not started",
        "kind": "neutral",
        "have": "0",
        "need": "6 meetings",
        "percent": 0,
    },
]
EVENTS = [
    {
        "title": "Approved",
        "when": datetime.datetime(2026, 11, 20, 21, 5, tzinfo=datetime.UTC),
        "by": "Dr. Ada Okafor",
        "kind": "met",
    },
    {
        "title": "Sent again for review",
        "when": datetime.datetime(2026, 11, 19, 8, 12, tzinfo=datetime.UTC),
        "by": "Mira Lindqvist",
        "kind": "waiting",
    },
    {
        "title": "Returned by your supervisor",
        "when": datetime.date(2026, 11, 18),
        "by": "Dr. Ada Okafor",
        "body": "The dosing role is missing: were you lead or co-therapist?",
        "kind": "accent",
    },
    {"title": "Logged", "when": "17 Nov 2026", "by": "Mira Lindqvist", "kind": "neutral"},
]


class SampleForm(forms.Form):
    """One field of each sort."""

    name = forms.CharField(label="Name on the certificate", help_text="As it stands on your licence.")
    email = forms.EmailField(label="E-mail")
    minutes = forms.IntegerField(label="Length", help_text="In minutes.", min_value=1)
    date = forms.DateField(label="Date", widget=forms.DateInput(attrs={"type": "date"}))
    start = forms.TimeField(label="Start", required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    phase = forms.ChoiceField(
        label="Phase",
        choices=[("", "Choose one"), ("prep", "Preparation"), ("dose", "Dosing"), ("int", "Integration")],
    )
    role = forms.ChoiceField(
        label="Your role",
        choices=[("lead", "Lead"), ("co", "Co-therapist"), ("obs", "Observer")],
        widget=forms.RadioSelect,
    )
    topics = forms.MultipleChoiceField(
        label="What came up",
        required=False,
        choices=[("touch", "Touch and consent"), ("airway", "Airway"), ("meaning", "Meaning making")],
        widget=forms.CheckboxSelectMultiple,
    )
    reflection = forms.CharField(label="Reflection", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    consent = forms.FileField(label="Signed plan", required=False, help_text="PDF, up to 10 MB.")
    agree = forms.BooleanField(label="No detail here names or describes the client.")


def _forms() -> dict:
    answers = {"name": "", "email": "mira@", "minutes": "0", "date": "", "phase": "dose", "role": "chief"}
    wrong = SampleForm({f"wrong-{name}": value for name, value in answers.items()}, prefix="wrong")
    return {"empty_form": SampleForm(prefix="sample"), "wrong_form": wrong}


def _messages() -> list[Message]:
    return [
        Message(constants.SUCCESS, "The visit was sent to Dr. Okafor."),
        Message(constants.WARNING, "You have 10 minutes left in this session."),
        Message(constants.ERROR, "The file was not saved: it is larger than 10 MB."),
        Message(constants.INFO, "The next live session is on 26 Nov 2026."),
    ]


def _outline() -> list[dict]:
    return [
        {
            "label": "Ethics of touch",
            "items": [
                {"label": "Why touch is different here", "url": "#sg-lesson", "done": True},
                {"label": "Consent before, during, after", "url": "#sg-lesson", "current": True},
                {"label": "When a client asks to be held", "url": "#sg-lesson"},
            ],
        },
        {
            "label": "Pharmacology",
            "items": [{"label": "Dose and route", "url": "#sg-lesson"}, {"label": "Interactions", "locked": True}],
        },
    ]


@require_safe
def styleguide(request):
    """The page at /styleguide/."""
    context = {
        "colours": COLOURS,
        "guarded": GUARDED,
        "sizes": SIZES,
        "states": STATES,
        "verdicts": VERDICTS,
        "ledger": LEDGER,
        "plot": columns_of([(6, 0.31), (5, 0.44), (6, 0.62), (5, 0.8), (6, 0.93)]),
        "events": EVENTS,
        "sample_messages": _messages(),
        "outline": _outline(),
        "crumbs": [
            {"label": "Programs", "url": "#"},
            {"label": "KAP Practitioner", "url": "#"},
            {"label": "Ethics of touch"},
        ],
        "tabs": [
            {"label": "Waiting", "url": "#", "current": True, "count": 12},
            {"label": "Returned", "url": "#", "count": 3},
            {"label": "Approved", "url": "#"},
        ],
        "steps": [
            {"label": "Account", "state": "done", "url": "#"},
            {"label": "Licence", "state": "current"},
            {"label": "Agreement", "state": "todo"},
        ],
        "facts": [
            {"label": "Starts", "value": "12 Jan 2027"},
            {"label": "Hours", "value": "120 h of teaching, 40 h of practicum"},
            {"label": "Format", "value": "Online, two weekends in person"},
            {"label": "Standard", "value": "KAP Practitioner, version 3", "url": "#"},
        ],
        "definitions": [
            {"term": "Holder", "description": "Mira Lindqvist"},
            {"term": "Issuer", "description": "Plumbline Institute"},
            {"term": "Hours", "description": "162 h 30 min"},
        ],
        "columns": [
            {"label": "Trainee"},
            {"label": "Entry"},
            {"label": "Minutes", "numeric": True},
            {"label": "Age", "numeric": True},
        ],
        "rows": [
            ["Mira Lindqvist", "Dosing session", "210", "4 days"],
            ["Jonathan Featherstonehaugh-Cholmondeley", "Integration", "90", "2 days"],
            ["Bo Li", "Preparation", "50", "today"],
        ],
        "page": Paginator(range(240), 20).page(6),
        "previous": {"label": "Why touch is different here", "url": "#"},
        "next": {"label": "When a client asks to be held", "url": "#"},
        **_forms(),
    }
    return render(request, "styleguide/styleguide.html", context)
