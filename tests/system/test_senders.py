"""Sending domains: added by form and API, their records published at a name server of the test's, looked up, replaced, deleted."""
import base64, json, re

import dkim, pytest
from names import Names
from product import MAIL, SETTINGS, Browser, call, cli, database, first_user, get, start_service, stop_service, wait_until
from sending import Audience, clean_mail

CLEAN = "db.sending_domains.delete_many({}); db.jobs.delete_many({'kind': 'sending_domain'}); db.versions.update_one({}, {'$inc': {'version': 1, 'settings': 1}})"


@pytest.fixture(scope="module")
def names():
    """telltale-audience asks this server."""
    server, kept = Names(), SETTINGS.get("DNS_SERVERS", "")

    def restart(servers):
        SETTINGS["DNS_SERVERS"] = servers
        stop_service("audience")
        start_service("audience")
    restart(server.address)
    yield server
    restart(kept)


@pytest.fixture(autouse=True)
def nothing_left():
    yield
    database(CLEAN)


@pytest.fixture
def browser():
    one = Browser()
    one.sign_in(*first_user())
    return one


def post(path, token, **body):
    status, text, _ = call(path, token, "POST", json.dumps(body).encode(), {"Content-Type": "application/json"})
    return status, json.loads(text)


def added(token, **body):
    status, domain = post("/api/sending-domains", token, **{"domain": "acme.example", **body})
    assert status in (200, 201), domain
    return domain


def looked_up(token, domain):
    """Once nothing is being looked up any more."""
    found = []
    wait_until(lambda: not (found.append(get(f"/api/sending-domains/{domain['id']}", token)) or found[-1]["is_checking"]), "the look-up")
    return found[-1]


def publish(names, domain, purposes=("dkim", "spf", "dmarc")):
    for record in domain["records"]:
        if record["purpose"] in purposes and record["value"]:
            names.texts[record["name"]] = [record["value"]]


def test_from_adding_to_signing_to_new_keys(token, names):
    names.texts = {"acme.example": ["v=spf1 mx -all"]}
    domain = looked_up(token, added(token, ed25519=True))
    assert domain["status"] == "Not signing yet" and [key["state"] for key in domain["keys"]] == ["waiting"] * 2
    records = {(record["purpose"], record["state"]) for record in domain["records"]}
    assert records == {("dkim", "absent"), ("spf", "good"), ("dmarc", "absent")}
    rsa = domain["records"][0]
    assert "".join(rsa["pieces"]) == rsa["value"] and max(map(len, rsa["pieces"])) <= 255 < len(rsa["value"])
    publish(names, domain)
    status, asked = post(f"/api/sending-domains/{domain['id']}/check", token)
    assert status == 202 and asked["is_checking"]
    domain = looked_up(token, domain)
    assert domain["status"] == "Signing" and [key["state"] for key in domain["keys"]] == ["signing"] * 2, domain
    status, rotated = post(f"/api/sending-domains/{domain['id']}/rotate", token)
    assert status == 200 and [key["state"] for key in rotated["keys"]] == ["signing"] * 2 + ["waiting"] * 2
    assert post(f"/api/sending-domains/{domain['id']}/rotate", token)[0] == 409
    publish(names, rotated, ("dkim",))
    post(f"/api/sending-domains/{domain['id']}/check", token)
    domain = looked_up(token, domain)
    assert [key["state"] for key in domain["keys"]] == ["replaced"] * 2 + ["signing"] * 2
    names.texts[domain["records"][0]["name"]] = ["v=DKIM1; k=rsa; p=" + "A" * 392]
    post(f"/api/sending-domains/{domain['id']}/check", token)
    domain = looked_up(token, domain)
    assert domain["status"] == "Record missing" and "another key" in domain["records"][0]["words"]


