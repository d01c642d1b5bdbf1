"""Another installation on this machine: an empty database and an empty DATA_DIR, the same secrets, the real settings."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
RESTORED = "plumbline_restored"
LONGEST_START = 120


@contextmanager
def another_installation(data: Path) -> Iterator[dict[str, str]]:
    """Its environment; on PostgreSQL with a database of its own, which goes away afterwards."""
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "lms.settings", "DEMO": "1", "DATA_DIR": str(data)}
    env.pop("DATABASE_URL", None)
    if connection.vendor != "postgresql":
        yield env
        return
    given = connection.settings_dict
    server = {"host": given["HOST"], "port": given["PORT"] or 5432, "user": given["USER"]}
    with psycopg.connect(**server, password=given["PASSWORD"], dbname="postgres", autocommit=True) as admin:
        name = f"{RESTORED}_{os.getpid()}"
        admin.execute(f'create database "{name}"')
        address = f"{server['user']}:{given['PASSWORD']}@{server['host']}:{server['port']}"
        try:
            yield env | {"DATABASE_URL": f"postgres://{address}/{name}"}
        finally:
            admin.execute(f'drop database "{name}" with (force)')


def manage(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess:
    """A command as an operator types it there."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        check=False,
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
    )


@contextmanager
def served(env: dict[str, str], port: int) -> Iterator[str]:
    """The site of that installation, answered by a process of its own; its address."""
    command = [sys.executable, "-m", "gunicorn", "lms.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    process = subprocess.Popen([*command, "--worker-class", "gthread", "--threads", "4"], cwd=ROOT, env=env)
    try:
        _wait_until_it_answers(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=60)


def site_of_this_database() -> dict[str, str]:
    """The environment of a site that serves the very database of this test (`django_db(transaction=True)`)."""
    given = connection.settings_dict
    url = f"sqlite:///{given['NAME']}"
    if connection.vendor == "postgresql":
        place = f"{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT'] or 5432}"
        url = f"postgres://{place}/{given['NAME']}"
    return os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "DEMO": "1", "DATABASE_URL": url}


class Killable:
    """A site that can be killed at once, all of its processes, as by a machine that loses its power supply."""

    def __init__(self, env: dict[str, str], port: int, application: str = "lms.wsgi", *, threads: int = 4):
        command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [*command, "--worker-class", "gthread", "--threads", str(threads)],
            cwd=ROOT,
            env=env,
            start_new_session=True,
        )
        try:
            _wait_until_it_answers(self.process, port)
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """The group is its own (`start_new_session`), so nothing else is met."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=60)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _wait_until_it_answers(process: subprocess.Popen, port: int) -> None:
    until = time.monotonic() + LONGEST_START
    while time.monotonic() < until:
        assert process.poll() is None, f"The server ended by itself with {process.returncode}."
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(f"The server did not answer within {LONGEST_START} seconds.")
