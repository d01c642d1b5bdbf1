"""The public documents over HTTP: their bytes, headers and who may read them; judged by libraries that did not sign."""

import json
from uuid import UUID

import jsonschema
import jwt
import pytest
from django.test import Client
from openvc.did.base import DidResolverRegistry
from openvc.did.did_web import DidWebResolver
from openvc.errors import OpenvcError
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.verify import VerificationPolicy, verify_credential

from certificates.actions.revocation import confirm_revocation, request_revocation
from certificates.enums import CredentialState
from certificates.models import Credential, SigningKey
from certificates.signing.contexts import FILES, read_context
from lms.enums import ReasonClass
from tests.certificates.signing.test_documents import DATA
from tests.factories.certificates import make_credential

pytestmark = pytest.mark.django_db
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CONTEXTS = {url: read_context(url) for url in FILES}


@pytest.fixture
def visitor():
    return Client()


def path_of(address):
    return "/" + address.split("/", 3)[3]


def get_json(client, address, **headers):
    response = client.get(path_of(address), headers=headers)
    assert response.status_code == 200
    return json.loads(response.content)


# A stranger's verification, from addresses alone ---------------------------------------------------------------------


def verify_as_a_stranger(client, document):
    """What openvc-core says, fetching every document from the addresses inside the credential."""

    def resolve_status_list(url):
        found = get_json(client, url)
        DataIntegrityProofSuite().verify(found, resolver=resolver, extra_contexts=CONTEXTS)
        return found

    did_document = get_json(client, "http://x/.well-known/did.json")
    resolver = DidResolverRegistry([DidWebResolver(lambda url: did_document)])
    return verify_credential(
        document,
        policy=VerificationPolicy(),
        resolver=resolver,
        resolve_status_list=resolve_status_list,
        extra_contexts=CONTEXTS,
    )


def test_a_stranger_verifies_the_document_with_another_library(visitor, credential):
    document = get_json(visitor, credential.address)
    result = verify_as_a_stranger(visitor, document)
    assert result.issuer == credential.achievement.issuer.did
    assert result.credential["credentialSubject"]["name"] == "Zoë Ångström-Núñez"


def test_a_stranger_verifies_the_token_with_another_library(visitor, credential):
    token = visitor.get(f"/credentials/{credential.uuid}.jwt").content.decode()
    kid = jwt.get_unverified_header(token)["kid"]
    key = jwt.PyJWK(get_json(visitor, kid)).key
    claims = jwt.decode(token, key, algorithms=["RS256"], issuer=credential.achievement.issuer.did)
    document = json.loads(credential.signed_json)
    del document["proof"]
    assert {name: claims[name] for name in document} == document
    assert (claims["jti"], claims["sub"]) == (credential.address, document["credentialSubject"]["id"])


def test_what_is_served_fits_the_open_badges_schema(visitor, credential):
    schema = json.loads((DATA / "ob_v3p0_achievementcredential_schema.json").read_text())
    jsonschema.Draft201909Validator(schema).validate(get_json(visitor, credential.address))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c["credentialSubject"].update(name="Somebody Else"),
        lambda c: c["credentialSubject"].update(hours="4000"),
        lambda c: c.pop("credentialStatus"),
        lambda c: c["credentialSubject"]["result"][0].update(value="400 h"),
    ],
    ids=["tampered", "injected", "stripped", "more hours"],
)
def test_a_stranger_refuses_a_changed_document(visitor, credential, spoil):
    document = get_json(visitor, credential.address)
    spoil(document)
    with pytest.raises(OpenvcError):
        verify_as_a_stranger(visitor, document)


def test_a_stranger_sees_a_revocation_at_once(cast, visitor, credential):
    document = get_json(visitor, credential.address)
    verify_as_a_stranger(visitor, document)
    revoke(credential, cast)
    with pytest.raises(OpenvcError, match="is revoked"):
        verify_as_a_stranger(visitor, document)


def revoke(credential, cast):
    request = request_revocation(
        credential, by=cast.director, reason_class=ReasonClass.ISSUER_ERROR, why="The hours were those of a namesake."
    )
    return confirm_revocation(request, by=cast.second_director)


# The documents --------------------------------------------------------------------------------------------------------


def test_the_exact_stored_bytes_are_served(visitor, credential):
    for address in (f"/credentials/{credential.uuid}", f"/credentials/{credential.uuid}.json"):
        assert visitor.get(address).content == credential.signed_json.encode()
    assert visitor.get(f"/credentials/{credential.uuid}.jwt").content == credential.signed_jwt.encode()
    list_path = path_of(credential.status_list.address)
    assert visitor.get(list_path).content == credential.status_list.signed_json.encode()


def test_the_did_document_names_exactly_our_keys(visitor, credential):
    issuer = credential.achievement.issuer
    proof_key, token_key = SigningKey.objects.select_related("issuer")
    document = get_json(visitor, "http://x/.well-known/did.json")
    assert document["id"] == issuer.did
    assert document["assertionMethod"] == [f"{issuer.did}#{proof_key.multibase}", f"{issuer.did}#{token_key.name}"]
    assert get_json(visitor, "http://x/.well-known/jwks.json") == {"keys": [token_key.public_jwk]}
    assert get_json(visitor, token_key.kid) == token_key.public_jwk
    assert b'"d":' not in visitor.get(path_of(token_key.kid)).content


def test_the_achievement_is_the_one_inside_the_credential(visitor, credential):
    inside = json.loads(credential.signed_json)["credentialSubject"]["achievement"]
    served = get_json(visitor, inside["id"])
    assert {name: value for name, value in served.items() if name != "@context"} == inside


