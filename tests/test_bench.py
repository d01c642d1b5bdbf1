"""The parts of the bench that can be wrong without anybody noticing: its arithmetic, its table, and the people it makes."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from assessments.models import Answer, Attempt
from certificates.models import Credential
from courses.enrolment.models import Enrolment
from courses.standing.engine import standing_for
from lms.accounts.models import User
from lms.audit.models import AuditEntry
from lms.audit.names import registered_actions
from supervision.actions.review import approve_logs
from supervision.enums import LogState, Meaning
from supervision.models import PracticeLog, SignOff
from supervision.queries.practice import full_logs, visit_of
from supervision.queries.review import content_hash, signed_content
from supervision.queries.surroundings import surroundings_of
from supervision.rules import RULES, problems_of
from tests.benchmarks import figures, institute, people, report
from tests.benchmarks.cpu import between
from tests.benchmarks.driver import Answer as HttpAnswer
from tests.benchmarks.driver import Ask
from tests.benchmarks.instruments import split
from tests.benchmarks.loading import Table
from tests.benchmarks.measuring import in_parts
from tests.benchmarks.place import find_server, with_name
from tests.benchmarks.scenes import CONTROL, SCENES, Scene, Target, scenes_named
from tests.benchmarks.world import add_caseload, spread

# Arithmetic -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("percent", "value"), [(0, 1), (50, 5), (51, 6), (95, 10), (100, 10)], ids=["none", "half", "more", "most", "all"]
)
def test_a_percentile_is_one_of_the_values_by_nearest_rank(percent, value):
    assert figures.percentile([10, 1, 9, 2, 8, 3, 7, 4, 6, 5], percent) == value


def test_nothing_has_no_percentile():
    with pytest.raises(ValueError, match="nothing"):
        figures.percentile([], 50)


@pytest.mark.parametrize(
    ("number", "lengths"), [(0, [0]), (1, [1]), (6, [1] * 6), (7, [2, 2, 2, 1]), (24, [4] * 6), (400, [67] * 5 + [65])]
)
def test_a_scene_is_asked_for_in_parts_and_nothing_of_it_is_left_out(number, lengths):
    asks = list(range(number))
    parts = in_parts(asks)
    assert [len(part) for part in parts] == lengths
    assert [ask for part in parts for ask in part] == asks


def test_a_ratio_is_taken_within_each_round_so_that_a_slow_round_does_not_count():
    assert figures.ratio([4.0, 40.0, 6.0], [2.0, 20.0, 2.0]) == 2.0


def test_a_round_without_its_control_has_no_ratio():
    with pytest.raises(ValueError, match="control"):
        figures.ratio([1.0, 2.0], [1.0])


def test_the_usual_count_is_the_most_frequent_and_of_equals_the_larger():
    assert figures.usual([5, 5, 7]) == 5
    assert figures.usual([5, 7]) == 7


def test_processor_time_of_a_new_process_counts_from_its_beginning():
    assert between({1: 100}, {1: 150, 2: 30}) == 80


def test_transactions_are_no_statements_but_savepoints_are():
    log = [{"sql": sql} for sql in ("BEGIN", 'SAVEPOINT "s1"', "SELECT 1", 'RELEASE SAVEPOINT "s1"', "COMMIT")]
    statements, transactions = split(log)
    assert [query["sql"] for query in statements] == ['SAVEPOINT "s1"', "SELECT 1", 'RELEASE SAVEPOINT "s1"']
    assert transactions == 1


# Requests and places --------------------------------------------------------------------------------------------------


def answer(status=200, body=b"", **headers):
    return HttpAnswer(status, headers, body, 0.1)


@pytest.mark.parametrize(
    ("given", "is_right"),
    [
        (answer(200, b"the lesson"), True),
        (answer(200, b"sign in"), False),
        (answer(403, b"the lesson"), False),
        (answer(302, b"the lesson", location="/accounts/login/"), False),
    ],
    ids=["right", "other words", "refused", "led away"],
)
def test_an_answer_is_right_only_with_its_status_and_its_words(given, is_right):
    problem = Ask("/learn/", b"", 200, b"the lesson").problem(given)
    assert (problem == "") is is_right


def test_a_redirect_is_judged_by_where_it_leads():
    ask = Ask("/home/", b"", 302, b"/quiz/")
    assert ask.problem(answer(302, location="/quiz/7/")) == ""
    assert "/learn/" in ask.problem(answer(302, location="/learn/"))


def test_every_request_has_a_name_of_its_own_and_the_control_comes_first():
    names = [scene.name for scene in SCENES]
    assert names[0] == CONTROL
    assert len(set(names)) == len(names)


def test_a_choice_of_requests_always_brings_the_control():
    assert [scene.name for scene in scenes_named(["lesson"])] == [CONTROL, "lesson"]
    with pytest.raises(KeyError):
        scenes_named(["lessons"])


def test_people_are_taken_evenly_and_graduates_only_when_asked_for():
    assert spread(100, 3) == [0, 33, 66]
    assert spread(10, 10) == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert spread(10, 10, graduates=True) == list(range(10))


def test_no_server_is_looked_for_when_sqlite_is_asked_for():
    assert find_server({"DATABASE_URL": "sqlite:////tmp/a.sqlite3"}) == ""


def test_a_database_of_its_own_on_the_same_server():
    assert with_name("postgres://me:word@host:5433/mine", "bench") == "postgres://me:word@host:5433/bench"


# The table ------------------------------------------------------------------------------------------------------------


def row(**changed):
    values = {"sql": 5, "first_sql": 5, "transactions": 0, "site_ms": 5.0, "database_ms": 1.0, "xc": 2.4, "p50": 9.0}
    return values | {"p95": 20.0, "cold_ms": 30.0, "requests": 10} | changed


def result(**rows):
    machine = {
        "cores": "2",
        "processor": "A processor",
        "system": "Linux 6",
        "Python": "3",
        "database": "PostgreSQL 15",
    }
    facts = {"rounds": 3, "requests": 900, "load": 0.5, "memory": 150, "control_ms": 2.5, "day": "2026-11-25"}
    return {"rows": rows, "machine": machine, **facts}


@pytest.mark.parametrize(
    ("changed", "words"),
    [({}, "met"), ({"sql": 6}, "missed: SQL"), ({"xc": 2.51}, "missed: xC"), ({"sql": 9, "xc": 9}, "missed: SQL, xC")],
    ids=["met", "statements", "cost", "both"],
)
def test_a_missed_target_says_by_which_figure(changed, words):
    scene = Scene("lesson", "lesson", 1, None, Target(2.5, 5))
    assert report.verdict(scene, row(**changed)) == words


def test_a_request_without_a_target_is_not_judged():
    assert report.verdict(Scene("standing", "standing", 1, None), row(xc=99)) == ""


def test_the_terminal_table_has_its_columns_below_each_other():
    lines = report.text_table(report.HEAD, report.lines_of({"lesson": row(), "outline": row(xc=12.5)})).splitlines()
    assert lines[2].startswith("outline of 100 lessons")
    assert lines[3].index("2.40") == lines[2].index("12.50") + 1


def test_statements_of_a_cold_process_are_shown_where_they_differ():
    assert report.lines_of({"lesson": row(first_sql=9)})[0][1] == "5 (cold 9)"


def test_a_run_of_some_requests_keeps_the_figures_of_the_others():
    earlier = {"runs": {"1000": result(lesson=row(sql=9), outline=row())}}
    run = result(lesson=row(sql=4)) | {"trainees": 1000, "logs": 10}
    runs = report.merged(earlier, run)["runs"]
    assert runs["1000"]["rows"] == {"lesson": row(sql=4), "outline": row()}
    both = report.merged(earlier, run | {"logs": 100})
    assert both["runs"] == earlier["runs"]
    assert both["many"]["1000"]["rows"] == {"lesson": row(sql=4)}


def test_growth_compares_the_largest_size_with_the_smallest():
    runs = {"1000": result(lesson=row(xc=2.0)), "100000": result(lesson=row(xc=2.1))}
    assert report.growth_lines(runs, [1000, 100000])[0][-2:] == ("1.05", "met")
    runs["100000"]["rows"]["lesson"] = row(xc=2.1, sql=6)
    assert report.growth_lines(runs, [1000, 100000])[0][-1] == "missed"


def test_the_page_has_the_method_the_machine_and_both_tables():
    page = report.page({"runs": {"1000": result(lesson=row()), "10000": result(lesson=row(xc=2.5))}})
    assert page.startswith("# What a request costs\n")
    assert "2 cores, A processor, Linux 6, Python 3, PostgreSQL 15. 3 rounds on 2026-11-25, 900 requests" in page
    assert "| lesson, opened again | 5 | 6.00 | 1.00 | 2.40 |" in page
    assert "| lesson, opened again | 5 SQL, 2.40 xC, 1.00 ms | 5 SQL, 2.50 xC, 1.00 ms | 1.04 | met |" in page


def test_what_the_machine_makes_of_growth_is_read_off_the_pages_without_statements():
    first = result(lesson=row(xc=2.0), visitors_home=row(sql=0, xc=0.2), visitors_program=row(sql=0, xc=0.3))
    last = result(lesson=row(xc=9.0), visitors_home=row(sql=0, xc=0.25), visitors_program=row(sql=0, xc=0.2))
    runs = {"1000": first, "10000": last}
    assert report.drift(runs, [1000, 10000]) == pytest.approx(1.5)
    assert report.drift({"1000": result(lesson=row()), "10000": result(lesson=row())}, [1000, 10000]) == 1.0


def test_many_entries_have_a_table_of_their_own():
    page = report.page({"runs": {}, "many": {"10000": result(queue=row(xc=3.1)) | {"trainees": 10000, "logs": 100}}})
    assert "## 1,000,000 practice entries" in page
    assert "| supervisor’s queue | 5 | 6.00 | 1.00 | 3.10 |" in page


@pytest.mark.parametrize(
    ("target", "words", "said"),
    [
        (Target(3), "≤ 3 xC", "met"),
        (Target(2.3), "≤ 2.3 xC", "missed: xC"),
        (Target(sql=4), "≤ 4 SQL", "missed: SQL"),
        (Target(ms=6), "≤ 6 CPU ms", "met"),
        (Target(ms=5.9), "≤ 5.9 CPU ms", "missed: CPU ms"),
        (Target(2, 4, 1000), "≤ 2 xC, ≤ 4 SQL, ≤ 1,000 CPU ms", "missed: SQL, xC"),
    ],
)
def test_a_target_names_what_it_limits_and_nothing_else(target, words, said):
    scene = Scene("lesson", "lesson", 1, None, target)
    assert (report.target_words(scene), report.verdict(scene, row())) == (words, said)


def test_the_page_in_the_docs_is_the_one_that_the_kept_results_give():
    assert report.PAGE.read_text() == report.page(report.load())


# The people -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def crowd(db, monkeypatch):
    """Three trainees, the last one a graduate, in a program of five small modules."""
    for name, value in {"MODULES": 5, "LESSONS_EACH": 2, "QUESTIONS": 3}.items():
        monkeypatch.setattr(institute, name, value)
    for name, value in {"GRADUATE_EVERY": 3, "WITH_PAPERS": 0, "COMPLETED": 4}.items():
        monkeypatch.setattr(people, name, value)
    told = []
    made = people.Crowd(institute.build_institute(), 3)
    made.fill(lambda done, of, seconds: told.append((done, of)))
    assert told == [(3, 3)]
    return made


def trainee(number):
    return Enrolment.objects.select_related("person", "standard_version").get(
        person__email=people.email_of("trainee", number)
    )


def browser_of(user: User) -> Client:
    """Signed in by the session that was seeded for her."""
    client = Client()
    client.cookies["session"] = people.session_key_of(user.pk)
    return client


def test_seeded_rows_satisfy_every_constraint(crowd):
    connection.check_constraints()


def test_what_is_written_afterwards_gets_keys_of_its_own(crowd):
    last = max(User.objects.values_list("pk", flat=True))
    assert User.objects.create(email="later@example.org").pk == last + 1


def test_seeded_people_open_their_pages(crowd):
    enrolment = trainee(0)
    client = browser_of(enrolment.person)
    attempt = Attempt.objects.get(enrolment=enrolment, state="in_progress")
    log = PracticeLog.objects.filter(enrolment=enrolment).first()
    pages = [
        reverse("home"),
        reverse("learn_outline", args=[enrolment.pk]),
        reverse("learn_item", args=[enrolment.pk, "lesson-3-1"]),
        reverse("quiz_attempt", args=[attempt.pk]),
        reverse("standing", args=[enrolment.pk]),
        reverse("practice_list"),
        reverse("practice_detail", args=[log.pk]),
    ]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    supervisor = browser_of(User.objects.get(email=people.email_of("supervisor", 0)))
    assert "Trainee 1" in supervisor.get(reverse("review_queue")).content.decode()


def test_every_trainee_has_ten_entries_and_five_attempts_with_answers(crowd):
    for number in range(3):
        enrolment = trainee(number)
        assert PracticeLog.objects.filter(enrolment=enrolment).count() == 10
        assert Answer.objects.filter(attempt__enrolment=enrolment).count() == 5 * institute.QUESTIONS


def test_a_graduate_meets_her_standard_and_holds_a_credential_and_the_others_do_not(crowd):
    assert [standing_for(trainee(number)).is_complete for number in range(3)] == [False, False, True]
    assert list(Credential.objects.values_list("person__email", flat=True)) == [people.email_of("trainee", 2)]


def test_each_signature_covers_its_entry_as_it_stands(crowd):
    signatures = SignOff.objects.all()
    assert len(signatures) == 10 + 2 * 7
    for signature in signatures:
        content = signed_content(full_logs().get(pk=signature.log_id))
        assert (signature.content, signature.sha256) == (content, content_hash(content))


def test_no_seeded_visit_breaks_a_rule(crowd):
    for log in full_logs().select_related("enrolment__standard_version"):
        around = surroundings_of(visit_of(log), log.enrolment, log.placement, now=crowd.now, ignore={log.pk})
        assert problems_of(visit_of(log), around, RULES) == []


def test_the_entries_of_a_trainee_are_in_the_states_of_the_plan(crowd):
    states = PracticeLog.objects.filter(enrolment=trainee(0)).order_by("on").values_list("state", flat=True)
    assert list(states) == people.STATES_OF_HALF
    assert PracticeLog.objects.filter(enrolment=trainee(2)).exclude(state=LogState.APPROVED).count() == 0


def test_a_caseload_that_is_added_waits_and_is_approved_as_a_whole(crowd):
    supervisor = User.objects.get(email=people.email_of("supervisor", 0))
    added = add_caseload(supervisor.pk, 7)
    read = {log.pk: content_hash(signed_content(log)) for log in full_logs().filter(pk__in=added)}
    done = approve_logs(read, by=supervisor, meaning=Meaning.REVIEWED)
    assert (sorted(log.pk for log in done.approved), done.refused) == (added, [])


def test_every_seeded_act_has_a_registered_name(crowd):
    used = set(AuditEntry.objects.values_list("action", flat=True))
    assert used <= set(registered_actions())


def test_a_column_that_a_table_does_not_have_is_noticed(db):
    with pytest.raises(ValueError, match="colour"):
        Table(User, "email", "colour")
