"""An uploaded file: altered, unknown, revoked and the rest told apart by our signatures alone, and said in plain words."""

import base64
import json
import uuid

import jwt
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from certificates.actions.keys import create_signing_keys
from certificates.actions.revocation import confirm_revocation, request_revocation
from certificates.actions.status import resign_status_lists
from certificates.enums import CredentialState, KeyAlgorithm
from certificates.extraction.found import MAX_FILE
from certificates.models import Credential, SigningKey
from certificates.queries.keys import private_key, the_issuer
from certificates.signing import keys, proofs, tokens
from certificates.uploading import MAX_BODY, MAX_PASSED
from lms.enums import ReasonClass
from tests.certificates import baking
from tests.certificates.signing.test_documents import DATA
from tests.factories.certificates import HOLDER, make_credential

pytestmark = pytest.mark.django_db
NAME = "Ångström"


@pytest.fixture
def visitor():
    return Client()


@pytest.fixture
def stranger():
    """Somebody else's keys."""
    return keys.generate_ed25519(), keys.generate_rsa()


def text_of(response):
    return " ".join(response.content.decode().split())


def send(client, content, name="certificate.pdf", **fields):
    content = content if isinstance(content, bytes) else content.encode()
    return client.post("/verify/", {"file": SimpleUploadedFile(name, content, "application/octet-stream"), **fields})


def word(response) -> str:
    return text_of(response).split('class="verdict__word">')[1].split("<span>")[1].split("</span>")[0]


def every_form(credential) -> dict[str, bytes]:
    """The genuine credential in every kind of file."""
    document, token = credential.signed_json, credential.signed_jwt
    return {
        "json": document.encode(),
        "jwt": token.encode(),
        "png of json": baking.png(document),
        "png of jwt": baking.png(token, packed=True),
        "svg of json": baking.svg(document),
        "svg of jwt": baking.svg(token),
        "pdf": baking.certificate_pdf(document, token),
    }


# Genuine files: the register has the last word -------------------------------------------------------------------------


def test_a_genuine_file_of_every_kind_is_valid_and_shows_the_facts(visitor, credential):
    for kind, content in every_form(credential).items():
        response = send(visitor, content, name="holiday.gif")
        page = text_of(response)
        assert (kind, response.status_code, word(response)) == (kind, 200, "Valid")
        for fact in (NAME, "61 h 30 min", "Compare what you see", "not a licence", "To report a concern"):
            assert fact in page


def test_a_pasted_text_is_as_good_as_a_file(visitor, credential):
    for text in (credential.signed_json, credential.signed_jwt):
        assert word(visitor.post("/verify/", {"text": f"\n{text}\n"})) == "Valid"


def revoke(credential, cast):
    request = request_revocation(
        credential, by=cast.director, reason_class=ReasonClass.ADMINISTRATIVE, why="The licence on file had lapsed."
    )
    confirm_revocation(request, by=cast.second_director)


def test_revoking_shows_at_once_in_a_file_that_was_valid(visitor, credential, cast):
    content = baking.certificate_pdf(credential.signed_json, credential.signed_jwt)
    assert word(send(visitor, content)) == "Valid"
    revoke(credential, cast)
    response = send(visitor, content)
    assert word(response) == "Revoked"
    assert "It says nothing about conduct" in text_of(response)


@pytest.mark.parametrize(
    ("state", "expected"), [(CredentialState.SUSPENDED, "Suspended"), (CredentialState.SUPERSEDED, "Superseded")]
)
def test_other_states_of_the_register_have_their_word(visitor, credential, state, expected):
    Credential.objects.filter(pk=credential.pk).update(state=state)
    resign_status_lists()
    response = send(visitor, credential.signed_json)
    assert word(response) == expected
    assert (NAME in text_of(response)) == (state == CredentialState.SUSPENDED)


# Altered --------------------------------------------------------------------------------------------------------------


def changed(text, **fields):
    document = json.loads(text)
    document["credentialSubject"] |= {"name": "Somebody Else"} | fields
    return json.dumps(document)


