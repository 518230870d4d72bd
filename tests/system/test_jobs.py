"""The job engine under workers that die, sleep, and whose clocks are wrong."""
import os, random, signal, subprocess, time

import pymongo, pytest
from product import ROOT, SETTINGS, get, wait_until
from test_reports import ALL, post, report_worker, start_report_worker  # noqa: F401 (report_worker is a fixture)
from test_schedules import stop_worker

pytestmark = pytest.mark.skipif(not os.path.exists("/usr/bin/faketime"), reason="faketime is not there")


def jobs(**filter):
    return list(pymongo.MongoClient(SETTINGS["MONGODB_URI"])[SETTINGS["MONGODB_DB"]].jobs.find(filter))


class Worker:
    """telltale-report under a clock of its own."""

    def __init__(self, offset):
        self.offset = offset
        self.start()

    def start(self):
        self.process = subprocess.Popen(["/usr/bin/faketime", "-f", self.offset, f"{ROOT}/build-clang/telltale-report"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env={**os.environ, **SETTINGS, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}, start_new_session=True)

    def pids(self):
        children = open(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read().split()
        return [str(self.process.pid), *children]

    def signal(self, number):
        os.killpg(self.process.pid, number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def workers():
    stop_worker()
    three = [Worker("+0d"), Worker("+1d"), Worker("-1d")]
    yield three
    for worker in three:
        worker.kill()
    start_report_worker()


def ask(token, count):
    return [post("/api/reports", token, {"period": ALL, "title": f"Clock {n}"})[1]["id"] for n in range(count)]


def states(ids, token):
    return [get(f"/api/reports/{id}", token)["state"] for id in ids]


def test_workers_that_die_lose_no_report_and_make_none_twice(token, workers):
    """Each kill may cost one attempt, and nothing else: no worker takes what another one that lives is making."""
    kills, attempts = 0, 0
    for _ in range(3):
        ids = ask(token, 8)
        for _ in range(4):
            time.sleep(random.uniform(0.1, 0.5))
            worker = random.choice(workers)
            worker.kill()
            worker.start()
            kills += 1
        wait_until(lambda: set(states(ids, token)) <= {"ready", "failed"}, "the reports", 60)
        attempts += sum(get(f"/api/reports/{id}", token)["attempts"] - 1 for id in ids)
        wait_until(lambda: not jobs(state={"$in": ["queued", "held"]}), "the jobs to end", 20)
        for id in ids:
            ready = get(f"/api/reports/{id}", token)["state"] == "ready"
            first, *more = sorted(jobs(subject=id.removeprefix("report_")), key=lambda job: job["asked_at"])
            assert (first["state"] == "done" if ready else first["attempts"] > 2), first
            assert all(job["state"] == "done" for job in more), "asked for again while it was ending: there was nothing to do"
    assert attempts <= kills


def test_a_worker_that_sleeps_keeps_its_report_and_a_dead_one_is_passed_over_at_once(token, workers):
    def caught():
        for job in jobs(state="held"):
            pid = job["owner"].split(":")[1]
            for worker in workers:
                if pid in worker.pids():
                    worker.signal(signal.SIGSTOP)
                    if jobs(_id=job["_id"], state="held", owner=job["owner"]):
                        return worker, job
                    worker.signal(signal.SIGCONT)
        return None

    def catch():
        for _ in range(40):
            ids = ask(token, 3)
            while set(states(ids, token)) & {"queued", "running"}:
                found = caught()
                if found:
                    return found
        raise AssertionError("no worker was caught at work")

    def asleep_then(number):
        worker, job = catch()
        time.sleep(4)
        still, = jobs(_id=job["_id"])
        assert still["state"] == "held" and still["fence"] == job["fence"] and still["owner"] == job["owner"], still
        worker.signal(number)
        worker.signal(signal.SIGCONT)
        began = time.monotonic()
        wait_until(lambda: jobs(_id=job["_id"])[0]["state"] == "done", "the report", 20)
        return worker, job, jobs(_id=job["_id"])[0], time.monotonic() - began

    worker, job, done, _ = asleep_then(signal.SIGCONT)
    assert done["fence"] == job["fence"], "it went on with what it had"
    worker, job, done, took = asleep_then(signal.SIGKILL)
    worker.process.wait()
    worker.start()
    assert done["fence"] > job["fence"] and took < 15, "long before its lease of a minute"
