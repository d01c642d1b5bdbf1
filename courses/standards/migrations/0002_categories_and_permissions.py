"""The activity categories a new institute begins with, and what directors may do with them and the standard in the CMS.

The taxonomy is a default that directors edit. Teaching and personal experience are categories of evidence, but are
not offered in the practice log: the first is recorded by the lessons, of the second only an attestation is kept.
"""

from django.db import migrations

from lms.institute.groups import give_permissions

DIRECT, OBSERVED, SIMULATED, SUPERVISION = "direct", "observed", "simulated", "supervision"
INDIRECT, DIDACTIC, PERSONAL = "indirect", "didactic", "personal"

# key, label, bucket, needs a client code, definition, example
CATEGORIES = [
    (
        "screening",
        "Screening and assessment",
        DIRECT,
        True,
        "You assess with a client whether this treatment fits.",
        "An intake interview that you lead",
    ),
    (
        "preparation",
        "Preparation session",
        DIRECT,
        True,
        "You prepare a client for a dosing session.",
        "Setting intentions, agreeing on touch",
    ),
    (
        "dosing_lead",
        "Dosing session, lead",
        DIRECT,
        True,
        "You hold the session in which the medicine is given.",
        "Leading a session with a co-facilitator",
    ),
    (
        "dosing_cofacilitator",
        "Dosing session, co-facilitator",
        DIRECT,
        True,
        "You share the work of a dosing session with a lead.",
        "Sitting with the client while the lead monitors",
    ),
    (
        "integration",
        "Integration session",
        DIRECT,
        True,
        "You work with a client on what came up in a dosing session.",
        "The first session in the week after dosing",
    ),
    (
        "group_facilitation",
        "Group facilitation",
        DIRECT,
        True,
        "You lead or co-lead a group of clients.",
        "A preparation group of six",
    ),
    (
        "live_observation",
        "Observation, live",
        OBSERVED,
        True,
        "You watch a session as it happens, with the client's consent.",
        "Sitting in without a part of your own",
    ),
    (
        "recorded_observation",
        "Observation of a recording",
        OBSERVED,
        False,
        "You watch a recorded session with your supervisor's leave.",
        "A taped dosing session, watched in supervision",
    ),
    (
        "role_play",
        "Role-play",
        SIMULATED,
        False,
        "You practise with colleagues who play the client. Never direct contact.",
        "Negotiating consent to touch with a peer",
    ),
    (
        "standardised_patient",
        "Standardised patient",
        SIMULATED,
        False,
        "You practise with a trained actor. Never direct contact.",
        "A screening interview with an actor",
    ),
    (
        "emergency_drill",
        "Medical-emergency drill",
        SIMULATED,
        False,
        "You rehearse an emergency with the team. Never direct contact.",
        "Airway and call-for-help drill",
    ),
    (
        "individual_consultation",
        "Supervision or consultation, individual",
        SUPERVISION,
        False,
        "One supervisor or consultant with you alone.",
        "An hour on one case",
    ),
    (
        "triadic_consultation",
        "Supervision or consultation, triadic",
        SUPERVISION,
        False,
        "One supervisor or consultant with two of you.",
        "An hour shared with one colleague",
    ),
    (
        "group_consultation",
        "Supervision or consultation, group",
        SUPERVISION,
        False,
        "One supervisor or consultant with a small group.",
        "A consultation group of five",
    ),
    (
        "peer_consultation",
        "Peer consultation",
        SUPERVISION,
        False,
        "Colleagues consult each other, without a supervisor.",
        "A peer group; many standards do not count it",
    ),
    (
        "documentation",
        "Documentation",
        INDIRECT,
        False,
        "Notes and letters about your clients' treatment.",
        "Writing the session note",
    ),
    (
        "case_preparation",
        "Case preparation",
        INDIRECT,
        False,
        "Reading and planning for a client's treatment.",
        "Reading the screening file",
    ),
    (
        "team_meeting",
        "Team meeting",
        INDIRECT,
        False,
        "A meeting of the team about clients' treatment.",
        "The weekly case round",
    ),
    ("live_in_person_teaching", "Teaching, live in person", DIDACTIC, False, "Teaching in one room.", "A workshop day"),
    (
        "live_online_teaching",
        "Teaching, live online",
        DIDACTIC,
        False,
        "Teaching over a live connection.",
        "An evening seminar",
    ),
    ("self_study", "Self-study", DIDACTIC, False, "Lessons read on one's own.", "A module of this course"),
    (
        "experiential",
        "Personal and experiential work",
        PERSONAL,
        False,
        "A retreat, an own session, or an alternative without medicine. Only an attestation is kept.",
        "A breathwork weekend",
    ),
]
NOT_IN_LOG = (DIDACTIC, PERSONAL)


def ship_categories(apps, schema_editor):
    categories = apps.get_model("standards", "ActivityCategory").objects
    for position, (key, label, bucket, needs_code, definition, example) in enumerate(CATEGORIES, start=1):
        values = {
            "label": label,
            "bucket": bucket,
            "is_direct": bucket == DIRECT,
            "needs_client_code": needs_code,
            "definition": definition,
            "example": example,
            "position": position * 10,
            "is_active": bucket not in NOT_IN_LOG,
        }
        categories.get_or_create(key=key, defaults=values)


def allow_directors(apps, schema_editor):
    rights = {
        ("standards", "standard"): ["add", "change", "view"],
        ("standards", "activitycategory"): ["add", "change", "view"],
    }
    give_permissions(apps, "Program directors", rights)


class Migration(migrations.Migration):
    dependencies = [
        ("standards", "0001_initial"),
        ("accounts", "0002_groups_and_first_terms"),
        ("institute", "0001_initial"),
    ]
    operations = [
        migrations.RunPython(ship_categories, migrations.RunPython.noop),
        migrations.RunPython(allow_directors, migrations.RunPython.noop),
    ]