def test_a_campaigns_mails_carry_signatures_that_verify(token, names):
    """D-164: as whoever gets one checks it, by the records that are published; of what arrived, to the byte."""
    domain = added(token, ed25519=True)
    publish(names, domain)
    post(f"/api/sending-domains/{domain['id']}/check", token)
    assert looked_up(token, domain)["status"] == "Signing"
    clean_mail()
    audience = Audience(token, 2, first_name=lambda at: "Zoë")
    audience.campaign(subject="Grüße {{first_name}}").send().wait()
    def published(name, timeout=5):
        return "".join(names.texts[name.decode().rstrip(".")]).encode()
    for address in audience.addresses:
        source = MAIL.source(MAIL.messages(address, exact=1)[0]["id"])
        assert source.lower().count(b"dkim-signature:") == 2
        for index in (0, 1):
            signed = dkim.DKIM(source)
            assert signed.verify(idx=index, dnsfunc=published), index
            assert signed.domain == b"acme.example" and {b"from", b"to", b"subject", b"list-unsubscribe", b"list-unsubscribe-post"} <= {name.lower() for name in signed.include_headers}
        head, gap, body = source.partition(b"\r\n\r\n")  # a signature may have these letters, too
        with pytest.raises(dkim.ValidationError):
            dkim.DKIM(head + gap + body.replace(b"Zo", b"Xo")).verify(idx=0, dnsfunc=published)


def test_private_keys_are_nowhere_in_clear(token, names):
    added(token, ed25519=True)
    stored = database("import json; print(json.dumps([[key['kind'], key['secret'].hex()] for key in db.sending_domains.find_one()['keys']]))")
    for kind, secret in json.loads(stored):
        # Version 1 of core/base/sealed.h, and no PKCS#8 in it.
        assert secret.startswith("01") and "301006" not in secret[:80] and "2a864886f70d010101" not in secret and "2b6570" not in secret, kind
    answers = call("/api/sending-domains", token)[1]
    assert "secret" not in answers
    kept = SETTINGS["CREDENTIALS_KEY"]
    new = base64.b64encode(bytes(range(32))).decode()
    first = json.loads(cli("connection", "rotate", "--json", env={**SETTINGS, "CREDENTIALS_KEY": new, "CREDENTIALS_KEYS_OLD": kept}).stdout)
    assert first["sealed"] >= 2 and first["lost"] == 0
    assert json.loads(cli("connection", "rotate", "--json", env={**SETTINGS, "CREDENTIALS_KEYS_OLD": new}).stdout)["lost"] == 0


def test_what_is_refused_changes_nothing(token, names):
    for wrong in ("", "acme", "a b.example", "https://acme.example", "a@acme.example", "x" * 260 + ".example", "-.example"):
        status, told = post("/api/sending-domains", token, domain=wrong)
        assert status == 400 and "domain" in told["fields"], (wrong, told)
    added(token)
    status, told = post("/api/sending-domains", token, domain="ACME.example")
    assert status == 409 and "already" in json.dumps(told)
    assert len(get("/api/sending-domains", token)) == 1
    assert post("/api/sending-domains/000000000000000000000000/check", token)[0] == 404
    assert call("/api/sending-domains/acme.example", token, "DELETE")[0] == 200
    assert get("/api/sending-domains", token) == []


def test_a_name_in_other_letters_is_kept_as_the_dns_has_it(token, names):
    assert added(token, domain="Bücher.example")["domain"] == "xn--bcher-kva.example"


def test_the_pages(token, names, browser):
    names.texts = {}
    page = browser.open("/sending-domains")[1]
    assert "No sending domain yet" in page and "/sending-domains" in browser.open("/connections")[1]
    proof = dict(re.findall(r'name="(csrf|idempotency_key)" value="([^"]+)"', page))
    status, page, _ = browser.open("/sending-domains", domain="no domain", **proof)
    assert "is not a domain" in page and 'value="no domain"' in page
    proof = dict(re.findall(r'name="(csrf|idempotency_key)" value="([^"]+)"', page))
    status, page, address = browser.open("/sending-domains", domain="acme.example", ed25519="1", **proof)
    assert status == 200 and "Domain added" in page
    domain = get("/api/sending-domains", token)[0]
    looked_up(token, domain)
    page = browser.open(f"/sending-domains/{domain['id']}")[1]
    for word in ("Not signing yet", "_domainkey.acme.example", "v=DKIM1; k=ed25519", "_dmarc.acme.example", "For a zone file", "Check now"):
        assert word in page, word
    csrf = {"csrf": proof["csrf"]}
    assert browser.open(f"/sending-domains/{domain['id']}/check", **csrf)[0] == 200
    assert "Create new keys for" in browser.open(f"/sending-domains/{domain['id']}/rotate")[1]
    status, page, _ = browser.open(f"/sending-domains/{domain['id']}/delete", **csrf)
    assert status == 200 and "Domain deleted" in page and get("/api/sending-domains", token) == []
