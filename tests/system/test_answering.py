"""What a mail's pixel, links and unsubscribing do, with a campaign that is in the database as if it had been sent. D-109 … D-114, A-122, H-L, H-U."""
import base64, datetime, hashlib, hmac, http.client, json, os, pathlib, re, time

import bson, pytest
from product import HOME, MAIL, PORT, SETTINGS, Browser, call, cli, first_user, get, restart_database, start_service, stop_service, wait_for_health, wait_until
from sending import sent_before, settled
from test_permission import send

KEY = bytes.fromhex(SETTINGS["LINK_KEYS"].split(",")[0])
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


def sign(text):
    return hmac.new(KEY, text, hashlib.sha256).digest()


def text64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def token_of(kind, campaign, block=0, index=0, link=None, contact=None, listed=None):
    said = sign(b"id")[:1]
    if kind == "u":
        said += bytes.fromhex(contact.removeprefix("contact_") + (listed or "0" * 24).removeprefix("list_") + campaign)
    else:
        said += bytes.fromhex(campaign) + block.to_bytes(2, "big") + index.to_bytes(2, "big") + (link.to_bytes(2, "big") if link is not None else b"")
    return text64(said + sign(kind.encode() + said)[:{"p": 10, "c": 11, "u": 11}[kind]])


def sealed(token, target):
    return text64(sign(b"id")[:1] + sign(f"t{token} {target}".encode())[:8] + target.encode())


def raw(path, method="GET", body=None, **headers):
    """Follows nothing, keeps no cookies."""
    connection = http.client.HTTPConnection("127.0.0.1", int(PORT), timeout=60)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in {**BROWSER, **headers}.items()})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, data, answer.headers


HTML = """<p>Hello <a href="https://h.example/?this=a&amp;that=b">one</a> <a href="https://h.example/p?a=1#sec-2">two</a>
<a href="https://f.example/s?q=x&amp;f[0]=t:2&amp;p=50%25">three</a> <a href="https://h.example/hi?name={{first_name}}">four</a>
<a href="{{unsubscribe_url}}">leave</a></p>"""


@pytest.fixture(scope="module")
def sent(db, token):
    """A campaign with three recipients; the last one is only counted."""
    people = [send(token, "/api/contacts", email=f"{name}@answer.example", first_name=name.title())[1]["id"].removeprefix("contact_") for name in ("mara", "noel", "olga")]
    campaign, block = bson.ObjectId(), bson.ObjectId()
    said = {"name": "A mail", "subjects": ["Hello"], "froms": ["Acme <news@acme.example>"], "html_content": HTML, "text_content": "https://t.example/only {{unsubscribe_url}}",
            "settings": {"track_opens": True, "track_clicks": True, "unsubscribe_link": True}}
    db.dispatches.insert_one({"_id": campaign, "said": said, "names": ["first_name"], "types": ["0"], "total": 3, "blocks": 1, "started_at": datetime.datetime.now(datetime.timezone.utc)})
    db.dispatch_blocks.insert_one({"_id": block, "campaign_id": campaign, "number": 0, "is_last": True, "contact_ids": [bson.ObjectId(one) for one in people],
                                   "people": [{"contact_id": bson.ObjectId(one), "email": "x@answer.example", "values": json.dumps([name]), "is_counted": name == "Olga"}
                                              for one, name in zip(people, ("Mara & Co", "Noël", "Olga"))]})
    yield str(campaign), people
    db.dispatches.delete_one({"_id": campaign})
    db.dispatch_blocks.delete_one({"_id": block})
    for rows in (db.hits, db.answer_blocks, db.contact_events):
        rows.delete_many({"campaign_id": campaign})
    db.answer_sums.delete_one({"_id": campaign})


def folded(db):
    wait_until(lambda: not db.hits.count_documents({"waits": True}), "hits to be folded", 60)


def told_before(db):
    """What came back of the campaigns of other tests stands in their figures, and changes them no more."""
    folded(db)
    own = [row["_id"] for row in db.campaigns.find({"origin": "own"}, {"_id": 1})]
    wait_until(lambda: not db.answer_sums.count_documents({"_id": {"$in": own}, "is_due": True}), "figures of others", 60)


def hits(db, campaign):
    folded(db)
    return list(db.hits.find({"campaign_id": bson.ObjectId(campaign)}).sort([("at", 1), ("_id", 1)]))


