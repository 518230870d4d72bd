"""What deploy/up starts is started again when it dies, gets only its own variables, and root writes nothing where the service user
could lead it astray. In a home of its own."""
import json, os, pathlib, re, shutil, signal, subprocess, time, urllib.request

import pytest
from ports import free_port
from product import ROOT, service_pid, service_row, wait_until

HOME = f"/tmp/tt-keeper-{os.getpid()}"
SERVICES = ["postgres", "ferretdb", "demo", "web", "sync", "report", "audience", "sender", "live", "nginx"]
SECRETS = {"EMAILOCTOPUS_API_KEY": "eo_" + "d" * 64, "SECRET_KEY": "k" * 40, "SMTP_PASSWORD": "hush-hush-hush"}
ROOT_ONLY = pytest.mark.skipif(os.getuid() != 0, reason="there is no other user")


PORT = str(free_port())
ENV = {**os.environ, "TELLTALE_HOME": HOME, "PORT": PORT, "SMTP_HOST": "127.0.0.1", "SMTP_FROM": "a@b.example", **SECRETS, "EMAILOCTOPUS_API_KEY": ""}
ENV.pop("MONGODB_URI", None)


def script(name, *words, timeout=240):
    return subprocess.run([f"deploy/{name}", *words], cwd=ROOT, env=ENV, capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)


def up():
    run = script("up", "--detach")
    assert run.returncode == 0, run.stderr
    return run


def ready():
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=10).status == 200
    except OSError:
        return False


def doctor():
    run = subprocess.run([f"{HOME}/app/telltale", "doctor", "--json"], env=ENV, capture_output=True, text=True, timeout=60)
    return next(row for row in json.loads(run.stdout) if row["check"] == "processes")


def read(path):
    try:
        return pathlib.Path(path).read_bytes().decode(errors="replace")
    except OSError:
        return ""


def processes():
    """Of this home, by their command, environment or folder."""
    mine = [p.name for p in pathlib.Path("/proc").glob("[0-9]*") if int(p.name) != os.getpid()]
    def folder(pid, link):
        try:
            return os.readlink(f"/proc/{pid}/{link}")
        except OSError:
            return ""

    return {int(pid) for pid in mine if HOME in read(f"/proc/{pid}/cmdline") + read(f"/proc/{pid}/environ") + folder(pid, "root") + folder(pid, "cwd")}


def session_of(pid):
    """0 of one that has ended meanwhile."""
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return 0


