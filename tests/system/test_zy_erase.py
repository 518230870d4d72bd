"""Somebody is erased: everywhere, for good, also while the provider still lists them; counts stay. Late, since the account has fewer people here than at the provider from then on. X-51."""
import json, os, random, re, signal, subprocess

from product import SETTINGS, call, cli, database, everything, get, start_service, stop_service, wait_for_health
from test_permission import send
from test_saving import browser, fields  # noqa: F401 (browser is a fixture)


def holding(text):
    """The collections in which the text stands anywhere, also in packed answers and as JSON escapes it."""
    return database(f"""
import json, zlib
def texts(value):
    if isinstance(value, dict):
        for key, one in value.items(): yield from texts(key); yield from texts(one)
    elif isinstance(value, list):
        for one in value: yield from texts(one)
    elif isinstance(value, bytes):
        try: yield zlib.decompress(value, 47).decode('utf8', 'replace')
        except zlib.error: yield value.decode('latin1')
    else: yield str(value)
for name in db.list_collection_names():
    if any(form in text.lower() for row in db[name].find() for text in texts(row) for form in {{{text!r}.lower(), json.dumps({text!r}.lower())[1:-1]}}): print(name)
""").split()


def people_with_events(token):
    cli("sync")
    assert "contacts complete" in cli("sync", "--contacts", "--full").stdout
    rows = [row for row in everything("/api/contacts?engagement=clicked", token) if len(row["list_ids"]) == 1 and re.fullmatch(r"[\w.]+@[\w.]+", row["email"], re.ASCII)]
    return rows[random.randrange(10)::10]


def post(path, token, **row):
    return call(path, token, "POST", json.dumps(row).encode(), {"Content-Type": "application/json"})


def test_erased_while_the_provider_still_lists_them(token):
    somebody = people_with_events(token)[0]
    ident, address = somebody["id"], somebody["email"]
    call(f"/api/contacts/{ident}", token, "PUT", json.dumps({"first_name": "Erasmus", "phone": "+4930901899", "custom_fields": {"note": f"write to {address}"}}).encode(), {"Content-Type": "application/json"})
    post("/api/suppressions", token, address=address, evidence=f"{address} rang")
    everything_known = get(f"/api/contacts/{ident}/gdpr-export", token)
    assert everything_known["contact"]["email"] == address and everything_known["memberships"] and everything_known["events"]
    assert everything_known["suppressions"][0]["evidence"] == f"{address} rang" and everything_known["own"]["first_name"] == "Erasmus"
    assert "Erasmus" in call(f"/contacts/{ident}/export", token)[1] and address in call(f"/contacts/{ident}/export.json", token)[1]
    assert {"contacts", "list_contacts", "raw_answers", "suppressions"} <= set(holding(address))
    campaign = everything_known["events"][0]["campaign_id"]
    counted = get(f"/api/campaigns/{campaign}", token)["current_metrics"]
    assert call(f"/api/contacts/{ident}", token, "DELETE")[0] == 200
    assert holding(address) == [] and holding("Erasmus") == [] and holding("+4930901899") == []
    for words in (["sync"], ["sync", "--contacts", "--full"], ["sync", "--contacts"]):
        cli(*words)
        assert get(f"/api/contacts?q={address}", token) == [] and holding(address) == [], words
    assert get(f"/api/campaigns/{campaign}", token)["current_metrics"] == counted
    kept = get(f"/api/suppressions?q={address}", token)
    assert sorted(row["reason"] for row in kept) == ["erased", "manual"] and not any(row["value"] for row in kept), kept
    rows = json.loads(cli("sync", "--replay", "--json").stdout)
    assert holding(address) == [] and not [row for row in rows if not row["equal"]]
    back = json.loads(post("/api/contacts", token, email=address)[1])
    assert back["suppressed"] in ("manual", "erased")
    assert call(f"/api/contacts/{back['id']}", token, "DELETE")[0] == 200 and holding(address) == []


