"""The scripts of deploy/ and tests/: their --help, and that it has no other effect."""
import os, pathlib, shutil, subprocess, urllib.request

import pytest
from ports import free_port
from product import ROOT, wait_until

SHELL = ["deploy/up", "deploy/down", "deploy/service", "tests/run", "tests/dev", "tests/bare", "tests/bench/run", "tests/fuzz/run"]
NODE = ["tests/browser/walk.cjs", "tests/browser/jobs.cjs", "tests/browser/emails.cjs", "tests/browser/audience.cjs", "tests/browser/monitor.cjs", "tests/browser/reader.cjs", "tests/openapi.cjs", "tests/clients/read.mjs", "tests/clients/write.mjs", "tests/bench/paint.cjs"]
PYTHON = ["tests/lint.py", "deploy/demo_mail.py", "deploy/demo_server.py", "tests/bench/generate.py", "tests/bench/ledger.py", "tests/bench/memory.py",
          "tests/bench/content_peer.py", "tests/bench/crowd.py", "tests/bench/hits.py", "tests/bench/import.py", "tests/bench/figures_peer.py", "tests/bench/paper_peer.py", "tests/bench/same.py", "tests/bench/response.py", "tests/bench/sending.py", "tests/bench/slow.py", "tests/clients/read.py", "tests/clients/write.py",
          "tests/migration/compare.py", "tests/migration/load.py", "tests/migration/make.py", "tests/migration/truth.py",
          "tests/system/hostile.py", "tests/system/names.py", "tests/system/sink.py", "tests/unit/metrics/make_statistics.py"]
SCRIPTS = [[name] for name in SHELL] + [["node", name] for name in NODE] + [["/usr/bin/python3", name] for name in PYTHON]


def run_script(words, home):
    run = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                         env={"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home), "TELLTALE_HOME": f"{home}/telltale"})
    assert list(home.iterdir()) == [], "it left something behind"
    return run


@pytest.mark.parametrize("words", SCRIPTS, ids=lambda words: words[-1])
def test_help_only_tells(words, tmp_path):
    run = run_script([*words, "--help"], tmp_path)
    assert run.returncode == 0 and "usage: " in run.stdout and not run.stderr, run.stderr


@pytest.mark.parametrize("words", SCRIPTS, ids=lambda words: words[-1])
def test_an_unknown_option_is_refused(words, tmp_path):
    run = run_script([*words, "--fast"], tmp_path)
    assert run.returncode == 2 and not run.stdout, run.stdout
    assert "--fast" in run.stderr or "required" in run.stderr, run.stderr


def test_no_script_is_forgotten():
    here = [path.relative_to(ROOT) for folder in ("deploy", "tests") for path in pathlib.Path(ROOT, folder).rglob("*") if path.is_file()]
    scripts = {str(path) for path in here if os.access(f"{ROOT}/{path}", os.X_OK) or path.suffix in (".cjs", ".mjs")
               or path.suffix == ".py" and "ArgumentParser(" in pathlib.Path(ROOT, path).read_text()}
    assert scripts - {words[-1] for words in SCRIPTS} <= {"tests/arguments.cjs", "tests/browser/person.cjs", "tests/system/test_scripts.py"}


def fetch(port, path):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20).read().decode()
    except OSError:
        return None


def test_tests_are_picked_by_name_or_path(tmp_path):
    listed = run_script(["tests/run", "--list"], tmp_path).stdout.split()
    for name in ("lint:format", "unit:metrics", "unit:core_base", "fuzz:json", "browser:contacts", "system:scripts", "openapi", "deploy"):
        assert name in listed
    run = run_script(["tests/run", "--only", "unit:nothing"], tmp_path)
    assert run.returncode == 2 and "unit:nothing" in run.stderr
    run = run_script(["tests/fuzz/run", "--only", "nothing"], tmp_path)
    assert run.returncode == 2 and "nothing" in run.stderr


def test_dev_restarts_what_changed():
    home, port = f"/tmp/tt-dev-{os.getpid()}", free_port()
    probe = pathlib.Path(ROOT, "public", f"probe-{os.getpid()}.txt")
    env = {**os.environ, "DEV_HOME": home, "DEV_PORT": str(port), "DEV_BUILD": os.environ["TELLTALE_BUILD"]}
    with open(f"{home}.log", "w+") as log:
        dev = subprocess.Popen(["tests/dev"], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        said = lambda: pathlib.Path(log.name).read_text()
        try:
            wait_until(lambda: "watching" in said() or dev.poll() is not None, "tests/dev to watch", 240)
            probe.write_text("new")
            wait_until(lambda: fetch(port, f"/static/{probe.name}") == "new", "the change to arrive")
            wait_until(lambda: said().count("Telltale is at") == 2, "the restart to end")
            assert fetch(port, "/readyz") == '{"ok":true}'
        finally:
            probe.unlink(missing_ok=True)
            dev.terminate()
            dev.wait(120)
            shutil.rmtree(home, ignore_errors=True)
    assert "is down" in said() and fetch(port, "/readyz") is None
    os.unlink(log.name)