def test_a_pixel_is_always_an_image_and_a_good_one_is_recorded(db, sent):
    campaign, people = sent
    good = token_of("p", campaign)
    before = len(hits(db, campaign))
    status, data, headers = raw(f"/track/{good}")
    assert status == 200 and headers["Content-Type"] == "image/gif" and data[:6] == b"GIF89a" and len(data) == 43
    assert headers["Cache-Control"] == "no-store" and "Set-Cookie" not in headers and headers["Referrer-Policy"] == "no-referrer"
    hit = hits(db, campaign)[before]
    assert hit["kind"] == "open" and str(hit["contact_id"]) == people[0] and (hit["block"], hit["index"]) == (0, 0) and "link" not in hit
    assert hit["agent"] == "browser" and len(hit["network"]) == 8 and not hit["is_head"] and not hit["is_prefetch"]
    assert set(hit) == {"_id", "campaign_id", "block", "index", "contact_id", "kind", "at", "is_head", "is_prefetch", "agent", "network", "waits", "judged_as", "because"}, "neither address nor agent is kept"
    assert (hit["judged_as"], hit["because"]) == ("human", "none")
    status, data, headers = raw(f"/track/{good}", "HEAD", Sec_Purpose="prefetch", User_Agent="curl/8")
    assert hits(db, campaign)[-1]["judged_as"] == "machine"
    assert status == 200 and data == b"" and headers["Content-Length"] == "43"
    assert [hits(db, campaign)[-1][name] for name in ("is_head", "is_prefetch", "agent")] == [True, True, "program"]
    count = db.hits.count_documents({})
    changed = good[:-1] + ("A" if good[-1] != "A" else "B")
    for odd in (changed, good[:-1], good + "A", "x", "%41", "x" * 400, token_of("c", campaign, link=0), "a?b=%zz", f"{changed}?as_of=never"):
        status, data, headers = raw(f"/track/{odd}")
        assert status == 200 and data[:6] == b"GIF89a" and headers["Cache-Control"] == "no-store", odd
    assert db.hits.count_documents({}) == count
    assert raw(f"/track/{good}", "POST")[0] == 405


def click(campaign, index, link, target=None):
    token = token_of("c", campaign, 0, index, link)
    return f"/click/{token}" + (f"?to={sealed(token, target)}" if target else "")


TARGETS = ["https://h.example/?this=a&that=b", "https://h.example/p?a=1#sec-2", "https://f.example/s?q=x&f[0]=t:2&p=50%25", "https://h.example/hi?name=Mara%20%26%20Co", "https://t.example/only"]


def test_a_click_leads_where_the_mail_says_byte_by_byte(db, sent):
    campaign, people = sent
    for link, target in enumerate(TARGETS):
        status, data, headers = raw(click(campaign, 0, link))
        assert (status, headers["Location"]) == (302, target), "as it is stored"
        assert headers["Cache-Control"] == "no-store" and headers["Referrer-Policy"] == "no-referrer" and headers["X-Robots-Tag"] == "noindex" and "Set-Cookie" not in headers
        hit = hits(db, campaign)[-1]
        assert hit["kind"] == "click" and hit["link"] == link and str(hit["contact_id"]) == people[0]
        assert raw(click(campaign, 0, link, target + "&carried"))[2]["Location"] == target + "&carried", "as it is sealed"
    assert raw(click(campaign, 0, 0), "HEAD")[0:2] == (302, b"") and hits(db, campaign)[-1]["is_head"]
    assert raw(click(campaign, 1, 3))[2]["Location"] == "https://h.example/hi?name=No%C3%ABl"
    for long in ("https://l.example/" + "a" * 900, "https://u.example/stra\u00dfe/\u65e5\u672c"):
        assert raw(click(campaign, 0, 0, long))[2]["Location"].encode("latin1").decode() == long


def test_a_click_leads_nowhere_else(db, sent):
    campaign, _ = sent
    token, count = token_of("c", campaign, 0, 0, 0), db.hits.count_documents({})
    other = token_of("c", campaign, 0, 0, 1)
    for to in ("https://evil.example/", text64(b"https://evil.example/"), sealed(other, "https://evil.example/"), sealed(token, "https://evil.example/")[:-2], "", "%zz", "a" * 3000):
        assert raw(f"/click/{token}?to={to}")[2]["Location"] == TARGETS[0], to
    assert raw(f"/click/{token}?url=https://evil.example/&next=//evil.example")[2]["Location"] == TARGETS[0]
    for bad in ("javascript:alert(1)", "//evil.example", "https://h.example/\r\nSet-Cookie: a=b", "ftp://h.example/"):
        assert raw(f"/click/{token}?to={sealed(token, bad)}")[0] == 404, bad
    count = db.hits.count_documents({})
    for odd in (token[:-1], token[:-1] + ("A" if token[-1] != "A" else "B"), "x", "%41", token_of("p", campaign), token_of("c", campaign, 0, 0, 99), token_of("c", "0" * 24, 0, 0, 0)):
        status, data, headers = raw(f"/click/{odd}?to={sealed(token, TARGETS[0])}")
        assert status == 404 and "Location" not in headers and b"This link does not work" in data and "Set-Cookie" not in headers, odd
    assert db.hits.count_documents({}) == count


