"""The groups that mirror roles, and the first terms of use."""

from django.db import migrations

GROUPS = ["Program directors", "Faculty", "Site supervisors", "Registrars"]

TERMS = """
<p>This site delivers training, keeps a record of supervised practice and issues credentials.</p>
<ul>
<li>Your account is yours alone. Do not share your password or sign for anybody else.</li>
<li>Never write anything here that could identify a patient: no names, no initials, no birth dates, no record numbers.</li>
<li>What you log must be true. Approved records are kept, also after you leave, because certificates rest on them.</li>
<li>A certificate of completion is not a licence to practise.</li>
</ul>
"""


def make_groups_and_terms(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    for name in GROUPS:
        Group.objects.get_or_create(name=name)
    apps.get_model("accounts", "TermsVersion").objects.get_or_create(number=1, defaults={"html": TERMS.strip()})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(make_groups_and_terms, migrations.RunPython.noop)]
