"""Giving Django permissions to the groups that mirror roles; used by migrations of every room."""


def give_permissions(apps, group_name: str, permissions: dict[tuple[str, str], list[str]]) -> None:
    """Give a group permissions such as {("curriculum", "program"): ["add", "change"]}.

    The permission rows may not exist yet (Django makes them after migrating), so they are made here when missing.
    """
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    group, _ = Group.objects.get_or_create(name=group_name)
    for (app_label, model), verbs in permissions.items():
        content_type, _ = ContentType.objects.get_or_create(app_label=app_label, model=model)
        for verb in verbs:
            codename = verb if "_" in verb else f"{verb}_{model}"
            permission, _ = Permission.objects.get_or_create(
                content_type=content_type, codename=codename, defaults={"name": codename.replace("_", " ").capitalize()}
            )
            group.permissions.add(permission)
