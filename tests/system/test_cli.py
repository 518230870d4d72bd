"""The command line."""
import json, os, subprocess

from product import BUILD, HOME, SETTINGS, cli


def test_help_and_wrong_words():
    page = cli("--help").stdout
    for name in ("user create", "token create", "db migrate", "sync", "doctor", "config check"):
        assert name in page
        assert "usage: telltale " + name in cli(*name.split(), "--help").stdout
    assert "\n" + " " * 21 + "and all reports" in cli("sync", "--help").stdout, "a second line stands below the first"
    for words, what in ((("sync", "--ful"), "no option --ful;"), (("user", "create"), "NAME is missing"), (("user", "list", "all"), "no word 'all'"),
                        (("token", "create", "--scope", "read"), "name is missing"), (("token", "create", "--name", "x", "--scope", "all"), "read, write"),
                        (("token", "create", "--name"), "needs a value"), (("sync", "--into", "x"), "without --replay"),
                        (("token", "revoke", "0" * 24), "no token")):
        run = cli(*words, check=False)
        assert run.returncode == 1 and what in run.stderr and not run.stdout, (words, run.stderr)


def test_a_group_of_commands_tells_what_it_holds():
    page = cli("user", "--help").stdout
    assert "user create" in page and "user list" in page and "token" not in page
    for words in (("user",), ("user", "fly"), ("fly",), ("fly", "--help")):
        run = cli(*words, check=False)
        assert run.returncode == 2 and "no command" in run.stderr and not run.stdout
        assert ("token create" in run.stderr) == (words[0] == "fly")


def test_the_other_programs_take_no_words():
    for name in ("telltale-web", "telltale-sync", "telltale-report"):
        for words, status in (["--help"], 0), (["--fast"], 2), (["now"], 2):
            run = subprocess.run([f"{BUILD}/{name}", *words], capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)
            assert run.returncode == status and (f"usage: {name}" in run.stdout if status == 0 else words[0] in run.stderr), run


def test_the_keeper_takes_a_home():
    run = lambda *words: subprocess.run([f"{BUILD}/telltale-keeper", *words], capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)
    assert run("--help").returncode == 0 and "usage: telltale-keeper HOME" in run("--help").stdout
    for words in [], ["--fast"], ["relative/home"], [HOME, "--fast"], [HOME, "--clear", "more"]:
        assert run(*words).returncode == 2 and "see telltale-keeper --help" in run(*words).stderr, words
    for words in [HOME], [HOME, "--clear"]:
        assert run(*words).returncode == 1 and "another keeper is at work" in run(*words).stderr, words
    assert run("/nothing/there").returncode == 1


def test_json_output():
    assert {row["username"] for row in json.loads(cli("user", "list", "--json").stdout)} == {"admin", "partner-desk"}
    assert "password_hash" not in cli("user", "list", "--json").stdout
    assert json.loads(cli("db", "status", "--json").stdout) == {"current": True}
    assert json.loads(cli("sync", "--full", "--json").stdout)["state"] == "complete"
    assert json.loads(cli("sync", "--no-wait", "--json").stdout)["id"]
    cli("sync")


def test_the_seeds_script_names():
    run = subprocess.run([f"{BUILD}/manual_sync", "--json"], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    assert run.returncode == 0 and json.loads(run.stdout)["state"] == "complete", run.stderr
    run = subprocess.run([f"{BUILD}/create_user", "third", "--generate"], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert run.returncode == 1 and "MAX_USERS" in run.stderr
    assert "0 migrations" in cli("init_db").stdout and "0 migrations" in cli("migrate").stdout


def test_doctor_says_what_is_wrong():
    found = {row["check"]: row for row in json.loads(cli("doctor", "--json", check=False).stdout)}
    for check in ("secret", "suppression key", "link keys", "credentials key", "settings file", "disk", "database", "schema", "processes", "sync", "provider"):
        assert not found[check]["advice"], found[check]
    assert "one-time" in found["users"]["result"]
    run = cli("doctor", check=False, env={"EMAILOCTOPUS_API_KEY": "wrong", "SECRET_KEY": "short"})
    assert run.returncode == 1 and "32 random" in run.stdout and "API v2" in run.stdout
    os.chmod(f"{HOME}/settings.env", 0o644)
    run = cli("config", "check", check=False)
    os.chmod(f"{HOME}/settings.env", 0o600)
    assert "chmod 600" in run.stdout and SETTINGS["SECRET_KEY"] not in run.stdout


def test_the_sender_is_an_address_alone():
    """old: each mail was refused for good, one after the other, as "an address that cannot be sent"."""
    for sender in ("Desk <desk@console.example>", "desk", "@console.example", "desk@", "a@b.example, c@d.example", "a@b@c.example", ""):
        run = cli("doctor", check=False, env={"SMTP_HOST": "127.0.0.1", "SMTP_FROM": sender})
        assert run.returncode == 1 and "SMTP_FROM" in run.stderr, (sender, run.stdout + run.stderr)
    assert "SMTP_FROM" not in cli("doctor", check=False, env={"SMTP_HOST": "127.0.0.1", "SMTP_FROM": "büro@müller.example"}).stderr


def test_a_disabled_user_is_out_at_once():
    from product import Browser, first_user
    name, password = first_user()
    browser = Browser()
    assert browser.sign_in(name, password)[2].endswith("/dashboard")
    cli("user", "disable", name)
    try:
        assert "/login" in browser.open("/dashboard")[2]
        assert "Invalid username or password" in Browser().sign_in(name, password)[1]
    finally:
        cli("user", "enable", name)
    assert Browser().sign_in(name, password)[2].endswith("/dashboard")
