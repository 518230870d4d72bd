"""A mailbox to which bounces come, read by IMAP: a real server (dovecot), run by the tests' own user, and one that lies: C-088."""
import contextlib, grp, json, os, pathlib, pwd, shutil, socket, subprocess, tempfile, threading, time

import pytest
from ports import free_port
from product import HOME, SETTINGS, call, cli, start_service, stop_service, wait_until
from test_connections import certificates
from test_inbound import ARF, VACATION, dsn, reason, sent

assert certificates and sent  # fixtures
PASSWORD = "correct-horse-of-the-mailbox"
CONFIGURATION = """
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
ssl = yes
ssl_cert = <{certificates}/good.pem
ssl_key = <{folder}/good.key
disable_plaintext_auth = yes
passdb {{
  driver = passwd-file
  args = scheme=plain {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
mail_location = maildir:{folder}/mail
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


class Dovecot:
    def __init__(self, certificates):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="imap."))
        who = pwd.getpwuid(os.stat(f"{HOME}/run").st_uid)
        self.plain, self.tls, self.count, self.who = free_port(), free_port(), 0, who
        for name in ("run", "state", "mail/new", "mail/cur", "mail/tmp"):
            (self.folder / name).mkdir(parents=True)
        shutil.copy(certificates / "good.key", self.folder)
        (self.folder / "users").write_text(f"bounces:{PASSWORD}\n")
        (self.folder / "conf").write_text(CONFIGURATION.format(folder=self.folder, user=who.pw_name, group=grp.getgrgid(who.pw_gid).gr_name, certificates=certificates, uid=who.pw_uid, gid=who.pw_gid, plain=self.plain, tls=self.tls))
        self.own(self.folder)
        words = ["setpriv", f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups"] if os.getuid() == 0 else []
        self.program = subprocess.Popen([*words, "dovecot", "-F", "-c", str(self.folder / "conf")])
        wait_until(self.answers, "dovecot", 20)

    def own(self, path):
        for one in (path, *path.rglob("*")):
            os.chown(one, self.who.pw_uid, self.who.pw_gid)

    def answers(self):
        assert self.program.poll() is None, (self.folder / "log").read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.tls)):
            return True

    def deliver(self, to, text):
        self.count += 1
        path = self.folder / "mail" / "tmp" / f"{time.time():.6f}.{self.count}.host"
        path.write_bytes((f"Return-Path: <>\nDelivered-To: {to}\n" + text).encode())
        self.own(path)
        path.rename(self.folder / "mail" / "new" / path.name)

    def flags(self):
        """Of each mail that is there."""
        return sorted(path.name.partition(":2,")[2] for folder in ("new", "cur") for path in (self.folder / "mail" / folder).iterdir())

    def forget_numbers(self):
        """As when a mailbox was restored: its numbers mean other mails from now on."""
        for path in (self.folder / "mail").glob("dovecot*"):
            path.unlink()

    def end(self):
        self.program.terminate()
        self.program.wait(20)
        shutil.rmtree(self.folder)


@pytest.fixture(scope="module")
def server(certificates):
    one = Dovecot(certificates)
    yield one
    one.end()


@contextlib.contextmanager
def reading(db, **settings):
    """telltale-audience looks every second."""
    old = dict(SETTINGS)
    stop_service("audience")
    db.inbound_mailboxes.delete_many({})
    SETTINGS.update({"INBOUND_IMAP_INTERVAL": "1", "INBOUND_IMAP_USER": "bounces", "INBOUND_IMAP_PASSWORD": PASSWORD, "INBOUND_IMAP_FOLDER": "INBOX", "SMTP_CA_FILE": "", **settings})
    try:
        start_service("audience")
        yield
    finally:
        stop_service("audience")
        SETTINGS.clear()
        SETTINGS.update(old)
        start_service("audience")


def state(db):
    return db.inbound_mailboxes.find_one({}) or {}


def looked(db):
    """Twice from now on, as the first may have begun before."""
    for _ in range(2):
        before = state(db).get("looked_at")
        wait_until(lambda: state(db).get("looked_at") != before, f"a look: {state(db)}", 60)
    return state(db)


def said(**settings):
    rows = json.loads(cli("doctor", "--json", check=False, env={**SETTINGS, **settings}).stdout)
    return {row["check"]: row for row in rows}["mailbox of bounces"]


def secure(server, certificates):
    return {"INBOUND_IMAP_URL": f"imaps://127.0.0.1:{server.tls}", "SMTP_CA_FILE": str(certificates / "ca.pem")}


def test_what_comes_to_a_mailbox_is_taken_in_once(db, sent, server, certificates):
    """A bounce, a complaint, and what says nothing; nothing is deleted, and neither a lost note of what was read nor other numbers count anything twice."""
    server.deliver(sent.back[0], dsn(sent.addresses[0], "5.1.1", "550 5.1.1 no such user here"))
    server.deliver(sent.back[1], ARF)
    server.deliver(sent.back[2], VACATION)
    server.deliver("someone@acme.example", "Subject: x\n\n" + "y" * 3_000_000)
    with reading(db, **secure(server, certificates)):
        wait_until(lambda: state(db).get("taken") == 4, f"the mails: {state(db)}", 60)
        assert reason(db, sent.addresses[0]) == "bounced" and reason(db, sent.addresses[1]) == "complained" and reason(db, sent.addresses[2]) is None
        assert server.flags() == ["S"] * 4 and db.inbound_mails.count_documents({}) == 4 and db.message_returns.count_documents({}) == 2
        assert db.inbound_mails.find_one({"kind": "other"})["size"] <= 1024 * 1024
        assert "problem" not in looked(db)
        told = said()
        assert "4 emails" in told["result"] and told["advice"] is None, told
        db.inbound_mailboxes.update_one({}, {"$set": {"uid": 1}})  # killed before it was noted
        looked(db)
        wait_until(lambda: state(db)["uid"] > 1, "the same mails once more")
        server.forget_numbers()
        before = state(db)["validity"]
        wait_until(lambda: state(db)["validity"] != before and state(db)["uid"] > 0, "the other numbers", 60)
        looked(db)
        assert state(db)["taken"] == 4 and db.inbound_mails.count_documents({}) == 4 and db.message_returns.count_documents({}) == 2
        server.deliver(sent.back[3], dsn(sent.addresses[3], "5.1.1", "550 5.1.1 gone"))
        wait_until(lambda: reason(db, sent.addresses[3]) == "bounced", "the newest")


def test_starttls_is_enough(db, sent, server, certificates):
    with reading(db, INBOUND_IMAP_URL=f"imap://localhost:{server.plain}", SMTP_CA_FILE=str(certificates / "ca.pem")):
        assert "problem" not in looked(db)


@pytest.mark.parametrize("settings,words", [({"INBOUND_IMAP_PASSWORD": "wrong-password-x"}, "does not accept"), ({"SMTP_CA_FILE": ""}, "not trusted"), ({"INBOUND_IMAP_FOLDER": "Nowhere"}, "cannot be opened"),
                                            ({"INBOUND_IMAP_PASSWORD": ""}, "must be set"), ({"INBOUND_IMAP_URL": "imaps://127.0.0.1:1"}, "cannot be connected to")])
def test_what_is_wrong_is_said(db, sent, server, certificates, settings, words):
    with reading(db, **{**secure(server, certificates), **settings}):
        wait_until(lambda: words in state(db).get("problem", ""), f"{words}: {state(db)}", 60)
        told = said()
        assert words in told["result"] and told["advice"], told
    logs = "".join(path.read_text(errors="replace") for path in pathlib.Path(f"{HOME}/log").glob("audience.log*"))
    assert words in logs and PASSWORD not in logs and "wrong-password-x" not in logs


def test_an_address_with_a_password_is_refused():
    run = cli("config", "check", check=False, env={"INBOUND_IMAP_URL": "imaps://bounces:hidden-word@imap.example.org"})
    assert run.returncode and "INBOUND_IMAP_URL" in run.stderr and "hidden-word" not in run.stdout + run.stderr


class Liar:
    """An IMAP server on this machine, without TLS. `how`: what is wrong with it."""

    def __init__(self, how):
        self.how, self.socket, self.fetches = how, socket.create_server(("127.0.0.1", 0)), 0
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self.talk, args=(self.socket.accept()[0],), daemon=True).start()

    def talk(self, link):
        with contextlib.suppress(OSError), link, link.makefile("rwb") as wire:
            def say(text):
                wire.write(text.encode() + b"\r\n")
                wire.flush()
            if self.how == "silent":
                time.sleep(60)
            say("* OK ready" if self.how != "garbage" else "\0\xff" * 300)
            for line in wire:
                tag, _, rest = line.decode().strip().partition(" ")
                words = rest.upper()
                if words.startswith("CAPABILITY"):
                    say("* CAPABILITY IMAP4rev1")
                elif words.startswith("SELECT"):
                    say("* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok")
                elif words.startswith("UID SEARCH"):
                    say({"unordered": "* SEARCH 9 3", "words": "* SEARCH one two"}.get(self.how, "* SEARCH 5"))
                elif words.startswith("UID FETCH"):
                    self.fetches += 1
                    if self.how == "refuses":
                        say(f"{tag} NO not now")
                        continue
                    if self.how == "gone":
                        say(f"{tag} OK done")
                        continue
                    say("* 1 FETCH (UID 5 BODY[]<0> {4000000000}")
                    while True:
                        wire.write(b"x" * 65536)
                say(f"{tag} OK done")

    def end(self):
        self.socket.close()


@pytest.mark.parametrize("how,words", [("silent", "does not answer in time"), ("garbage", "does not answer in time"), ("unordered", "makes no sense"), ("words", "makes no sense"),
                                       ("refuses", "does not give an email"), ("huge", "more than it was asked for")])
def test_a_server_that_lies_is_seen_through(db, sent, how, words):
    liar = Liar(how)
    try:
        with reading(db, INBOUND_IMAP_URL=f"imap://127.0.0.1:{liar.port}"):
            wait_until(lambda: words in state(db).get("problem", ""), f"{words}: {state(db)}", 60)
            if how in ("refuses", "huge"):
                wait_until(lambda: state(db)["uid"] == 5 and "problem" not in state(db), "the mail to be passed over", 60)
                assert liar.fetches == 5
    finally:
        liar.end()


def test_a_mail_that_is_gone_meanwhile_is_no_problem(db, sent):
    liar = Liar("gone")
    try:
        with reading(db, INBOUND_IMAP_URL=f"imap://127.0.0.1:{liar.port}"):
            wait_until(lambda: state(db).get("uid") == 5, f"the mail to be passed over: {state(db)}", 60)
            assert "problem" not in state(db) and liar.fetches == 1
    finally:
        liar.end()


def test_its_state_is_on_a_page(db, sent, token, server, certificates):
    try:
        with reading(db, **secure(server, certificates)):
            looked(db)
            stop_service("web")
            start_service("web")
            wait_until(lambda: "so far" in call("/bounces", token)[1], "the mailbox to be on the page", 60)
    finally:
        stop_service("web")
        start_service("web")
        wait_until(lambda: "Looked into every few minutes" in call("/bounces", token)[1], "no mailbox", 60)