@pytest.fixture(scope="module")
def home():
    """Brought up by a command whose pipe ends, and so does one that is only inherited: nothing holds a descriptor of the caller."""
    process = subprocess.Popen(["bash", "-c", "exec 9>&1; exec deploy/up --detach"], cwd=ROOT, env=ENV, text=True, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        said = process.communicate(timeout=240)[0]
        assert process.returncode == 0 and "Sign in with" in said, said
        assert subprocess.run([f"{HOME}/app/telltale", "db", "status"], env=ENV, stdin=subprocess.DEVNULL).returncode == 0
        yield HOME
    finally:
        script("down")
        shutil.rmtree(HOME, ignore_errors=True)


def test_each_process_gets_only_its_own_variables(home):
    may = {"EMAILOCTOPUS_API_KEY": "sync", "SECRET_KEY": "web", "SMTP_PASSWORD": "report sender"}
    own = {name: service_pid(name, home) for name in SERVICES}
    for variable, names in may.items():
        names = names.split()
        assert all(f"{variable}={SECRETS[variable]}\0" in read(f"/proc/{own[name]}/environ") for name in names), variable
        for pid in processes():
            assert session_of(pid) in [own[name] for name in names] or SECRETS[variable] not in read(f"/proc/{pid}/environ"), (variable, read(f"/proc/{pid}/cmdline"))
    assert read(f"/proc/{own['postgres']}/environ").count("=") < 15 and "MONGODB" not in read(f"/proc/{own['nginx']}/environ")


def test_what_dies_is_started_again(home):
    for name in SERVICES:
        before = service_row(name, home)
        os.kill(before["pid"], signal.SIGKILL)
        wait_until(lambda: service_row(name, home)["state"] == "up" and service_pid(name, home) not in (0, before["pid"]), f"{name} to be started again", 30)
        after = service_row(name, home)
        again = after["restarts"] - before["restarts"]
        given_up = again == 2 and name == "ferretdb"  # once more, if postgres is not ready yet
        assert given_up or (again == 1 and after["end"] == 1000 + signal.SIGKILL), (before, after)
    wait_until(ready, "the first answer", 30)
    told = doctor()
    assert f"{len(SERVICES)} of {len(SERVICES)} running" in told["result"] and "nginx restarted 1 time, killed by signal 9" in told["result"] and not told["advice"]


def test_a_server_that_lost_its_socket_is_started_again(home):
    """old: all stayed up and nobody could reach them; deploy/up waited for a socket and said that the database does not start."""
    for name, path in (("ferretdb", "run/mongo.sock"), ("web", "run/web.sock"), ("postgres", "database/srv/run/.s.PGSQL.5432")):
        before = service_row(name, home)
        os.unlink(f"{home}/{path}")
        wait_until(lambda: service_row(name, home)["restarts"] == before["restarts"] + 1 and os.path.exists(f"{home}/{path}"), f"{name} to listen again", 40)
        assert service_row(name, home)["end"] == 999, service_row(name, home)
    wait_until(ready, "the first answer", 40)
    assert re.search(r"web restarted \d+ times?, lost its socket", doctor()["result"]), doctor()
    assert re.search(r"^web .* lost its socket$", script("service").stdout, re.M)
    os.unlink(f"{home}/run/mongo.sock")
    up()
    assert ready()


def test_one_that_was_stopped_stays_away_and_is_told(home):
    assert script("service", "sync", "stop").returncode == 0
    assert service_row("sync", home) == {**service_row("sync", home), "state": "down", "pid": 0}
    assert doctor()["advice"] == "deploy/service sync start"
    assert script("service", "sync", "start").returncode == 0 and service_row("sync", home)["state"] == "up"
    assert "web        up" in script("service").stdout
    for words in (("sync", "fly"), ("nothing", "stop"), ("sync", "reload")):
        assert script("service", *words).returncode == 2


def test_a_killed_keeper_is_told_and_up_takes_over(home):
    """Nor is nginx's port lost to workers whose master died meanwhile."""
    old = {name: service_pid(name, home) for name in SERVICES}
    os.kill(int(read(f"{home}/keeper/pid")), signal.SIGKILL)
    os.kill(old["nginx"], signal.SIGKILL)
    wait_until(lambda: doctor()["advice"] == "run deploy/up", "doctor to notice", 10)
    assert "telltale-keeper is not running" in doctor()["result"] and ready()
    run = script("service", "sync", "stop")
    assert run.returncode == 1 and "no keeper is at work" in run.stderr
    up()
    assert ready() and not processes() & set(old.values())
    assert len([pid for pid in processes() if "telltale-keeper" in read(f"/proc/{pid}/cmdline")]) == 1
    again = service_pid("postgres", home), service_pid("web", home)
    up()
    assert ready() and service_pid("postgres", home) == again[0] and service_pid("web", home) != again[1]


def test_two_at_once_take_turns(home):
    """old: one of them failed, as they built and copied over each other."""
    both = [subprocess.Popen(["deploy/up"], cwd=ROOT, env=ENV, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(2)]
    said = [process.communicate(timeout=240)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert "another deploy/up is at work" in "".join(said) and ready() and not os.path.exists(f"{home}/app/app.new")


def test_down_ends_everything_even_without_its_keeper(home):
    os.kill(int(read(f"{home}/keeper/pid")), signal.SIGKILL)
    assert script("down").returncode == 0
    assert processes() == set()
    up()
    assert script("down").returncode == 0 and script("down").returncode == 0
    assert processes() == set()


def as_service(*words):
    return subprocess.run(["setpriv", "--reuid=telltale", "--regid=telltale", "--clear-groups", *words], capture_output=True, text=True, timeout=20)


@pytest.fixture
def target(tmp_path):
    """A file of root's that nobody else may touch, and that must stay as it is."""
    path = tmp_path / "target"
    path.write_text("root's own\n")
    path.chmod(0o600)
    os.utime(path, (1e9, 1e9))
    look = lambda: (path.read_text(), path.stat().st_mtime, path.stat().st_mode, path.stat().st_uid)
    before = look()
    yield path
    assert look() == before


@ROOT_ONLY
def test_root_does_not_follow_links_of_the_service_user(home, target):
    script("down")
    planted = ["run/web.pid", "run/nginx.conf", "run/mongo.sock", "run/web.sock", "log/nginx.log", "log/live.log", "log/demo.log", "log/web.log", "log/keeper.log",
               "database/srv/data/postgresql.conf", "database/srv/data/pg_hba.conf", "database/srv/data/postmaster.pid", "database/srv/run/postgres.log"]
    for name in planted:
        assert as_service("ln", "-sfn", target, f"{home}/{name}").returncode == 0, name
    for name in ("settings.env", "secret", "synced", "nothing", "keeper/state", "app/telltale-web", "database/nothing", "database/srv/nothing"):
        assert as_service("ln", "-sfn", target, f"{home}/{name}").returncode != 0, "the service user may put nothing there: " + name
    up()
    assert ready()
    writable = [f"{home}/{folder}" for folder in ("run", "log", "ferretdb", "database/srv/data", "database/srv/run")]
    assert subprocess.run(["find", *writable, "-user", "0"], capture_output=True, text=True).stdout == "", "root has written where the service user could"
    script("down")


@ROOT_ONLY
def test_root_kills_nobody_whom_the_service_user_names(home):
    with subprocess.Popen(["bash", "-c", f"exec -a {home}/app/telltale-sync sleep 60"]) as innocent:
        for name in ("sync", "web", "nginx", "ferretdb", "demo"):
            as_service("sh", "-c", f"rm -f {home}/run/{name}.pid; echo {innocent.pid} >{home}/run/{name}.pid")
        as_service("sh", "-c", f"rm -f {home}/database/srv/data/postmaster.pid; echo {innocent.pid} >{home}/database/srv/data/postmaster.pid")
        script("down")
        assert innocent.poll() is None
        innocent.kill()


@ROOT_ONLY
def test_a_home_that_was_the_service_users_is_taken_over_or_refused(target, tmp_path):
    """An older version gave it the whole home."""
    for name, refused in (("secret", True), ("synced", True), ("app", True), ("run", True), ("keeper", True), ("settings.env", False)):
        old = f"/tmp/tt-old-{os.getpid()}"
        os.mkdir(old)
        shutil.chown(old, "telltale", "telltale")
        try:
            assert as_service("ln", "-s", target, f"{old}/{name}").returncode == 0
            words = f". deploy/lib/common.sh; . deploy/lib/keeper.sh; . deploy/lib/database.sh; . deploy/lib/services.sh; locate_home; prepare_home"
            run = subprocess.run(["bash", "-c", words], cwd=ROOT, env={**ENV, "TELLTALE_HOME": old}, capture_output=True, text=True, timeout=60)
            assert (run.returncode != 0 and f"{old}/{name} belongs to another user" in run.stderr) if refused else run.returncode == 0, (name, run.stderr)
            assert os.stat(old).st_uid == 0
        finally:
            shutil.rmtree(old)


@ROOT_ONLY
def test_a_home_that_the_service_user_could_swap_is_refused(tmp_path):
    """old: it could put a link in its place while root writes there."""
    base = pathlib.Path(f"/tmp/tt-above-{os.getpid()}")
    (base / "theirs" / "inner").mkdir(parents=True)
    (base / "ours").mkdir()
    shutil.chown(base / "theirs", "telltale", "telltale")
    (base / "open").mkdir()
    (base / "open").chmod(0o777)
    (base / "group").mkdir()
    (base / "group").chmod(0o775)
    shutil.chown(base / "group", "root", "telltale")
    (base / "link").symlink_to(base / "theirs" / "inner")
    (base / "fine").symlink_to(base / "ours")
    assert as_service("ln", "-s", base / "ours", base / "theirs" / "link").returncode == 0
    refused = {"theirs/home": f"{base}/theirs belongs to telltale", "theirs/inner/home": f"{base}/theirs belongs to telltale", "open/home": f"everybody may write to {base}/open",
               "group/home": f"a group may write to {base}/group", "link/home": f"{base}/theirs belongs to telltale", "ours/../theirs/home": f"{base}/theirs belongs to telltale"}
    try:
        for home, why in refused.items():
            for setting in ("TELLTALE_HOME", "TELLTALE_CACHE"):
                run = subprocess.run(["deploy/up"], cwd=ROOT, env={**ENV, "PORT": str(free_port()), setting: f"{base}/{home}"}, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
                assert run.returncode != 0 and f"{setting} is not safe here: {why}," in run.stderr, (home, run.stderr)
        words = ". deploy/lib/common.sh; untrusted_folder"
        for home in ("ours/home", "fine/home", "new/home/x", "ours/"):
            run = subprocess.run(["bash", "-c", f"{words} {base}/{home}"], cwd=ROOT, env=ENV, capture_output=True, text=True, timeout=60)
            assert (run.returncode, run.stdout, run.stderr) == (0, "", ""), (home, run)
        assert not list(base.rglob("home"))
    finally:
        shutil.rmtree(base)


@ROOT_ONLY
def test_root_executes_nothing_in_a_home_that_was_refused(tmp_path):
    """deploy/up takes such a home over before it looks into it; old: deploy/down then ran its app/telltale-keeper as root."""
    old, proof = f"/tmp/tt-old-{os.getpid()}", tmp_path / "executed"
    os.mkdir(old)
    shutil.chown(old, "telltale", "telltale")
    try:
        plant = f'mkdir {old}/app {old}/keeper; printf "#!/bin/sh\\n: >{proof}\\n" >{old}/app/telltale-keeper; chmod 755 {old}/app/telltale-keeper; touch {old}/keeper/state'
        assert as_service("sh", "-c", plant).returncode == 0
        env = {**ENV, "TELLTALE_HOME": old, "PORT": str(free_port())}
        for name in ("down", "up", "down", "service", "up", "down"):
            run = subprocess.run([f"deploy/{name}"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
            assert name != "up" or "belongs to another user" in run.stderr
        assert not proof.exists()
    finally:
        shutil.rmtree(old)


@ROOT_ONLY
def test_pipes_where_files_belong_hold_up_nothing(home):
    """old: deploy/down and the services waited for somebody to open their other end."""
    script("down")
    planted = ["run/web.pid", "run/nginx.pid", "run/sync.pid", "log/web.log", "log/nginx.log", "log/report.log", "database/srv/data/postmaster.pid"]
    for name in planted:
        assert as_service("sh", "-c", f"rm -f {home}/{name}; mkfifo {home}/{name}").returncode == 0, name
    assert script("down", timeout=120).returncode == 0
    up()
    assert ready()
    script("down")


@ROOT_ONLY
def test_on_a_full_disk_the_state_before_stays(tmp_path):
    """old: an empty file took its place, and neither doctor nor deploy/service knew a process any more."""
    folder = tmp_path / "keeper"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=True)
    try:
        (folder / "services").write_text("sleeper 1 15 5\n\tsleep\n\t60\n")
        with subprocess.Popen([f"{os.environ['TELLTALE_BUILD']}/telltale-keeper", tmp_path], stderr=subprocess.DEVNULL) as keeper:
            wait_until(lambda: "sleeper up" in read(folder / "state"), "the keeper", 10)
            said, end = set(), time.monotonic() + 2.5
            while time.monotonic() < end:
                subprocess.run(["sh", "-c", f"head -c 99999 /dev/zero >>{folder}/filler"], stderr=subprocess.DEVNULL)
                said.add("sleeper up" in read(folder / "state"))
            keeper.terminate()
        assert said == {True}
    finally:
        subprocess.run(["umount", folder], check=True)


@ROOT_ONLY
@pytest.mark.parametrize("full", ["bytes", "files"])
def test_on_a_full_disk_what_dies_is_started_again(home, full):
    """old: it ended at once, because its process id could not be written, again and again; doctor spoke of gigabytes free."""
    script("down")
    for name in ("run", "log"):
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k,nr_inodes=100", "tmpfs", f"{home}/{name}"], check=True)
    try:
        up()
        os.unlink(f"{home}/run/web.pid")
        for name in ("run", "log"):
            fill = "head -c 9999999 /dev/zero >filler" if full == "bytes" else "mkdir fillers; for n in $(seq 200); do : >fillers/$n || break; done"
            subprocess.run(["setpriv", f"--reuid={os.stat(f'{home}/run').st_uid}", "--clear-groups", "sh", "-c", f"cd {home}/{name}; {fill}"], stderr=subprocess.DEVNULL)
        os.unlink(f"{home}/log/web.log")  # the space of neither file is left to it
        subprocess.run(f"head -c 99999 /dev/zero >>{home}/log/filler; for n in 1 2 3; do : >>{home}/log/more$n; done", shell=True, stderr=subprocess.DEVNULL)
        for name in ("web", "sync"):
            before = service_row(name, home)
            os.kill(before["pid"], signal.SIGKILL)
            wait_until(lambda: service_row(name, home)["state"] == "up" and service_pid(name, home) not in (0, before["pid"]), f"{name} to be started again", 30)
        wait_until(ready, "the first answer", 30)
        time.sleep(2)
        assert service_row("web", home)["restarts"] == 1 and service_row("sync", home)["restarts"] == 1
        told = json.loads(subprocess.run([f"{home}/app/telltale", "doctor", "--json"], env=ENV, capture_output=True, text=True, timeout=60).stdout)
        disk = next(row for row in told if row["check"] == "disk")
        assert re.fullmatch(f"0 MB free in {home}/(run|log)", disk["result"]) and disk["advice"], disk
    finally:
        script("down")
        for name in ("run", "log"):
            subprocess.run(["umount", f"{home}/{name}"], check=True)
        up()


@pytest.mark.parametrize("damage", ["", "owner", "row", "other", "-{pid}", "1", "{pid} 1 then some", "0"])
def test_a_state_that_is_wrong_harms_nobody(tmp_path, damage):
    """old: a keeper that is executed anew took any process for its own, so a service stayed "up" for ever without one, and what was
    signalled was somebody else's."""
    folder = tmp_path / "keeper"
    folder.mkdir()
    (folder / "services").write_text("sleeper 1 15 5\n\tsleep\n\t61.7\nnapper 2 15 5\n\tsleep\n\t61.8\n")
    sleepers = lambda: [pid for pid in os.listdir("/proc") if pid.isdigit() and re.fullmatch("sleep\0" + "61.[78]\0", read(f"/proc/{pid}/cmdline")) and read(f"/proc/{pid}/stat").split()[3] == str(keeper.pid)]
    with subprocess.Popen(["sleep", "60"]) as other, subprocess.Popen([f"{os.environ['TELLTALE_BUILD']}/telltale-keeper", tmp_path], stderr=subprocess.DEVNULL) as keeper:
        try:
            wait_until(lambda: read(folder / "state").count(" up ") == 2, "both", 10)
            owner, *rows = read(folder / "state").splitlines()
            told = {"": "", "owner": "somebody else\n" + "\n".join(rows), "row": owner + "\nsleeper up"}.get(damage)
            if told is None:
                pid = other.pid if damage == "other" else damage.format(pid=other.pid)
                told = owner + f"\nsleeper up {pid} 12345 1700000000 0 0 -1\n"
            (folder / "state").write_text(told)
            keeper.send_signal(signal.SIGHUP)
            pids = lambda: [str(row["pid"]) for row in map(lambda name: service_row(name, tmp_path), ("sleeper", "napper")) if row]
            wait_until(lambda: read(folder / "state") != told and len(sleepers()) == 2 and set(pids()) == set(sleepers()), "both again", 10)
            keeper.terminate()
            assert keeper.wait(20) == 0 and other.poll() is None and not sleepers()
        finally:
            keeper.kill()
            other.kill()