def test_whoever_is_only_counted_leaves_no_trace(db, sent, token):
    campaign, people = sent
    raw(f"/track/{token_of('p', campaign, 0, 2)}")
    assert not {"contact_id", "block", "index"} & set(hits(db, campaign)[-1]), "so it was decided when the mail was written"
    for state, kept in (("granted", True), ("withdrawn", False), ("refused", False), ("granted", True)):
        assert send(token, f"/api/contacts/{people[1]}", "PUT", tracking={"state": state, "source": "footer"})[0] == 200
        raw(f"/track/{token_of('p', campaign, 0, 1)}")
        raw(click(campaign, 1, 0, TARGETS[0]))
        assert all(("contact_id" in hit) == kept and ("block" in hit) == kept for hit in hits(db, campaign)[-2:]), state
    raw(f"/track/{token_of('p', campaign, 0, 77)}")
    raw(f"/track/{token_of('p', '0' * 24)}")
    assert "contact_id" not in hits(db, campaign)[-1], "nobody has this number"
    db.hits.delete_many({"campaign_id": bson.ObjectId("0" * 24)})


@pytest.mark.skipif("TEST_MONGODB_URI" in os.environ, reason="stops the embedded database")
def test_while_the_database_is_away_clicks_lead_on_and_wait(db, sent, token):
    campaign, people = sent
    before = len(hits(db, campaign))
    stop_service("ferretdb")
    try:
        for index in (0, 0, 1, 2):
            status, _, headers = raw(click(campaign, index, 1, TARGETS[1]))
            assert (status, headers.get("Location")) == (302, TARGETS[1])
        began = time.monotonic()
        assert all(raw(f"/track/{token_of('p', campaign, 0, 0)}")[1][:6] == b"GIF89a" for _ in range(20))
        assert time.monotonic() - began < 20
        assert raw(click(campaign, 0, 1))[0] == 503, "what the address does not carry"
        assert raw("/unsubscribe/" + token_of("u", campaign, contact=people[0]), "POST", "List-Unsubscribe=One-Click")[0] == 503, "not done, so not said"
        assert os.path.getsize(f"{HOME}/run/hits.spool") > 0 and os.stat(f"{HOME}/run/hits.spool").st_mode & 0o777 == 0o600
    finally:
        restart_database()
        wait_for_health()
    wait_until(lambda: db.hits.count_documents({"campaign_id": bson.ObjectId(campaign)}) >= before + 24, "hits that waited", 60)
    wait_until(lambda: not [name for name in ("spool", "taken") if os.path.exists(f"{HOME}/run/hits.{name}")], "the spool to be empty", 60)
    mine = hits(db, campaign)[before:]
    assert len(mine) == 24, "each once"
    clicks = [hit for hit in mine if hit["kind"] == "click"]
    assert [str(hit.get("contact_id")) for hit in clicks] == [people[0], people[0], people[1], "None"]
    assert any(hit["at"].microsecond for hit in mine), "to the millisecond"


ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = {"Content_Type": "application/x-www-form-urlencoded"}


def someone(token, name, **more):
    return send(token, "/api/contacts", email=f"{name}@leave.example", first_name=name, **more)[1]["id"]


def test_looking_at_the_page_changes_nothing(db, sent, token):
    campaign, _ = sent
    ident = someone(token, "scanned")
    path = "/unsubscribe/" + token_of("u", campaign, contact=ident)
    for method, headers in (("GET", {}), ("HEAD", {}), ("GET", {"Sec_Purpose": "prefetch"}), ("HEAD", {"X_Moz": "prefetch"})):
        status, page, answer = raw(path, method, **headers)
        assert status == 200 and "Set-Cookie" not in answer and answer["Cache-Control"] == "no-store"
    page = raw(path)[1].decode()
    assert "Unsubscribe from all emails?" in page and "s***@leave.example" in page and "scanned@" not in page and page.count("<button") == 2
    raw(path + "?again=1")
    assert send(token, f"/api/contacts/{ident}", "GET")[1]["suppressed"] is None
    assert db.hits.count_documents({"kind": "unsubscribe", "contact_id": bson.ObjectId(ident.removeprefix("contact_"))}) == 0