def with_payload(token, **claims):
    head, payload, signature = token.split(".")
    content = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    packed = base64.urlsafe_b64encode(json.dumps(content | claims).encode()).rstrip(b"=").decode()
    return f"{head}.{packed}.{signature}"


def without(text, name):
    return json.dumps({key: value for key, value in json.loads(text).items() if key != name})


def headed(token, header):
    packed = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return f"{packed}.{token.split('.')[1]}."


def altered_files(credential, stranger) -> dict[str, str | bytes]:
    document, token = credential.signed_json, credential.signed_jwt
    kid = jwt.get_unverified_header(token)["kid"]
    claims = json.loads(document)
    del claims["proof"]
    own = {**keys.public_jwk(stranger[1].public_key(), kid=kid)}
    return {
        "another name": changed(document),
        "an unsigned term": changed(document, name=HOLDER, hours="4000"),
        "no status": without(document, "credentialStatus"),
        "no proof": without(document, "proof"),
        "another number": document.replace(str(credential.uuid), str(uuid.uuid4())),
        "another payload": with_payload(token, name="Another Title"),
        "no algorithm": headed(token, {"alg": "none", "kid": kid}),
        "no algorithm and no key": headed(token, {"alg": "none"}),
        "his own jwk under our kid": jwt.encode(
            claims, stranger[1], algorithm="RS256", headers={"kid": kid, "jwk": own}
        ),
        "his own jwk alone": jwt.encode(claims, stranger[1], algorithm="RS256", headers={"jwk": own}),
        "our kid, his key": tokens.sign_token(claims, key=stranger[1], kid=kid),
        "our method, his key": json.dumps(
            proofs.add_proof(
                claims,
                key=stranger[0],
                method=json.loads(document)["proof"]["verificationMethod"],
                created=credential.conferred_at,
            )
        ),
        "a pdf whose attachments disagree": baking.certificate_pdf(document, with_payload(token, name="Other")),
        "a pdf with half a document": baking.certificate_pdf(document[:300], token),
    }


def test_what_does_not_fit_our_signature_is_altered_and_shows_no_fact(visitor, credential, stranger):
    for how, content in altered_files(credential, stranger).items():
        response = send(Client(REMOTE_ADDR=f"198.51.100.{len(how)}"), content)
        page = text_of(response)
        assert (how, response.status_code, word(response)) == (how, 200, "Altered")
        for leak in (NAME, "Somebody Else", credential.code, credential.shown_code, "61 h 30 min"):
            assert leak not in page
        assert "verification code" in page


def test_two_genuine_certificates_in_one_pdf_disagree(visitor, credential, cast):
    other = make_credential(cast.other_trainee, by=cast.director, name="Ada Lovelace")
    assert word(send(visitor, baking.certificate_pdf(credential.signed_json, other.signed_jwt))) == "Altered"
    mixed = baking.png(credential.signed_json, other.signed_json)
    response = send(visitor, mixed)
    assert word(response) == "Altered"
    assert "Lovelace" not in text_of(response)


def test_a_genuine_and_a_foreign_credential_in_one_file_disagree(visitor, credential):
    foreign = (DATA / "1edtech-simple.json").read_text()
    assert word(send(visitor, baking.png(credential.signed_json, foreign))) == "Altered"


def test_what_our_key_signed_but_the_register_says_otherwise_is_altered(visitor, credential):
    """A stolen key does not rewrite what the register holds."""
    forged = json.loads(credential.signed_json)
    proof = forged.pop("proof")
    forged["credentialSubject"]["name"] = "Somebody Else"
    key = SigningKey.objects.select_related("issuer").get(algorithm=KeyAlgorithm.ED25519)
    signed = proofs.add_proof(
        forged, key=private_key(key), method=proof["verificationMethod"], created=credential.conferred_at
    )
    assert word(send(visitor, json.dumps(signed))) == "Altered"


# Unknown --------------------------------------------------------------------------------------------------------------


