"""Lists of all modules and of all lessons in the CMS: what they credit, how far they are, who reviewed them and until when.

Wagtail shows each person the pages that she may explore.
"""

import django_filters
from django.db.models import OuterRef, Subquery
from wagtail.admin.ui.tables import Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn, ParentPageColumn
from wagtail.admin.views.pages.listing import IndexView, PageFilterSet
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.boolean_radio_select import BooleanRadioSelect

from courses.curriculum.credit_blocks import topic_choices
from courses.curriculum.credits import label_of
from courses.curriculum.models import LessonPage, ModulePage, ReviewedPage, Topic
from lms.web.templatetags.ui import day


class ReviewFilters(PageFilterSet):
    topic = django_filters.ChoiceFilter(label="Topic", choices=topic_choices)
    due_by = django_filters.DateFilter(
        label="Next review due by", field_name="next_review_on", lookup_expr="lte", widget=AdminDateInput
    )
    reviewed = django_filters.BooleanFilter(
        label="Reviewed by a clinician",
        field_name="reviewed_on",
        lookup_expr="isnull",
        exclude=True,
        widget=BooleanRadioSelect,
    )
    has_unpublished_changes = django_filters.BooleanFilter(label="Has unpublished changes", widget=BooleanRadioSelect)
    live = django_filters.BooleanFilter(label="Published", widget=BooleanRadioSelect)


class ModuleFilters(ReviewFilters):
    is_core = django_filters.BooleanFilter(label="Required of everybody", widget=BooleanRadioSelect)


class IndexViewWithTopics(IndexView):
    def annotate_queryset(self, pages):
        """`topic_label`: the topic in the words of those who keep it, in the same query as the pages."""
        labels = Topic.objects.filter(key=OuterRef("topic")).order_by().values("label")
        return super().annotate_queryset(pages).annotate(topic_label=Subquery(labels))


def _topic(page: ReviewedPage) -> str:
    return label_of(page.topic, {page.topic: page.topic_label or ""}) if page.topic else ""


def _reviewed_on(page: ReviewedPage) -> str:
    return day(page.reviewed_on) if page.reviewed_on else "Not yet"


def _next_review_on(page: ReviewedPage) -> str:
    return day(page.next_review_on) if page.next_review_on else ""


def columns(*more: Column, parent: str) -> list[Column]:
    return [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label="Title", sort_key="title", classname="title"),
        ParentPageColumn("parent", label=parent),
        Column("minutes", label="Minutes", sort_key="minutes"),
        Column("topic", label="Topic", accessor=_topic, sort_key="topic"),
        *more,
        PageStatusColumn("status", label="State", sort_key="live"),
        Column("reviewed_on", label="Reviewed on", accessor=_reviewed_on, sort_key="reviewed_on"),
        Column("next_review_on", label="Next review", accessor=_next_review_on, sort_key="next_review_on"),
        Column("reviewer", label="Reviewer", sort_key="reviewer"),
    ]


class ModuleListing(PageListingViewSet):
    model = ModulePage
    index_view_class = IndexViewWithTopics
    name = "curriculum_modules"
    icon = "folder-open-inverse"
    menu_label = "Modules"
    columns = columns(
        Column(
            "is_core",
            label="For",
            accessor=lambda page: "Everybody" if page.is_core else "Elective",
            sort_key="is_core",
        ),
        parent="Program",
    )
    filterset_class = ModuleFilters


class LessonListing(PageListingViewSet):
    model = LessonPage
    index_view_class = IndexViewWithTopics
    name = "curriculum_lessons"
    icon = "doc-full"
    menu_label = "Lessons"
    columns = columns(parent="Module")
    filterset_class = ReviewFilters


class CurriculumLists(ViewSetGroup):
    menu_label = "Curriculum"
    menu_name = "curriculum"
    menu_icon = "list-ul"
    menu_order = 230
    items = (ModuleListing("curriculum_modules"), LessonListing("curriculum_lessons"))
