"""The pages that stand in the place of a paper: being made, withheld; and the holder's page beside them."""

import pytest

from certificates.enums import CredentialState
from certificates.models import Credential
from tests.browser.pages import Watch, check_page
from tests.cast import make_cast
from tests.factories.certificates import make_credential


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (CredentialState.VALID, "This certificate is being made"),
        (CredentialState.SUSPENDED, "can be downloaded again"),
        (CredentialState.REVOKED, "no longer given out"),
        (CredentialState.SUPERSEDED, "replaced by a newer one"),
    ],
)
def test_what_stands_in_the_place_of_a_paper_is_a_sound_page(browser, live_server, transactional_db, state, words):
    cast = make_cast()
    credential = make_credential(cast.trainee, by=cast.director)
    Credential.objects.filter(pk=credential.pk).update(state=state)
    page = browser.new_context().new_page()
    watch = Watch(page, live_server.url.removeprefix("http://"))
    page.goto(f"{live_server.url}/credentials/{credential.uuid}.pdf")
    assert words in page.locator("main").inner_text()
    check_page(page)
    # Chromium writes an answer of 409 or 410 to the console as a failed resource; nothing else may be there.
    assert [words for words in watch.complaints if "status of 4" not in words] == []