@pytest.mark.parametrize("name,body,headers", [
    ("plain", ONE_CLICK, FORM),
    ("foreign", ONE_CLICK, {**FORM, "Origin": "https://mail.example", "Sec_Fetch_Site": "cross-site"}),
    ("parts", "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n", {"Content_Type": "multipart/form-data; boundary=x"}),
    ("empty", "", {}),
    ("untyped", ONE_CLICK, {}),
    ("broken", "%zz&&&", FORM),
    ("json", "{", {"Content_Type": "application/json"}),
    ("button", "action=all", FORM),
])
def test_one_click_is_done_before_its_answer(db, sent, token, name, body, headers):
    campaign, _ = sent
    ident = someone(token, "one" + name)
    path = "/unsubscribe/" + token_of("u", campaign, contact=ident)
    version = db.versions.find_one()["people"]
    for _ in range(2):  # again is as once
        status, page, answer = raw(path, "POST", body, **headers)
        assert status == 200 and "Location" not in answer and "Set-Cookie" not in answer and "You are unsubscribed from all emails" in page.decode()
        assert (answer["Content-Type"], len(page) < 100) == (("text/plain; charset=utf-8", True) if name in ("plain", "foreign", "parts") else ("text/html; charset=utf-8", False)), "a page is for people"
        assert answer["Cache-Control"] == "no-store" and answer["X-Robots-Tag"] == "noindex"
    assert db.versions.find_one()["people"] > version
    person = db.contacts.find_one({"_id": bson.ObjectId(ident.removeprefix("contact_"))})
    assert person["suppressed"] == "unsubscribed" and person["own"]["unsubscribed_at"]
    assert db.hits.count_documents({"kind": "unsubscribe", "contact_id": person["_id"]}) == 1


def test_subscribing_again_wants_to_be_confirmed(db, sent, token):
    campaign, _ = sent
    ident = someone(token, "undo")
    path = "/unsubscribe/" + token_of("u", campaign, contact=ident)
    raw(path, "POST", ONE_CLICK, **FORM)
    page = raw(path)[1].decode()
    assert "?again=1" in page and "<button" not in page
    page = raw(path + "?again=1")[1].decode()
    assert "Subscribe again?" in page and send(token, f"/api/contacts/{ident}", "GET")[1]["suppressed"] == "unsubscribed"
    status, page, _ = raw(path + "?again=1", "POST", "action=again", **FORM)
    assert status == 200 and "Check your inbox" in page.decode() and "u***@leave.example" in page.decode()
    assert send(token, f"/api/contacts/{ident}", "GET")[1]["suppressed"] == "unsubscribed", "not before it is confirmed"
    assert db.confirmations.count_documents({"email": "undo@leave.example"}) == 1
    assert send(token, "/api/suppressions", address="undo@leave.example", reason="bounced", evidence="550 5.1.1")[0] in (200, 201)
    page = raw(path, "POST", "action=again", **FORM)[1].decode()
    person = send(token, f"/api/contacts/{ident}", "GET")[1]
    assert "cannot send anything to this address" in page and person["suppressed"] == "bounced" and db.confirmations.count_documents({"email": "undo@leave.example"}) == 1, "what others said stays"


def test_a_list_is_left_alone(db, sent, token):
    campaign, _ = sent
    ident = someone(token, "member")
    made = send(token, "/api/lists", name="Weekly & more")[1]["id"]
    assert call(f"/api/lists/{made}/contacts/{ident}", token, "POST")[0] in (200, 201)
    path = "/unsubscribe/" + token_of("u", campaign, contact=ident, listed=made)
    page = raw(path)[1].decode()
    assert "Unsubscribe from “Weekly &amp; more”?" in page and page.count("<button") == 3
    version = db.versions.find_one()["people"]
    status, page, answer = raw(path, "POST", ONE_CLICK, **FORM)
    assert status == 200 and "Location" not in answer and page.decode() == "You are unsubscribed from “Weekly & more”.\n"
    person = db.contacts.find_one({"_id": bson.ObjectId(ident.removeprefix("contact_"))})
    assert bson.ObjectId(made.removeprefix("list_")) in person["unsubscribed_ids"] and "suppressed" not in person and db.versions.find_one()["people"] > version
    assert "you want “Weekly &amp; more” again" in raw(path, "POST", "action=again", **FORM)[1].decode()
    assert bson.ObjectId(made.removeprefix("list_")) in db.contacts.find_one({"_id": person["_id"]})["unsubscribed_ids"]
    assert "You are unsubscribed from all emails" in raw(path, "POST", "action=all", **FORM)[1].decode()
    assert db.contacts.find_one({"_id": person["_id"]})["suppressed"] == "unsubscribed"


