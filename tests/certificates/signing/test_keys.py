import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates.signing import keys
from certificates.signing.errors import MissingKey, UnknownKey

PASSPHRASE = "a long enough passphrase"


@pytest.fixture(scope="module")
def rsa():
    return keys.generate_rsa()


def test_a_multikey_reads_back_as_the_same_key():
    public = keys.generate_ed25519().public_key()
    text = keys.encode_multikey(public)
    assert text.startswith("z6Mk")
    assert keys.decode_multikey(text) == public


def test_the_multikey_of_the_standard_is_written_the_same_way():
    """Key of RFC 8032, section 7.1, test 1."""
    raw = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    text = keys.encode_multikey(Ed25519PublicKey.from_public_bytes(raw))
    assert text == "z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        "z6Mk",
        "u7QE",
        "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
        "z0OIl",
    ],
)
def test_what_is_no_ed25519_multikey_is_refused(text):
    with pytest.raises(UnknownKey):
        keys.decode_multikey(text)


def test_a_published_jwk_holds_the_public_half_only(rsa):
    jwk = keys.public_jwk(rsa.public_key(), kid="https://academy.example/keys/one")
    assert set(jwk) == {"kty", "n", "e", "alg", "use", "kid"}
    assert (jwk["kty"], jwk["e"], jwk["alg"], jwk["kid"]) == (
        "RSA",
        "AQAB",
        "RS256",
        "https://academy.example/keys/one",
    )


def test_private_keys_read_back_from_encrypted_files(tmp_path, rsa):
    ed25519 = keys.generate_ed25519()
    for name, key in {"ed": ed25519, "rsa": rsa}.items():
        path = keys.write_private_key(tmp_path / "keys", name, key, passphrase=PASSPHRASE)
        assert b"BEGIN ENCRYPTED PRIVATE KEY" in path.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert keys.read_private_key(tmp_path / "keys", name, passphrase=PASSPHRASE).public_key() == key.public_key()


def test_a_key_is_never_overwritten(tmp_path):
    path = keys.write_private_key(tmp_path, "one", keys.generate_ed25519(), passphrase=PASSPHRASE)
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        keys.write_private_key(tmp_path, "one", keys.generate_ed25519(), passphrase=PASSPHRASE)
    assert path.read_bytes() == before


def test_a_missing_file_or_a_wrong_passphrase_is_named(tmp_path):
    keys.write_private_key(tmp_path, "one", keys.generate_ed25519(), passphrase=PASSPHRASE)
    with pytest.raises(MissingKey, match=r"no signing key two\.pem"):
        keys.read_private_key(tmp_path, "two", passphrase=PASSPHRASE)
    with pytest.raises(MissingKey, match="passphrase does not open"):
        keys.read_private_key(tmp_path, "one", passphrase="another passphrase")
