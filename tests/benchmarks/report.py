"""The table: on the terminal, and in docs/performance.md together with the runs of other sizes that were kept."""

import json
import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.benchmarks.scenes import CONTROL, SCENES, Scene

KEPT = Path(__file__).parent / "results.json"
PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
GROWTH = 1.1
SMALLEST = 1000
USUAL_LOGS = 10
MOST_SECONDS = 20  # for an edition of 200 lessons
MOST_TO_START = 8  # seconds, for each of a thousand who start a quiz at once

Row = Mapping[str, Any]


def machine(database: str) -> dict[str, str]:
    """What the figures depend on. No host name, no path."""
    return {
        "cores": str(os.cpu_count()),
        "processor": _processor(),
        "system": f"Linux {platform.release().split('-')[0]}",
        "Python": platform.python_version(),
        "Django": version("django"),
        "Wagtail": version("wagtail"),
        "gunicorn": version("gunicorn"),
        "database": database,
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return " ".join(line.partition(":")[2].split())
    return platform.machine()


def load() -> dict[str, Any]:
    return json.loads(KEPT.read_text()) if KEPT.exists() else {"runs": {}}


def keep(results: dict[str, Any]) -> None:
    KEPT.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")


def merged(results: dict[str, Any], run: dict[str, Any]) -> dict[str, Any]:
    """The kept runs with this one; of a run of a few scenes the other scenes' rows stay."""
    kind, size = ("runs" if run["logs"] == USUAL_LOGS else "many"), str(run["trainees"])
    runs = results.get(kind, {})
    rows = runs.get(size, {"rows": {}})["rows"] | run["rows"]
    return results | {kind: runs | {size: run | {"rows": rows}}}


def verdict(scene: Scene, row: Row) -> str:
    """Whether the target of a scene is met, and by which figure it is missed."""
    if scene.target is None:
        return ""
    target, spent = scene.target, row["site_ms"] + row["database_ms"]
    missed = [
        word
        for word, is_met in (
            ("SQL", target.sql is None or row["sql"] <= target.sql),
            ("xC", target.xc is None or row["xc"] <= target.xc),
            ("CPU ms", target.ms is None or spent <= target.ms),
        )
        if not is_met
    ]
    return f"missed: {', '.join(missed)}" if missed else "met"


def target_words(scene: Scene) -> str:
    if not scene.target:
        return ""
    most = (scene.target.xc, "xC"), (scene.target.sql, "SQL"), (scene.target.ms, "CPU ms")
    return ", ".join(f"≤ {number:,g} {unit}" for number, unit in most if number is not None)


HEAD = ("request", "SQL", "CPU ms", "of it database", "xC", "p50 ms", "p95 ms", "cold CPU ms", "target", "verdict")


def lines_of(rows: Mapping[str, Row]) -> list[tuple[str, ...]]:
    """One line a scene, in the order of `SCENES`. SQL shows the first request's count where that differs."""
    lines = []
    for scene in SCENES:
        if scene.name not in rows:
            continue
        row = rows[scene.name]
        sql = f"{row['sql']}" if row["first_sql"] == row["sql"] else f"{row['sql']} (cold {row['first_sql']})"
        lines.append(
            (
                scene.label,
                sql,
                f"{row['site_ms'] + row['database_ms']:.2f}",
                f"{row['database_ms']:.2f}",
                f"{row['xc']:.2f}",
                f"{row['p50']:.1f}",
                f"{row['p95']:.1f}",
                f"{row['cold_ms']:.1f}",
                target_words(scene),
                verdict(scene, row),
            )
        )
    return lines


def text_table(head: tuple[str, ...], lines: list[tuple[str, ...]]) -> str:
    """For a terminal: the first column to the left, figures to the right."""
    widths = [max(len(line[column]) for line in [head, *lines]) for column in range(len(head))]

    def written(line: tuple[str, ...]) -> str:
        cells = [
            cell.ljust(width) if column == 0 or column >= len(head) - 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        return "  ".join(cells).rstrip()

    return "\n".join([written(head), "-" * (sum(widths) + 2 * len(widths) - 2), *map(written, lines)])


def markdown_table(head: tuple[str, ...], lines: list[tuple[str, ...]]) -> str:
    rule = "|" + "|".join(["---", *["---:"] * (len(head) - 3), "---", "---"]) + "|"
    return "\n".join([_row(head), rule, *map(_row, lines)])


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


def growth_head(sizes: list[int]) -> tuple[str, ...]:
    return ("request", *(f"{size:,}" for size in sizes), "growth", "verdict")


def _growth(first: Mapping[str, Any], last: Mapping[str, Any]) -> float:
    return last["xc"] / first["xc"] if first["xc"] else 1.0


def drift(runs: Mapping[str, Any], sizes: list[int]) -> float:
    """What the machine alone makes of growth: the widest of the pages that ask the database nothing, 1.0 for none."""
    first, last = (runs[str(size)]["rows"] for size in (sizes[0], sizes[-1]))
    still = [_growth(row, last[name]) for name, row in first.items() if not row["sql"] and name in last]
    return max((max(growth, 1 / growth) for growth in still if growth), default=1.0)


def growth_lines(runs: Mapping[str, Any], sizes: list[int]) -> list[tuple[str, ...]]:
    """SQL and xC of each size, and how the largest compares with the smallest: in xC, since machines drift."""
    lines = []
    for scene in SCENES:
        rows = [runs[str(size)]["rows"].get(scene.name) for size in sizes]
        if scene.name == CONTROL or not all(rows):
            continue
        first, last = rows[0], rows[-1]
        growth = _growth(first, last)
        is_met = growth <= GROWTH and last["sql"] == first["sql"]
        figures = [f"{row['sql']} SQL, {row['xc']:.2f} xC, {row['database_ms']:.2f} ms" for row in rows]
        lines.append((scene.label, *figures, f"{growth:.2f}", "met" if is_met else "missed"))
    return lines


def page(results: Mapping[str, Any]) -> str:
    """docs/performance.md: the method, the table of the smallest size, what growth costs."""
    runs = results["runs"]
    sizes = sorted(int(size) for size in runs)
    parts = [METHOD.strip()]
    if sizes:
        first = runs[str(sizes[0])]
        parts.append(f"## {sizes[0]:,} trainees\n\n{_facts(first)}")
        parts.append(markdown_table(HEAD, lines_of(first["rows"])))
    if len(sizes) > 1:
        names, first = " and ".join(f"{size:,}" for size in sizes[1:]), f"{sizes[0]:,}"
        parts.append(GROWN.format(names=names, first=first, drift=drift(runs, sizes)).strip())
        head = growth_head(sizes)
        parts.append(markdown_table(head, growth_lines(runs, sizes)))
    for size, run in results.get("many", {}).items():
        entries = int(size) * run["logs"]
        parts.append(MANY.format(entries=entries, trainees=int(size), logs=run["logs"], facts=_facts(run)).strip())
        parts.append(markdown_table(HEAD, lines_of(run["rows"])))
    if "publishing" in results:
        parts.append(PUBLISHING.format(**results["publishing"], most=MOST_SECONDS).strip())
    if "stampede" in results:
        parts.append(STAMPEDE.format(**results["stampede"], most=MOST_TO_START).strip())
    return "\n\n".join(parts) + "\n"


def _facts(run: Mapping[str, Any]) -> str:
    facts = run["machine"]
    words = ", ".join(
        value if name in ("processor", "system", "database") else f"{name} {value}" for name, value in facts.items()
    )
    return (
        f"{words.replace('cores ' + facts['cores'], facts['cores'] + ' cores')}. {run['rounds']} rounds on {run['day']}, "
        f"{run['requests']:,} requests, every answer right; the control view cost {run['control_ms']:.2f} ms; "
        f"other work on the machine at the start: load {run['load']:.1f}. A worker holds {run['memory']:.0f} MB."
    )


METHOD = """
# What a request costs

`make bench` measures this and writes this page. It makes a database of its own, migrates it, seeds it
(`TRAINEES=1000`, 10000 or 100000), serves it with gunicorn as [operations](operations.md) says (2 workers with 2
threads, persistent connections, production settings) and sends real HTTP/1.1 requests over 4 kept connections. The
status and the words of every answer are checked; a wrong one ends the run.

- **CPU ms**: processor time a request, the server's workers and the database's processes together, read from `/proc`;
  the median of the rounds. The clients' own time is in no figure.
- **xC**: CPU ms by those of the *control view*, the median of the rounds. In each round a request is asked for in six
  parts, and the control 20 times before each and after the last: machines differ, and drift within seconds, and both
  drift alike. The control is Django at the least: session and authentication middleware of Django alone, the signed-in
  person and one row by primary key (3 statements), in the same processes. Before the rounds every page is asked for
  three times over, for each worker remembers by itself.
- **SQL**: statements a request, savepoints included, counted in a pass of its own with one worker; `BEGIN` and
  `COMMIT` and the check that a kept connection lives are left out, here as in the control. *(cold n)*: the first
  request after a start.
- **cold CPU ms**: the first four requests after a start of the server. **p50, p95**: from sending to the last byte,
  four at a time; on a machine that does other work they say more about that work.
- **standing** comes from memory as long as no evidence has changed, on one day, in that worker; **judged anew** is the
  ledger of a day, here today, which is never remembered. A first look after a change costs that, and a dearer statement that
  asks for the marks of all evidence.
- A trainee has 10 practice entries, 100 answers in 5 attempts, 50 or 100 completed lessons; ten share a supervisor.
  Every tenth trainee has met the standard; up to 1,000 of these hold a credential, issued by the real action. Forms
  are fetched before they are sent, unmeasured; people who sign have signed in with two factors.
"""

MANY = """
## {entries:,} practice entries

{trainees:,} trainees with {logs} entries each (`make bench TRAINEES={trainees} BENCH="--logs {logs}"`); of most of them every fifth
entry waits for the supervisor, who has ten trainees. {facts}
"""

PUBLISHING = """
## Publishing a large edition

An edition of {lessons} lessons ({pages} pages with its modules and quizzes, each lesson about 1,000 words) was published by the background
worker's own action in {seconds} seconds on {day}, {processor} of them processor time of the worker; at most {most} are allowed. A
second connection, which looked five times a second as the page of progress would be read, saw {steps} steps.
"""

STAMPEDE = """
## A thousand who start at once

On {day} {people:,} trainees, each over a connection of her own, sent the form that starts one quiz in the same moment, followed it to
their first question and answered it (`make bench-stampede`). Half had read their question within {median:.1f} seconds and the last one
within {longest:.1f}; at most {most} are allowed. {acknowledged:,} answers were acknowledged; errors, wrong draws and lost
answers: {errors}.
"""

GROWN = """
## Growth

The same with {names} trainees: statements, xC, and the milliseconds of the database in them, where more data would show.
Growth compares the largest size with {first} in xC; the target is at most 1.1 with the same SQL. The visitors' pages ask
the database nothing, so what they show of growth is the machine's alone: {drift:.2f} here. A row is left out while one of
the sizes was last measured with another version of its page.
"""