def test_links_work_when_what_they_are_of_is_gone(db, sent, token):
    campaign, _ = sent
    ident = someone(token, "late")
    made = send(token, "/api/lists", name="Soon gone")[1]["id"]
    call(f"/api/lists/{made}", token, "DELETE")
    path = "/unsubscribe/" + token_of("u", campaign, contact=ident, listed=made)
    for method, body in (("GET", None), ("POST", ONE_CLICK)):
        status, page, _ = raw(path, method, body, **FORM)
        assert status == 200 and "This list no longer exists" in page.decode()
    assert "suppressed" not in db.contacts.find_one({"_id": bson.ObjectId(ident.removeprefix("contact_"))})
    assert "from all emails</h1>" in raw(path, "POST", "action=all", **FORM)[1].decode()
    old = "/unsubscribe/" + token_of("u", "0" * 23 + "1", contact=someone(token, "older"))
    assert "from all emails." in raw(old, "POST", ONE_CLICK, **FORM)[1].decode(), "a campaign that was deleted"
    ident = someone(token, "erased")
    path = "/unsubscribe/" + token_of("u", campaign, contact=ident)
    call(f"/api/contacts/{ident}", token, "DELETE")
    for method, body in (("GET", None), ("POST", ONE_CLICK), ("POST", "action=again")):
        status, page, _ = raw(path, method, body, **FORM)
        assert status == 200 and "You get no emails from" in page.decode()
    observed = db.lists.find_one({"external": {"$exists": True}})
    path = "/unsubscribe/" + token_of("u", campaign, contact=someone(token, "observer"), listed=str(observed["_id"]))
    assert "Unsubscribe from all emails?" in raw(path)[1].decode(), "a provider's list is not ours to change"


def test_no_unsubscribing_without_its_token(db, sent, token):
    campaign, _ = sent
    good = token_of("u", campaign, contact=someone(token, "guarded"))
    for odd in (good[:-1], good[:-1] + ("A" if good[-1] != "A" else "B"), "x", token_of("p", campaign), "%41"):
        for method in ("GET", "POST"):
            status, page, headers = raw(f"/unsubscribe/{odd}", method, ONE_CLICK if method == "POST" else None, **FORM)
            assert status == 404 and b"This link does not work" in page and "Set-Cookie" not in headers, odd
    assert raw(f"/unsubscribe/{good}", "POST", "a" * 20000, **FORM)[0] == 413


def test_no_token_is_in_a_log_and_no_hit_of_the_erased_is_theirs(db, sent, token):
    campaign, people = sent
    ident = people[0]
    folded(db)
    known = db.hits.count_documents({"contact_id": bson.ObjectId(ident)})
    assert known > 0 and len(get(f"/api/contacts/{ident}/gdpr-export", token)["hits"]) == known
    count = len(hits(db, campaign))
    assert call(f"/api/contacts/{ident}", token, "DELETE")[0] == 200
    assert db.hits.count_documents({"contact_id": bson.ObjectId(ident)}) == 0 and len(hits(db, campaign)) == count, "they still count"
    assert db.dispatch_blocks.count_documents({"contact_ids": bson.ObjectId(ident)}) == 0
    raw(f"/track/{token_of('p', campaign)}")
    assert "contact_id" not in hits(db, campaign)[-1]
    assert raw(click(campaign, 0, 0, TARGETS[0]))[2]["Location"] == raw(click(campaign, 0, 0))[2]["Location"] == TARGETS[0], "their mail still leads on"
    secret = token_of("p", campaign)[:30]
    for log in pathlib.Path(f"{HOME}/log").glob("*.log"):
        assert secret not in log.read_text(errors="replace"), log


def test_tracking_can_be_switched_off(db, sent):
    """What was sent before still leads on."""
    campaign, _ = sent
    count = db.hits.count_documents({})
    SETTINGS["ENABLE_EMAIL_TRACKING"] = "false"
    try:
        stop_service("web")
        start_service("web")
        wait_for_health()
        assert raw(f"/track/{token_of('p', campaign)}")[1][:6] == b"GIF89a" and raw(click(campaign, 0, 0, TARGETS[0]))[0] == 302
        assert db.hits.count_documents({}) == count
    finally:
        del SETTINGS["ENABLE_EMAIL_TRACKING"]
        stop_service("web")
        start_service("web")
        wait_for_health()
    raw(f"/track/{token_of('p', campaign)}")
    assert db.hits.count_documents({}) == count + 1


@pytest.mark.parametrize("name,value", [("TRACKING_PIXEL_URL", "example.org/track"), ("CLICK_TRACKING_URL", "javascript:x"), ("UNSUBSCRIBE_URL", "https://a.example/u?x=\"><b>"), ("ENABLE_CLICK_TRACKING", "perhaps")])
def test_a_wrong_setting_is_told(name, value):
    run = cli("user", "list", env={name: value}, check=False)
    assert run.returncode != 0 and name in run.stderr