def test_killed_in_the_middle_it_is_erased_by_the_next_attempt(token):
    for somebody in people_with_events(token)[:int(os.environ.get("TEST_KILLS", "2"))]:
        request = subprocess.Popen(["/usr/bin/python3", "-c", f"""
import sys; sys.path.insert(0, {os.path.dirname(os.path.abspath(__file__))!r})
from product import call
try: call("/api/contacts/{somebody['id']}", {token!r}, "DELETE")
except OSError: pass
"""], stdin=subprocess.DEVNULL)
        subprocess.run(["sleep", str(random.uniform(0.05, 0.25))])
        stop_service("web", signal.SIGKILL)
        start_service("web")
        wait_for_health()
        request.wait(60)
        assert call(f"/api/contacts/{somebody['id']}", token, "DELETE")[0] in (200, 404)
        assert holding(somebody["email"]) == []


def test_another_key_is_noticed(token):
    assert holding("suppression key") == []
    somebody = people_with_events(token)[0]
    assert call(f"/api/contacts/{somebody['id']}", token, "DELETE")[0] == 200
    other = cli("doctor", env={**SETTINGS, "SUPPRESSION_KEY": "0" * 64}, check=False)
    assert re.search(r"suppression key.*not the one", other.stdout), other.stdout
    assert "SUPPRESSION_KEY" in cli("doctor", env={**SETTINGS, "SUPPRESSION_KEY": ""}, check=False).stdout
    fine = cli("config", "check", env=SETTINGS, check=False).stdout
    assert re.search(r"suppression key\s+ok", fine), fine


def test_two_that_are_one_stay_one_and_are_erased(token, browser):
    cli("sync")
    assert "contacts complete" in cli("sync", "--contacts", "--full").stdout
    a, b = [row for row in everything("/api/contacts?engagement=clicked", token) if len(row["list_ids"]) == 1][3:5]
    send(token, "/api/suppressions", address=b["email"], reason="unsubscribed", evidence="rang")
    send(token, f"/api/contacts/{b['id']}", "PUT", first_name="Bea", tags=["vip"])
    events = {ident: get(f"/api/contacts/{ident}/gdpr-export", token)["events"] for ident in (a["id"], b["id"])}
    page = browser.open(f"/contacts/{a['id']}/merge?with={b['email']}")[1]
    assert "Bea" in page and b["email"] in page and "cannot be undone" in page
    asked = fields(page, f"/contacts/{a['id']}/merge")
    status, page, _ = browser.open(f"/contacts/{a['id']}/merge", **{**asked, "take": "first_name"})
    assert status == 200 and "Bea" in page
    for words in ([], ["--full"]):
        one = get(f"/api/contacts/{b['id']}", token)
        assert one["id"] == a["id"] and one["email"] == a["email"], (a, b, one)
        assert one["first_name"] == "Bea" and "vip" in one["tags"], one
        assert set(one["list_ids"]) == {*a["list_ids"], *b["list_ids"]} and one["suppressed"] == "unsubscribed"
        assert len(get(f"/api/contacts/{a['id']}/gdpr-export", token)["events"]) == sum(map(len, events.values()))
        assert [row["id"] for row in get(f"/api/contacts?q={a['email']}", token)] == [a["id"]] and get(f"/api/contacts?q={b['email']}", token) == []
        assert "contacts complete" in cli("sync", "--contacts", *words).stdout
    assert send(token, "/api/contacts", email=b["email"])[0] == 409
    assert send(token, f"/api/contacts/{a['id']}/merge", **{"with": a["id"]})[0] == 400
    assert send(token, f"/api/contacts/{a['id']}/merge", **{"with": "nobody@perm.example"})[0] == 400
    assert not [row for row in json.loads(cli("sync", "--replay", "--json").stdout) if not row["equal"]]
    assert call(f"/api/contacts/{a['id']}", token, "DELETE")[0] == 200
    assert "contacts complete" in cli("sync", "--contacts", "--full").stdout
    assert get(f"/api/contacts?q={b['email']}", token) == [] and get(f"/api/contacts?q={a['email']}", token) == []
