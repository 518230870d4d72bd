"""The job engine with workers that die or sleep, or whose clocks are wrong."""
import datetime, json, os, random, signal, subprocess, time

import bson
import pymongo
import pytest
from product import ROOT, SETTINGS, call, demo, equals_provider, get, kill_sync_worker, no_doubles, start_service, start_sync_worker, stop_service, wait_until
from test_reports import ALL, post, report_worker  # noqa: F401 (report_worker is a fixture)


def jobs(**filter):
    if "subject" in filter:
        filter["subject"] = bson.ObjectId(filter["subject"])
    return list(pymongo.MongoClient(SETTINGS["MONGODB_URI"])[SETTINGS["MONGODB_DB"]].jobs.find(filter))


class Worker:
    """A program with its own clock."""

    def __init__(self, clock, program="telltale-report"):
        self.clock, self.program = clock, program
        self.start()

    def start(self):
        self.process = subprocess.Popen([f"{ROOT}/build-clang/{self.program}"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **SETTINGS, **self.clock})

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def workers(clock):
    stop_service("report", signal.SIGKILL)
    three = [Worker(clock(days)) for days in (0, 1, -1)]
    yield three
    for worker in three:
        worker.kill()
    start_service("report")


def ask(token, count):
    return [post("/api/reports", token, {"period": ALL, "title": f"Clock {n}"})[1]["id"] for n in range(count)]


def states(ids, token):
    return [get(f"/api/reports/{id}", token)["state"] for id in ids]


def test_workers_that_die_lose_no_report_and_make_none_twice(token, workers):
    """Each kill costs at most one attempt, and no worker takes a job from one that is alive."""
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
            report = get(f"/api/reports/{id}", token)
            ready = report["state"] == "ready"
            ended = datetime.datetime.fromisoformat(report["ended_at"].replace("Z", "+00:00")).timestamp()
            assert abs(ended - time.time()) < 600, "by the database's clock, not by a worker's"
            first, *more = sorted(jobs(subject=id.removeprefix("report_")), key=lambda job: job["asked_at"])
            # A worker that dies between storing the report and ending its job costs an attempt, too.
            assert first["attempts"] > 2 or (ready and first["state"] == "done"), first
            assert all(job["state"] == "done" for job in more), "asked for again while it was ending: there was nothing to do"
    assert attempts <= kills


def test_a_worker_that_sleeps_keeps_its_report_and_a_dead_one_is_passed_over_at_once(token, workers):
    def caught():
        for job in jobs(state="held"):
            pid = job["owner"].split(":")[1]
            for worker in workers:
                if int(pid) == worker.process.pid:
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


def run_of(id, token):
    return get(f"/api/sync/{id}", token)


def ask_sync(token):
    return json.loads(call("/api/sync", token, "POST", b"")[1])["id"]


def test_a_sync_is_not_stolen_by_a_clock_that_is_ahead(token, clock, without_worker):
    demo(grow=3, fault={"kind": "slow", "times": 1, "seconds": 2, "path": "/lists"})
    owner = Worker(clock(0), "telltale-sync")
    id = ask_sync(token)
    wait_until(lambda: run_of(id, token)["state"] == "running", "the run to begin", 20)
    owner.signal(signal.SIGSTOP)
    others = [Worker(clock(days), "telltale-sync") for days in (1, -1)]
    try:
        time.sleep(6)
        job, = jobs(subject=id)
        assert job["state"] == "held" and run_of(id, token)["state"] == "running", job
        owner.signal(signal.SIGCONT)
        wait_until(lambda: run_of(id, token)["state"] == "complete", "the run", 60)
        assert run_of(id, token)["resumed"] == 0 and jobs(subject=id)[0]["fence"] == job["fence"]
        owner.kill()
        id = ask_sync(token)
        wait_until(lambda: run_of(id, token)["state"] == "complete", "a run by the others", 60)
    finally:
        for worker in [owner, *others]:
            worker.kill()
    no_doubles(token)


def test_a_dead_sync_is_gone_on_with_at_once(token, clock, without_worker):
    demo(grow=4, fault={"kind": "slow", "times": 1, "seconds": 5, "path": "/lists"})
    owner = Worker(clock(1), "telltale-sync")
    id = ask_sync(token)
    wait_until(lambda: run_of(id, token)["state"] == "running", "the run to begin", 20)
    owner.kill()
    demo(fault=None)
    other = Worker(clock(-1), "telltale-sync")
    try:
        wait_until(lambda: run_of(id, token)["state"] == "complete", "the run", 20)  # its lease is 30 s
    finally:
        other.kill()
    assert run_of(id, token)["resumed"] == 1
    equals_provider(token)


def test_a_run_of_an_older_version_is_carried_out(token):
    """It has no job."""
    kill_sync_worker(signal.SIGTERM)
    id = ask_sync(token)
    pymongo.MongoClient(SETTINGS["MONGODB_URI"])[SETTINGS["MONGODB_DB"]].jobs.delete_one({"subject": bson.ObjectId(id)})
    start_sync_worker()
    wait_until(lambda: run_of(id, token)["state"] == "complete", "the run", 60)