def test_a_mail_that_was_sent_is_answered(db, token):
    """From the campaign to the mailbox, and back by each of its links."""
    MAIL.clean()
    ident = someone(token, "reader", consent={"source": "Form"}).removeprefix("contact_")
    made = send(token, "/api/lists", name="Answered")[1]["id"]
    assert call(f"/api/lists/{made}/contacts/{ident}", token, "POST")[0] == 200
    content = '<p>Hello {{first_name}}, <a href="https://www.example.com/offer?for={{first_name}}&amp;a=1">look</a>.</p><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p><p><a href="{{unsubscribe_url}}">Unsubscribe</a></p>'
    campaign = send(token, "/api/campaigns", name="Answered", subject="Hello", from_email="desk@answer.example", from_name="Desk", html_content=content, list_ids=[made])[1]
    assert call(f"/api/campaigns/{campaign['id']}/send", token, "POST")[0] == 200
    wait_until(lambda: MAIL.messages("reader@leave.example"), "the mail", 120)
    mail = MAIL.parsed("reader@leave.example")[0]
    page, campaign = mail.get_body(("html",)).get_content(), campaign["id"].removeprefix("campaign_")
    pixel, link, leave = [path.replace("&amp;", "&") for path in re.search(r'<img src="http[^"]*?(/track/[^"]+)".*?href="http[^"]*?(/click/[^"]+)".*?href="http[^"]*?(/unsubscribe/[^"]+)"', page, re.S).groups()]
    assert mail["List-Unsubscribe"].strip() == f"<{SETTINGS['PUBLIC_BASE_URL']}{leave}>" and mail["List-Unsubscribe-Post"] == ONE_CLICK
    assert raw(pixel)[1][:6] == b"GIF89a"
    for path in (link, link.split("?")[0]):
        assert raw(path)[2]["Location"] == "https://www.example.com/offer?for=reader&a=1"
    assert raw(leave, "POST", ONE_CLICK, **FORM)[0] == 200
    assert [(hit["kind"], str(hit["contact_id"])) for hit in hits(db, campaign)] == [("open", ident), ("click", ident), ("click", ident), ("unsubscribe", ident)]
    assert bson.ObjectId(made.removeprefix("list_")) in db.contacts.find_one({"_id": bson.ObjectId(ident)})["unsubscribed_ids"], "of the list that it was sent to"