def public_paths(credential):
    key = SigningKey.objects.get(algorithm="rs256")
    return {
        "/.well-known/did.json": "application/did+ld+json",
        "/.well-known/jwks.json": "application/jwk-set+json",
        f"/keys/{key.name}": "application/jwk+json",
        f"/achievements/{credential.achievement.uuid}": "application/ld+json",
        f"/credentials/{credential.uuid}": "application/vc+ld+json",
        f"/credentials/{credential.uuid}.json": "application/vc+ld+json",
        f"/credentials/{credential.uuid}.jwt": "text/plain; charset=us-ascii",
        "/status/revocation/1": "application/vc+ld+json",
    }


def test_every_document_may_be_read_from_any_origin_and_sets_no_cookie(visitor, credential):
    for path, kind in public_paths(credential).items():
        response = visitor.get(path, headers={"Origin": "https://wallet.example"})
        assert (path, response.status_code, response["Content-Type"]) == (path, 200, kind)
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert not response.cookies
        assert "max-age=" in response["Cache-Control"]


def test_every_document_answers_the_preflight_of_a_browser_and_no_other_method(visitor, credential):
    for path in public_paths(credential):
        answer = visitor.options(path, headers={"Access-Control-Request-Headers": "cache-control,pragma"})
        assert (answer.status_code, answer["Access-Control-Allow-Headers"]) == (204, "*")
        for method in (visitor.post, visitor.put, visitor.delete, visitor.patch):
            assert method(path).status_code == 405
        assert visitor.head(path).status_code == 200


def test_the_status_list_is_never_kept_longer_than_five_minutes(visitor, credential):
    assert visitor.get("/status/revocation/1")["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (BROWSER, "text/html; charset=utf-8"),
        ("text/html", "text/html; charset=utf-8"),
        ("*/*", "application/vc+ld+json"),
        ("application/json", "application/vc+ld+json"),
        ("application/ld+json, text/html;q=0.5", "application/vc+ld+json"),
        ("application/vc+ld+json", "application/vc+ld+json"),
        ("image/png", "application/vc+ld+json"),
        ("\x00;;q=banana", "application/vc+ld+json"),
    ],
)
def test_browsers_get_the_page_and_software_the_document(visitor, credential, accept, kind):
    response = visitor.get(f"/credentials/{credential.uuid}", headers={"Accept": accept})
    assert (response.status_code, response["Content-Type"]) == (200, kind)
    assert "Accept" in response["Vary"]


def test_no_accept_header_means_the_document(visitor, credential):
    assert visitor.get(f"/credentials/{credential.uuid}")["Content-Type"] == "application/vc+ld+json"


def test_the_achievement_has_a_page_for_people(visitor, credential):
    page = visitor.get(f"/achievements/{credential.achievement.uuid}", headers={"Accept": BROWSER}).content.decode()
    assert "Every requirement of KAP Practitioner Certificate, version 1" in page


@pytest.mark.parametrize(
    "path",
    [
        f"/credentials/{UUID(int=7)}",
        f"/credentials/{UUID(int=7)}.json",
        f"/credentials/{UUID(int=7)}.jwt",
        f"/achievements/{UUID(int=7)}",
        "/status/revocation/7",
        "/status/revocation/99999999999999999999999999",
        "/keys/unknown",
        "/credentials/1/",
        "/keys/%00",
    ],
)
def test_what_does_not_exist_is_not_found(visitor, credential, path):
    assert visitor.get(path).status_code == 404


def test_an_ed25519_key_has_no_page_of_its_own(visitor, credential):
    assert visitor.get(f"/keys/{SigningKey.objects.get(algorithm='ed25519').name}").status_code == 404


def test_before_any_key_was_made_nothing_is_published(visitor):
    assert [visitor.get(path).status_code for path in ("/.well-known/did.json", "/.well-known/jwks.json")] == [404, 404]


def test_a_superseded_credential_is_gone_with_the_name_in_it(visitor, credential):
    Credential.objects.filter(pk=credential.pk).update(state=CredentialState.SUPERSEDED)
    for path in (f"/credentials/{credential.uuid}", f"/credentials/{credential.uuid}.jwt"):
        response = visitor.get(path)
        assert (response.status_code, response.content) == (410, b'{"state":"superseded"}')


def test_guessing_addresses_is_slowed_down(visitor, credential, minute):
    answers = {visitor.get(f"/credentials/{UUID(int=7)}").status_code for _ in range(120)}
    assert answers == {404}
    assert visitor.get(f"/credentials/{UUID(int=7)}").status_code == 429
    assert visitor.get(f"/credentials/{credential.uuid}").status_code == 429


def test_a_demonstration_says_so_in_the_signed_bytes_of_both_formats(cast, visitor):
    cast.trainee.is_demonstration = True
    cast.trainee.save(update_fields=["is_demonstration"])
    credential = make_credential(cast.trainee, by=cast.director)
    document = get_json(visitor, credential.address)
    assert document["name"] == "Demonstration: KAP Practitioner Certificate"
    claims = jwt.decode(credential.signed_jwt, options={"verify_signature": False})
    assert claims["credentialSubject"]["achievement"]["description"].startswith("Demonstration. ")


def test_the_real_and_the_demonstrated_never_share_an_achievement(cast, settings):
    real = make_credential(cast.trainee, by=cast.director)
    settings.DEMO = True
    shown = make_credential(cast.other_trainee, by=cast.director, program=real.achievement.program)
    assert real.achievement.name == "KAP Practitioner Certificate"
    assert shown.achievement.name == "Demonstration: KAP Practitioner Certificate"
    assert real.achievement_id != shown.achievement_id


def test_a_credential_costs_few_queries(visitor, credential, django_assert_num_queries):
    with django_assert_num_queries(1):
        visitor.get(f"/credentials/{credential.uuid}.json")
