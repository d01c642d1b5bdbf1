"""What every test may use: the database, the cast, the clock."""

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases

from tests import database

pytest_plugins = ["tests.cast"]


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """The migrated database: from the template when the migrations are those it was made with, else made anew."""
    with django_db_blocker.unblock():
        if database.is_sqlite() and database.template_file().exists():
            real_name = database.use_copy_of_template()
            configs = None
        else:
            # Only PostgreSQL is put back from serialized contents; SQLite from the template file.
            configs = setup_databases(0, False, serialized_aliases=[] if database.is_sqlite() else None)
            if database.is_sqlite():
                database.keep_as_template()
    TransactionTestCase._fixture_teardown = database.put_back_pristine_database
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        if configs is None:
            connections["default"].settings_dict["NAME"] = real_name
        else:
            teardown_databases(configs, verbosity=0)


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


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
