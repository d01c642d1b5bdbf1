from django.apps import AppConfig
from django.core.checks import Tags, register

# Everything about a conferred credential but its state.
CREDENTIAL_COLUMNS = (
    "uuid",
    "code",
    "enrolment_id",
    "person_id",
    "achievement_id",
    "snapshot",
    "signed_json",
    "signed_jwt",
    "status_list_id",
    "status_index",
    "conferred_by_id",
    "conferred_at",
    "valid_until",
    "is_demonstration",
    "supersedes_id",
)
ACHIEVEMENT_COLUMNS = (
    "uuid",
    "issuer_id",
    "program_id",
    "standard_version_id",
    "is_demonstration",
    "name",
    "description",
    "criteria",
    "results",
)
NAME_REQUEST_COLUMNS = ("credential_id", "requested_by_id", "requested_at")
REQUEST_COLUMNS = ("credential_id", "reason_class", "why", "requested_by_id", "requested_at")


class CertificatesConfig(AppConfig):
    name = "certificates"
    label = "certificates"

    def ready(self):
        from certificates import checks
        from certificates.enums import AUDIT_ACTIONS
        from courses.enrolment.registry import register_award
        from lms.accounts.enums import Role
        from lms.audit.names import register_actions
        from lms.backup.registry import register_proof
        from lms.demo.registry import Stage, register_step
        from lms.jobs.registry import register_nightly, register_watch
        from lms.web.desk import DeskGroup, register_desk
        from lms.web.health import register_readiness
        from lms.web.navigation import register_navigation
        from lms.web.worklist import register_work

        register_actions(AUDIT_ACTIONS)
        register_triggers()
        register_proof("certificates", "certificates.queries.credentials.prove_newest")
        register_nightly("sign the status lists anew", "certificates.actions.status.resign_status_lists")
        register_nightly("warn of old status lists", "certificates.actions.status.warn_of_old_lists")
        register_watch("warn of old status lists", "certificates.actions.status.warn_of_old_lists")
        register_nightly("make missing certificates", "certificates.actions.papers.make_missing_files")
        register_readiness("status lists", checks.status_lists_are_fresh)
        register_readiness("signing keys", checks.signing_keys_open)
        register(checks.keys_folder_is_private, Tags.security)
        register(checks.issuer_answers_at_its_address, Tags.database)
        register_award("certificates.queries.credentials.awards_of")
        register_navigation("certificates.navigation.entries")
        register_desk(
            "Certificates",
            "desk_certificates",
            "Confer credentials; revoke one with a second director.",
            group=DeskGroup.CERTIFICATES,
            roles=[Role.DIRECTOR],
            order=50,
        )
        register_step(80, "the graduate's credential", "certificates.demo.confer_graduate")
        register_step(
            85,
            "more graduates, certificates in every state",
            "certificates.demo.confer_in_every_state",
            stage=Stage.COMPLETE,
        )
        register_work(
            "certificates.navigation.work",
            order=80,
            facts={"has_certificate": "certificates.queries.credentials.has_certificate"},
        )


def register_triggers():
    """What the database itself refuses: another signature, a way back from "revoked", a changed history."""
    from lms.audit.triggers import AppendOnly, FrozenColumns, FrozenWhen, register

    register(FrozenColumns("certificates_credential", CREDENTIAL_COLUMNS))
    register(FrozenWhen("certificates_credential", "OLD.state = 'revoked'", ("state",), name="revoked_is_final"))
    register(FrozenWhen("certificates_credential", "OLD.state = 'superseded'", ("state",), name="replaced_is_final"))
    register(AppendOnly("certificates_credentialmove"))
    register(FrozenColumns("certificates_credentialfile", ("credential_id", "kind")))
    register(FrozenColumns("certificates_achievement", ACHIEVEMENT_COLUMNS))
    register(FrozenColumns("certificates_signingkey", ("issuer_id", "name", "algorithm", "multibase", "jwk")))
    register(FrozenWhen("certificates_issuer", "OLD.used_at is not null", ("base_url", "did", "used_at")))
    register(FrozenColumns("certificates_statuslist", ("issuer_id", "number")))
    register(FrozenColumns("certificates_namerequest", NAME_REQUEST_COLUMNS))
    register(
        FrozenWhen(
            "certificates_namerequest",
            "OLD.state <> 'open'",
            ("state", "decided_by_id", "decided_at", "answer"),
            name="decided_is_final",
        )
    )
    register(FrozenColumns("certificates_revocationrequest", REQUEST_COLUMNS))
    register(
        FrozenWhen(
            "certificates_revocationrequest",
            "OLD.state <> 'open'",
            ("state", "decided_by_id", "decided_at"),
            name="decided_is_final",
        )
    )
