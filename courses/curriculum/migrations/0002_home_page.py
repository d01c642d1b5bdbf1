"""Puts the institute's home page where Wagtail's welcome page was, and the site on it."""

from django.db import migrations


def make_home_page(apps, schema_editor):
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    HomePage = apps.get_model("curriculum", "HomePage")
    if HomePage.objects.exists():
        return
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="curriculum", model="homepage"
    )
    Page.objects.filter(depth=2, slug="home").delete()  # Wagtail's welcome; its site goes with it
    home = HomePage.objects.create(
        title="Home",
        draft_title="Home",
        slug="home",
        content_type=content_type,
        locale=apps.get_model("wagtailcore", "Locale").objects.order_by("pk").first(),
        path="00010001",
        depth=2,
        numchild=0,
        url_path="/home/",
    )
    Page.objects.filter(depth=1).update(numchild=1)
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": home})


class Migration(migrations.Migration):
    dependencies = [
        ("curriculum", "0001_initial"),
        ("institute", "0002_cms_permissions"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailcore", "0098_apitoken"),
    ]
    operations = [migrations.RunPython(make_home_page, migrations.RunPython.noop)]
