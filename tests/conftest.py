"""What every test may use: the database, the cast, the clock."""

import pytest
from django.core.cache import cache
from django.test import SimpleTestCase, TransactionTestCase
from hypothesis import settings as property_settings

from lms.web.memory import forget_everything
from lms.web.visitors import forget_pages
from tests.database import test_database
from tests.factories import numbers

pytest_plugins = ["tests.cast"]

# A property that holds does not stop holding because the machine was busy for half a second.
property_settings.register_profile("patient", deadline=None)
property_settings.load_profile("patient")


DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "live_server",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
}


def pytest_addoption(parser):
    parser.addoption(
        "--only-database",
        action="store_true",
        help="leave out tests that ask no database: another database changes nothing for them",
    )


def pytest_collection_modifyitems(config, items):
    if config.getoption("--only-database"):
        config.hook.pytest_deselected(items=[item for item in items if not asks_database(item)])
        items[:] = [item for item in items if asks_database(item)]


def asks_database(item: pytest.Item) -> bool:
    is_marked = item.get_closest_marker("django_db") is not None
    is_case = isinstance(getattr(item, "cls", None), type) and issubclass(item.cls, SimpleTestCase)
    return is_marked or is_case or not DATABASE_FIXTURES.isdisjoint(item.fixturenames)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """The migrated database, copied from a template that is made when the migrations have changed."""
    with django_db_blocker.unblock():
        database = test_database()
        database.open()
    # Django would empty the database after each test with real transactions; ours is put back as it was.
    TransactionTestCase._fixture_teardown = lambda test_case: database.put_back()
    yield
    with django_db_blocker.unblock():
        database.close()


@pytest.fixture(autouse=True)
def numbers_from_the_first():
    numbers.start_again()


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()
    forget_everything()
    forget_pages()


@pytest.fixture(autouse=True)
def files_in_a_folder_of_their_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SIGNING_KEYS_DIR = tmp_path / "keys"
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(settings.MEDIA_ROOT)},
        }
    }