def test_what_came_back_becomes_figures(db, token):
    """Twelve people do different things with their mails, some with the help of machines: unique people, by link and by day, on their pages, and for rules."""
    MAIL.clean()
    told_before(db)
    totals = get("/api/dashboard", token)["totals"]
    names = [f"p{number}" for number in range(12)]
    made = send(token, "/api/lists", name="Figures")[1]["id"]
    segment = send(token, "/api/segments", name="figures-ones", rule={"field": "email", "operator": "begins", "value": "p1"})[1]["id"]
    idents = {}
    for name in names:
        idents[name] = someone(token, name, consent={"source": "Form"}).removeprefix("contact_")
        assert call(f"/api/lists/{made}/contacts/{idents[name]}", token, "POST")[0] == 200
    content = ('<p>Hello, <a href="https://www.example.com/one">one</a> <a href="https://www.example.com/two">two</a> <a href="https://www.example.com/one">one again</a> '
               '<a href="https://www.example.com/three">three</a></p><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p><p><a href="{{unsubscribe_url}}">Unsubscribe</a></p>')
    ident = send(token, "/api/campaigns", name="Figures", subject="Hello", from_email="desk@answer.example", from_name="Desk", html_content=content, list_ids=[made])[1]["id"]
    assert call(f"/api/campaigns/{ident}/send", token, "POST")[0] == 200
    campaign = bson.ObjectId(ident.removeprefix("campaign_"))
    wait_until(lambda: get(f"/api/campaigns/{ident}", token)["status"] == "sent", "the campaign to be sent", 120)
    place = {str(row["contact_id"]): row["index"] for row in settled(db, campaign)}
    assert len(place) == 12
    sent_before(db, campaign, hours=1)

    def opens(name, times=1, **headers):
        for _ in range(times):
            assert raw(f"/track/{token_of('p', str(campaign), 0, place[idents[name]])}", **headers)[0] == 200

    def clicks(name, *links, **headers):
        for link in links:
            assert raw(f"/click/{token_of('c', str(campaign), 0, place[idents[name]], link)}", **headers)[0] == 302

    opens("p0", 3)
    opens("p1", User_Agent="Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)")
    opens("p2", User_Agent="Mozilla/5.0")
    opens("p3", Purpose="prefetch")
    clicks("p4", 0, 2)
    opens("p5")
    clicks("p5", 0, 0, 1)
    clicks("p6", 0, 1, 3)  # all that it has: nobody reads that fast
    clicks("p7", 1, User_Agent="python-requests/2.31")
    assert raw(f"/click/{token_of('c', str(campaign), 0, place[idents['p8']], 0)}", "HEAD")[0] == 302
    assert raw("/unsubscribe/" + token_of("u", str(campaign), contact=idents["p5"], listed=made), "POST", ONE_CLICK, **FORM)[0] == 200
    folded(db)
    classes = {(hit["index"], hit["kind"]): (hit["judged_as"], hit["because"]) for hit in db.hits.find({"campaign_id": campaign})}
    at = lambda name, kind: classes[place[idents[name]], kind]
    assert at("p0", "open") == ("human", "none") and at("p1", "open") == ("human", "picture_proxy") and at("p2", "open") == ("proxy", "privacy_proxy")
    assert at("p3", "open") == ("machine", "prefetch") and at("p6", "click") == ("machine", "many_links") and at("p7", "click") == ("machine", "program") and at("p8", "click") == ("machine", "head")
    sums = lambda: db.answer_sums.find_one({"_id": campaign})
    wait_until(lambda: not sums()["is_due"], "its figures", 60)
    told = sums()
    assert (told["opened"], told["clicked"], told["unsubscribed"], told["proxied"], told["machined"]) == (4, 2, 1, 1, 4)
    assert (told["human_opens"], told["human_clicks"], told["machine_opens"], told["machine_clicks"], told["proxy_opens"]) == (5, 5, 1, 5, 1)
    found = get(f"/api/campaigns/{ident}", token)
    assert [found[name] for name in ("sent_count", "opened_count", "clicked_count", "unsubscribed_count", "bounced_count")] == [12, 4, 2, 1, 0]
    newest = get(f"/api/campaigns/{ident}/snapshots", token)[-1]["metrics"]
    assert (newest["sent"], newest["opened"], newest["clicked"], newest["opened_total"], newest["clicked_total"], newest["unsubscribed"]) == (12, 4, 2, 5, 5, 1)
    links = {row["url"]: (row["clicked_unique"], row["clicked_total"]) for row in get(f"/api/campaigns/{ident}/links", token)}
    assert links == {"https://www.example.com/one": (2, 4), "https://www.example.com/two": (1, 1), "https://www.example.com/three": (0, 0)}, "who clicked both links to one page counts once"
    days = get(f"/api/campaigns/{ident}/analytics", token)
    assert sum(day["emails_opened"] for day in days) == 4 and sum(day["emails_clicked"] for day in days) == 2 and sum(day["emails_unsubscribed"] for day in days) == 1
    assert days[-1]["open_rate"] == pytest.approx(100 * 4 / 12) and days[-1]["emails_sent"] in (0, 12)
    events = sorted((str(event["contact_id"]), event["type"]) for event in db.contact_events.find({"campaign_id": campaign}))
    assert events == sorted([(idents["p0"], "opened"), (idents["p1"], "opened"), (idents["p4"], "opened"), (idents["p4"], "clicked"), (idents["p5"], "opened"), (idents["p5"], "clicked"), (idents["p5"], "unsubscribed")])
    person = db.contacts.find_one({"_id": bson.ObjectId(idents["p5"])})["engagement"]
    assert (person["opened"], person["clicked"], person["unsubscribed"]) == (1, 1, 1) and person["last_clicked_at"]
    # What became of each email, as JSON, by what came back, and as CSV.
    shown = {email["contact_id"]: email for email in get(f"/api/campaigns/{ident}/emails", token)}
    assert [shown[idents[name]]["status"] for name in ("p0", "p4", "p5", "p6", "p9")] == ["opened", "clicked", "unsubscribed", "sent", "sent"]
    assert shown[idents['p4']]["clicked_time"] and shown[idents['p0']]["opened_time"] and not shown[idents['p6']]["clicked_time"]
    for status, who in (("opened", ("p0", "p1", "p4", "p5")), ("clicked", ("p4", "p5")), ("unsubscribed", ("p5",))):
        assert {email["contact_id"] for email in get(f"/api/campaigns/{ident}/emails?status={status}", token)} == {idents[name] for name in who}, status
    first = call(f"/api/campaigns/{ident}/emails?status=opened&limit=3", token)
    rest = get(f"/api/campaigns/{ident}/emails?status=opened&limit=3&cursor={first[2]['X-Next-Cursor']}", token)
    assert len(json.loads(first[1])) == 3 and len(rest) == 1
    table = raw(f"/api/campaigns/{ident}/emails.csv", Authorization=f"Bearer {token}")[1].decode()
    opened = table.splitlines()[0].split(",").index("opened_time")
    assert len([line for line in table.splitlines() if line.split(",")[opened]]) >= 5
    told = get(f"/api/campaigns/{ident}/answers", token)
    assert (told["opened"], told["proxied"], told["human_clicks"], told["machine_clicks"]) == (4, 1, 5, 5)
    assert [(link["position"], link["clicked_unique"], link["clicked_total"]) for link in told["links"]] == [(1, 2, 3), (2, 1, 1), (3, 1, 1), (4, 0, 0)]
    group = lambda rows, name: next(tuple(row[what] for what in ("sent", "failed", "opened", "clicked")) for row in rows if row["name"] == name)
    assert group(told["providers"], "leave.example") == (12, 0, 4, 2) and len(told["providers"]) == 1, told["providers"]
    assert group(told["segments"], "figures-ones") == (3, 0, 1, 0), told["segments"]
    # It counts like any other campaign.
    assert get("/api/dashboard", token)["totals"]["opened"] == totals["opened"] + 4 and get("/api/dashboard", token)["totals"]["sent"] == totals["sent"] + 12
    browser = Browser()
    browser.sign_in(*first_user())
    for path in ("", "/links", "/history", "/contacts?status=opened"):
        status, page, place = browser.open(f"/campaigns/{ident}{path}")
        assert status == 200 and place.endswith(f"/campaigns/{ident}{path}") and "EmailOctopus summary" not in page, path
    page = browser.open(f"/campaigns/{ident}")[1]
    for part in ('<a href="/contacts?q=%40leave.example">leave.example</a>', '<a href="/segments/people?segment=figures-ones">figures-ones</a>', ">33.3\u00a0%<"):
        assert part in page, part
    assert "People and machines" in page and "Clicks by place" in page and "Create a draft for non-openers" in page
    status, again = send(token, f"/api/campaigns/{ident}/resend")[:2]
    assert status == 201 and again["id"] != ident
    draft = get(f"/api/campaigns/{again['id']}", token)
    assert draft["status"] == "draft" and "not_opened" in json.dumps(draft) and draft["name"] == "Again: Figures"
    assert call(f"/api/segments/{segment}", token, "DELETE")[0] == 200
    # Folding again, with nothing new and from the beginning, changes nothing.
    before = {name: list(db[name].find({"campaign_id": campaign}, {"folded_at": 0}).sort("_id", 1)) for name in ("answer_blocks", "contact_events", "hits")}
    db.hits.update_many({"campaign_id": campaign}, {"$set": {"waits": True}})
    folded(db)
    wait_until(lambda: not sums()["is_due"], "its figures", 60)
    assert {name: list(db[name].find({"campaign_id": campaign}, {"folded_at": 0}).sort("_id", 1)) for name in before} == before
    # A list that is deleted since is named, but has no page to lead to.
    assert f'href="/lists/{made}">Figures</a>' in browser.open(f"/campaigns/{ident}/links")[1]
    assert call(f"/api/lists/{made}", token, "DELETE")[0] == 200
    for path in ("", "/links", "/history"):
        page = browser.open(f"/campaigns/{ident}{path}")[1]
        assert f"/lists/{made}" not in page and "a list that was deleted" in page, path


