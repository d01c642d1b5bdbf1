"""What the mirrored groups may do in the CMS, and the collection whose images everybody may see."""

from django.db import migrations

from lms.institute.groups import give_permissions

PAGE_RIGHTS = {
    "Program directors": ["add_page", "change_page", "publish_page", "lock_page", "unlock_page", "delete_page"],
    "Faculty": ["add_page", "change_page"],
}
COLLECTION_RIGHTS = {
    "Program directors": [("wagtailimages", "image"), ("wagtaildocs", "document")],
    "Faculty": [("wagtailimages", "image"), ("wagtaildocs", "document")],
}


def _permission(apps, app_label, model, codename):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": codename.replace("_", " ").capitalize()}
    )
    return permission


def set_up_cms(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    root_page = apps.get_model("wagtailcore", "Page").objects.get(depth=1)
    root_collection = _make_public_collection(apps)
    give_permissions(
        apps,
        "Program directors",
        {("wagtailadmin", "admin"): ["access_admin"], ("institute", "institutesettings"): ["change"]},
    )
    give_permissions(apps, "Faculty", {("wagtailadmin", "admin"): ["access_admin"]})
    for name, codenames in PAGE_RIGHTS.items():
        for codename in codenames:
            apps.get_model("wagtailcore", "GroupPagePermission").objects.get_or_create(
                group=Group.objects.get(name=name),
                page=root_page,
                permission=_permission(apps, "wagtailcore", "page", codename),
            )
    for name, models in COLLECTION_RIGHTS.items():
        for app_label, model in models:
            for verb in ("add", "change", "choose"):
                apps.get_model("wagtailcore", "GroupCollectionPermission").objects.get_or_create(
                    group=Group.objects.get(name=name),
                    collection=root_collection,
                    permission=_permission(apps, app_label, model, f"{verb}_{model}"),
                )


def _make_public_collection(apps):
    """Historical models know nothing of trees, so the first child of the root is written by hand."""
    Collection = apps.get_model("wagtailcore", "Collection")
    root = Collection.objects.get(depth=1)
    if not Collection.objects.filter(name="Public").exists():
        number = root.numchild + 1
        Collection.objects.create(name="Public", path=f"{root.path}{number:04d}", depth=2, numchild=0)
        root.numchild = number
        root.save(update_fields=["numchild"])
    return root


class Migration(migrations.Migration):
    dependencies = [
        ("institute", "0001_initial"),
        ("accounts", "0002_groups_and_first_terms"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailimages", "0027_image_description"),
        ("wagtaildocs", "0014_alter_document_file_size"),
    ]
    operations = [migrations.RunPython(set_up_cms, migrations.RunPython.noop)]
