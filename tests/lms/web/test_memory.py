"""What a process remembers, and for how long."""

from wagtail.test.utils.form_data import rich_text

from lms.institute.models import InstituteSettings
from lms.institute.queries import institute, shown_institute
from lms.web.memory import forget_everything, remember

asked = []


@remember(seconds=60, most=2)
def double(number: int) -> int:
    asked.append(number)
    return 2 * number


def test_it_asks_once_for_each_value_and_forgets_the_oldest():
    asked.clear()
    assert [double(1), double(1), double(2), double(3), double(1)] == [2, 2, 4, 6, 2]
    assert asked == [1, 2, 3, 1]


def test_each_test_begins_with_nothing_remembered():
    double(1)
    asked.clear()
    forget_everything()
    double(1)
    assert asked == [1]


def test_the_institutes_name_is_asked_once_and_an_edit_is_seen_at_once(cast, django_assert_num_queries):
    row = InstituteSettings.objects.create(name="Northlight")
    with django_assert_num_queries(1):
        assert [shown_institute().name, shown_institute().name] == ["Northlight", "Northlight"]
    fields = {name: rich_text("<p></p>") for name in ("privacy_policy", "complaints_policy", "refund_policy")}
    address = f"/cms/settings/institute/institutesettings/{row.pk}/"
    sent = fields | {"name": "Southlight", "time_zone": "America/Denver"}
    assert cast.client("director").post(address, sent).status_code == 302
    assert shown_institute().name == "Southlight"


def test_what_is_signed_never_asks_the_memory(db):
    shown_institute()
    InstituteSettings.objects.create(name="Northlight")
    InstituteSettings.objects.update(name="Changed elsewhere")
    assert institute().name == "Changed elsewhere"