def unknown_files(credential, stranger) -> dict[str, str]:
    claims = json.loads(credential.signed_json)
    del claims["proof"]
    elsewhere = {**claims, "id": "https://other.example/credentials/1"}
    elsewhere["issuer"] = {**claims["issuer"], "id": "did:web:other.example", "name": "Other <b>Academy</b>"}
    method = "did:web:other.example#" + keys.encode_multikey(stranger[0].public_key())
    now = credential.conferred_at
    return {
        "another issuer": json.dumps(proofs.add_proof(elsewhere, key=stranger[0], method=method, created=now)),
        "another issuer's token": tokens.sign_token(elsewhere, key=stranger[1], kid="https://other.example/keys/1"),
        "another issuer's kind of proof": json.dumps({**elsewhere, "proof": {"type": "Ed25519Signature2020"}}),
        "another issuer without proof": json.dumps(elsewhere),
        "our name, a key of another host": json.dumps(
            proofs.add_proof(claims, key=stranger[0], method=method, created=now)
        ),
        "our name, a kid of another host": tokens.sign_token(
            claims, key=stranger[1], kid="https://other.example/keys/1"
        ),
        "the 1EdTech vector": (DATA / "1edtech-simple.json").read_text(),
        "nothing but a type": '{"type": "VerifiableCredential"}',
        "odd shapes": '{"proof": [], "issuer": [1], "id": {"a": 1}, "type": 7}',
    }


def test_what_somebody_else_signed_is_unknown_and_its_issuer_is_named(visitor, credential, stranger):
    for how, content in unknown_files(credential, stranger).items():
        response = send(Client(REMOTE_ADDR=f"198.51.100.{len(how)}"), content)
        page = text_of(response)
        assert (how, response.status_code, word(response)) == (how, 200, "Unknown")
        assert ("no key of ours signed it" in page) == how.startswith("our name")
        assert NAME not in page
        assert "<b>Academy" not in page
        if how.startswith("another issuer"):
            assert "Other &lt;b&gt;Academy&lt;/b&gt;, did:web:other.example" in page


def test_what_we_signed_but_never_conferred_is_unknown(visitor, credential):
    claims = json.loads(credential.signed_json.replace(str(credential.uuid), str(uuid.uuid4())))
    del claims["proof"]
    key = SigningKey.objects.select_related("issuer").get(algorithm=KeyAlgorithm.RS256)
    response = send(visitor, tokens.sign_token(claims, key=private_key(key), kid=key.kid))
    assert word(response) == "Unknown"
    assert "our register holds no certificate under its number" in text_of(response)


def test_our_signed_status_list_is_no_certificate(visitor, credential):
    assert word(send(visitor, credential.status_list.signed_json)) == "Unknown"


def test_before_any_key_was_made_everything_is_unknown(visitor, db):
    assert the_issuer() is None
    assert word(send(visitor, (DATA / "1edtech-simple.json").read_text())) == "Unknown"


def test_an_issuer_that_tries_to_paint_the_page_is_shown_plain_and_short(visitor, credential):
    painted = {"proof": {}, "issuer": {"id": "did:web:x", "name": "A\u202e\n\tB" + "c" * 500}}
    page = text_of(send(visitor, json.dumps(painted)))
    assert "\u202e" not in page
    assert "A B" in page
    assert "c" * 121 not in page


# Nothing inside, unreadable, refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected", "sentence"),
    [
        (baking.pdf({}), "No credential inside", "printed anew"),
        (baking.png(), "No credential inside", "sent by a messenger"),
        (b'{"a": 1}', "No credential inside", "no credential"),
        (b"GIF89a", "Cannot be read", "no PDF, PNG, SVG, JSON document or token"),
        (b"", "Cannot be read", "empty"),
        (b"%PDF-1.7", "Cannot be read", "damaged or cut off"),
        (b'{"proof":', "Cannot be read", "damaged or cut off"),
        (b"e30.!.e30", "Cannot be read", "By its content"),
    ],
)
def test_what_holds_no_credential_says_why_and_what_to_do(visitor, credential, content, expected, sentence):
    response = send(visitor, content)
    page = text_of(response)
    assert (response.status_code, word(response)) == (422, expected)
    assert sentence in page
    assert "Ask the holder for the verification code" in page


