"""Every supervisor and every site of a placement becomes a row of its own.

Who supervised with an account was given the role by a director and proved her address when she signed up: verified.
"""

from django.db import migrations

from supervision.rules.address import address_key


def make_rows(apps, schema_editor):
    placement_model = apps.get_model("supervision", "Placement")
    supervisor_model = apps.get_model("supervision", "Supervisor")
    move_model = apps.get_model("supervision", "SupervisorMove")
    site_model = apps.get_model("supervision", "Site")
    supervisors, sites = {}, {}
    for placement in placement_model.objects.select_related("supervisor", "trainee").order_by("pk").iterator(2000):
        person = placement.supervisor
        if person.pk not in supervisors:
            supervisors[person.pk] = supervisor_model.objects.create(
                person=person,
                name=(person.legal_name or person.display_name or person.email)[:200],
                email=person.email.lower(),
                address_key=address_key(person.email),
                state="verified",
            )
            move_model.objects.create(supervisor=supervisors[person.pk], new="verified")
        name = placement.site.strip() or "Site without a name"
        if name.lower() not in sites:
            sites[name.lower()] = site_model.objects.create(name=name)
        placement.new_supervisor, placement.new_site = supervisors[person.pk], sites[name.lower()]
        placement.trainee_key = address_key(placement.trainee.email)
        placement.save(update_fields=["new_supervisor", "new_site", "trainee_key"])


def name_them_again(apps, schema_editor):
    for placement in apps.get_model("supervision", "Placement").objects.select_related("new_supervisor", "new_site"):
        placement.supervisor_id = placement.new_supervisor.person_id
        placement.site = placement.new_site.name
        placement.save(update_fields=["supervisor", "site"])


class Migration(migrations.Migration):
    dependencies = [("supervision", "0010_supervisors_and_sites")]

    operations = [migrations.RunPython(make_rows, name_them_again)]