def test_what_older_rules_have_judged_is_judged_again(db, sent):
    """A scanner that the rules of before took for a person, and the other way round: hits, block and events follow, once."""
    campaign, people = sent
    person = f"/track/{token_of('p', campaign, 0, 0)}"
    assert raw(person)[0] == raw(f"/track/{token_of('p', campaign, 0, 1)}", User_Agent="curl/8")[0] == 200
    folded(db)
    block = {"campaign_id": bson.ObjectId(campaign), "block": 0}
    wait_until(lambda: db.answer_blocks.find_one({**block, "rules": {"$gte": 1}}), "the block", 60)
    before = {row["_id"]: (row["judged_as"], row.get("because")) for row in db.hits.find(block)}
    assert len({judged for judged, _ in before.values()}) > 1, before
    stop_service("audience")
    db.hits.update_many(block, {"$set": {"judged_as": "unknown"}, "$unset": {"because": 1}})
    db.answer_blocks.update_one(block, {"$set": {"rules": 0, "answers": []}})
    start_service("audience")
    wait_until(lambda: db.answer_blocks.find_one(block)["rules"] >= 1, "the rules of today", 90)
    wait_until(lambda: {row["_id"]: (row["judged_as"], row.get("because")) for row in db.hits.find(block)} == before, "the hits", 30)