def test_a_token_whose_inside_is_no_json_cannot_be_read(visitor, credential):
    response = send(visitor, b"e30.bm90anNvbg.e30")
    assert word(response) == "Cannot be read"
    assert "damaged or cut off" in text_of(response)


def test_neither_or_both_are_said_beside_the_field(visitor, credential):
    response = visitor.post("/verify/", {})
    assert response.status_code == 422
    assert "Choose a file, or paste its text." in text_of(response)
    response = send(visitor, credential.signed_json, text=credential.signed_jwt)
    assert response.status_code == 422
    assert "not both" in text_of(response)


@pytest.mark.parametrize(("size", "status"), [(MAX_FILE + 1, 422), (MAX_BODY + 1, 413), (MAX_PASSED + 1, 413)])
def test_a_file_that_is_too_large_is_said_beside_the_field(visitor, size, status):
    response = send(visitor, b"x" * size)
    assert response.status_code == status
    assert "larger than 5 MB" in text_of(response)


def test_a_length_that_is_no_number_is_refused(visitor):
    response = visitor.post("/verify/", {}, CONTENT_LENGTH="many")
    assert response.status_code == 413


def test_a_nul_in_the_pasted_text_is_refused(visitor):
    assert visitor.post("/verify/", {"text": '{"proof": "\x00"}'}).status_code == 422


# Kept nowhere, counted, protected ---------------------------------------------------------------------------------------


def test_nothing_of_a_file_is_stored(visitor, credential, settings, tmp_path, monkeypatch):
    from django.core.files import uploadedfile

    monkeypatch.setattr(uploadedfile.TemporaryUploadedFile, "__init__", never)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    content = baking.certificate_pdf(credential.signed_json, credential.signed_jwt) + b"\n%" + b" " * 3_000_000
    assert word(send(visitor, content)) == "Valid"
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != "keys"]


def never(*args, **kwargs):
    raise AssertionError("a file was put on the disk")


def test_neither_answer_is_indexed_or_kept(visitor, credential):
    for content in (credential.signed_json, "GIF89a", '{"proof": {}}', ""):
        response = send(visitor, content)
        assert (response["X-Robots-Tag"], response["Cache-Control"]) == ("noindex, nofollow", "no-store")


def test_files_are_limited_to_ten_a_minute_and_counted_with_the_codes(visitor, minute):
    assert {send(visitor, b"GIF89a").status_code for _ in range(10)} == {422}
    assert send(visitor, b"GIF89a").status_code == 429
    assert visitor.get("/verify/abc/").status_code == 404
    assert send(Client(REMOTE_ADDR="203.0.113.9"), b"GIF89a").status_code == 422


def test_codes_use_up_the_share_of_files(visitor, minute):
    assert {visitor.get("/verify/abc/").status_code for _ in range(30)} == {404}
    assert send(visitor, b"GIF89a").status_code == 429


def test_another_site_cannot_send_a_file_in_a_visitors_name(credential):
    client = Client(enforce_csrf_checks=True)
    assert send(client, b"GIF89a").status_code == 403
    token = client.get("/verify/").cookies["csrf"].value
    assert word(send(client, credential.signed_json, csrfmiddlewaretoken=token)) == "Valid"


def test_the_answer_costs_a_fixed_number_of_queries(visitor, credential, django_assert_num_queries):
    content = baking.certificate_pdf(credential.signed_json, credential.signed_jwt)
    send(visitor, content)
    with django_assert_num_queries(5):
        send(visitor, content)


def test_many_keys_cost_the_same(visitor, credential, django_assert_num_queries):
    for _ in range(2):
        create_signing_keys(by=None, rotate=True)
    send(visitor, credential.signed_json)
    with django_assert_num_queries(5):
        send(visitor, credential.signed_json)
