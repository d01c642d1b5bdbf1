"""What the institute says of itself, edited in the CMS."""

from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import RichTextField

from lms.accounts.models.user import validate_time_zone

POLICY_FEATURES = ["h3", "bold", "italic", "ol", "ul", "link"]


@register_setting(icon="site")
class InstituteSettings(BaseGenericSetting):
    """One row: the institute's names, address, look and policies."""

    name = models.CharField(
        max_length=120, default="Plumbline Institute", help_text="As people call it, in the header."
    )
    legal_name = models.CharField(max_length=200, blank=True, help_text="As registered; stands on credentials.")
    address = models.TextField(
        blank=True, max_length=500, help_text="Postal address, shown in the footer and on papers."
    )
    contact_email = models.EmailField(blank=True, help_text="Where people write; shown on every page and mail.")
    contact_phone = models.CharField(max_length=40, blank=True)
    logo = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="From the public collection.",
    )
    time_zone = models.CharField(
        max_length=64, default="America/Denver", validators=[validate_time_zone], help_text="The zone of deadlines."
    )
    promise = models.CharField(max_length=300, blank=True, help_text="One sentence for the top of the home page.")
    adverse_instructions = models.TextField(
        blank=True,
        max_length=1500,
        help_text="What a trainee does at once after an adverse event. Shown to her when she reports one.",
    )
    emergency_contacts = models.TextField(
        blank=True, max_length=800, help_text="Whom she calls, one line each, such as: Medical director, 555 0100."
    )
    privacy_policy = RichTextField(blank=True, features=POLICY_FEATURES)
    complaints_policy = RichTextField(blank=True, features=POLICY_FEATURES, help_text="How to raise a concern.")
    refund_policy = RichTextField(blank=True, features=POLICY_FEATURES)

    panels = [
        MultiFieldPanel(
            [FieldPanel("name"), FieldPanel("legal_name"), FieldPanel("promise"), FieldPanel("logo")], "Identity"
        ),
        MultiFieldPanel(
            [
                FieldPanel("address"),
                FieldPanel("contact_email"),
                FieldPanel("contact_phone", help_text="Shown beside the address; empty for none."),
                FieldPanel("time_zone"),
            ],
            "Contact",
        ),
        MultiFieldPanel(
            [FieldPanel("adverse_instructions"), FieldPanel("emergency_contacts")],
            "After an adverse event",
        ),
        MultiFieldPanel(
            [
                FieldPanel("privacy_policy", help_text="What is kept of people, why, and for how long."),
                FieldPanel("complaints_policy"),
                FieldPanel("refund_policy", help_text="Until when, and how much, is paid back."),
            ],
            "Policies",
        ),
    ]

    class Meta:
        verbose_name = "institute"

    def __str__(self):
        return self.name
