"""Starting and stopping the measured server: gunicorn as production runs it, two workers of two threads."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

from tests.benchmarks import cpu
from tests.benchmarks.place import ROOT

WORKERS, THREADS = 2, 2
LONGEST_START = 120


class Server:
    """`with Server(port):` — instrumented it counts statements and can profile; then its time is not to be measured."""

    def __init__(self, port: int, *, instrumented: bool = False, workers: int = WORKERS, threads: int = THREADS):
        self.port, self.instrumented, self.workers, self.threads = port, instrumented, workers, threads
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> "Server":
        variables = dict(os.environ) | ({"BENCH_INSTRUMENTED": "1"} if self.instrumented else {})
        self.process = subprocess.Popen(self.command(), cwd=ROOT, env=variables)
        try:
            self._wait_until_it_answers()
        except BaseException:  # also when somebody interrupts: nothing is left running
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "gunicorn", "tests.benchmarks.wsgi", "--worker-class", "gthread", "--preload"),
            *("--workers", str(self.workers), "--threads", str(self.threads), "--keep-alive", "30"),
            *("--bind", f"127.0.0.1:{self.port}", "--log-level", "warning", "--no-control-socket"),
        ]

    def processes(self) -> list[int]:
        return cpu.children_of(self.process.pid)

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + LONGEST_START
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError(f"The server ended by itself with {self.process.returncode}.")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise RuntimeError(f"The server did not answer within {LONGEST_START} seconds.")
