"""What people say themselves: subscribing again, confirming by the link of a real mail."""
import datetime, json, re, time, urllib.parse

import bson, pytest
from product import MAIL, Browser, call, first_user, get, mail, wait_until
from sending import Audience, made, read
from test_answering import FORM, ONE_CLICK, raw, token_of
from test_permission import send

CAMPAIGN = "c" * 24


def plain(ident):
    return ident.split("_")[-1]


def person(token, address, **more):
    return send(token, "/api/contacts", email=address, **more)[1]["id"]


def stored(db, ident):
    return db.contacts.find_one({"_id": bson.ObjectId(plain(ident))})


def mails_to(address):
    return [row["id"] for row in MAIL.messages(address)]


def link_of_confirmation(address, count=1):
    """The way of the link in the last mail to this address, once there are so many."""
    wait_until(lambda: len(mails_to(address)) >= count, f"{count} mails to {address}", 60)
    message = read(max(mails_to(address)))
    links = re.findall(r"https?://[^\s\"<>]+(/confirm/[\w-]{32})", message.get_body(("plain",)).get_content())
    assert len(links) == 1 and links[0] in message.get_body(("html",)).get_content()
    return links[0]


def who_asked_again(token, address):
    """Somebody who has left everything and asks for it again: them, the page of their link, and the link in the mail that asks."""
    ident = person(token, address)
    path = "/unsubscribe/" + token_of("u", CAMPAIGN, contact=ident)
    raw(path, "POST", ONE_CLICK, **FORM)
    raw(path, "POST", "action=again", **FORM)
    return ident, path, link_of_confirmation(address)


def joined(token, ident, **members):
    one = made("/api/lists", token, {"list_type": "static", **members})["id"]
    assert call(f"/api/lists/{one}/contacts/{ident}", token, "POST")[0] in (200, 201)
    return one


def test_only_the_button_of_the_mails_link_subscribes_again(db, token):
    address = "again@confirm.example"
    ident, path, link = who_asked_again(token, address)
    for method in ("GET", "HEAD", "GET"):
        status, page, headers = raw(link, method, Sec_Purpose="prefetch")
        assert status == 200 and "Set-Cookie" not in headers and headers["Cache-Control"] == "no-store" and headers["Referrer-Policy"] == "no-referrer"
    assert "Do you want these emails?" in page.decode() and "a***@confirm.example" in page.decode() and address not in page.decode()
    assert stored(db, ident)["suppressed"] == "unsubscribed", "looking confirms nothing"
    version = db.versions.find_one()["people"]
    status, page, headers = raw(link, "POST", "", **FORM)
    assert status == 200 and "You are subscribed" in page.decode() and "Location" not in headers
    now = stored(db, ident)
    assert "suppressed" not in now and "unsubscribed_at" not in now and db.versions.find_one()["people"] > version
    consent = now["own"]["consent"]
    assert "by the link" in consent["source"] and "version 2" in consent["text"] and consent["at"], "source, text and time"
    raw(path, "POST", ONE_CLICK, **FORM)
    status, page, _ = raw(link, "POST", "", **FORM)
    assert stored(db, ident)["suppressed"] == "unsubscribed", "a link confirms once"


def test_a_list_is_subscribed_to_again_and_nothing_else(db, token):
    address = "list-again@confirm.example"
    ident = person(token, address)
    weekly, other = joined(token, ident, name="Weekly <letter>"), joined(token, ident, name="Other")
    for one in (weekly, other):
        raw("/unsubscribe/" + token_of("u", CAMPAIGN, contact=ident, listed=one), "POST", ONE_CLICK, **FORM)
    path = "/unsubscribe/" + token_of("u", CAMPAIGN, contact=ident, listed=weekly)
    assert "Check your inbox" in raw(path, "POST", "action=again", **FORM)[1].decode()
    link = link_of_confirmation(address)
    assert "Weekly &lt;letter&gt;" in read(max(mails_to(address))).get_body(("html",)).get_content()
    assert "“Weekly &lt;letter&gt;”" in raw(link)[1].decode()
    raw(link, "POST", "", **FORM)
    assert [plain(weekly)] == [str(one) for one in stored(db, ident)["subscribed_ids"]]


def test_leaving_again_ends_what_was_asked(db, token):
    address = "mind@confirm.example"
    ident = person(token, address)
    weekly = joined(token, ident, name="Changed mind")
    path = "/unsubscribe/" + token_of("u", CAMPAIGN, contact=ident, listed=weekly)
    raw(path, "POST", ONE_CLICK, **FORM)
    raw(path, "POST", "action=again", **FORM)
    link = link_of_confirmation(address)
    raw(path, "POST", ONE_CLICK, **FORM)
    for method in ("GET", "POST"):
        status, page, _ = raw(link, method)
        assert status == 410 and "This link no longer works" in page.decode()
    assert plain(weekly) in [str(one) for one in stored(db, ident)["unsubscribed_ids"]]


@pytest.mark.parametrize("all", [True, False])
def test_whoever_is_unsubscribed_in_the_console_is_asked_no_more(db, token, all):
    """old: the link that they had been sent before still subscribed them."""
    address = f"phoned-{all}@confirm.example".lower()
    ident = person(token, address)
    weekly = joined(token, ident, name=f"Phoned {all}")
    path = "/unsubscribe/" + token_of("u", CAMPAIGN, contact=ident, listed=weekly)
    raw(path, "POST", ONE_CLICK, **FORM)
    raw(path, "POST", "action=again", **FORM)
    link = link_of_confirmation(address)
    if all:
        assert send(token, f"/api/contacts/{ident}/unsubscribe")[0] == 200
    else:
        assert send(token, f"/api/lists/{weekly}/contacts/{ident}", "PUT", status="unsubscribed")[0] == 200
    assert raw(link, "POST")[0] == 410 and plain(weekly) in [str(one) for one in stored(db, ident)["unsubscribed_ids"]]


def test_an_expired_or_foreign_link_confirms_nothing(db, token):
    address = "expired@confirm.example"
    ident, path, link = who_asked_again(token, address)
    for odd in (link[:-1], link[:-1] + ("A" if link[-1] != "A" else "B"), "/confirm/x", "/confirm/" + token_of("p", CAMPAIGN)):
        status, page, _ = raw(odd, "POST")
        assert status == 404 and b"This link does not work" in page, odd
    row = db.confirmations.find_one({"email": address})
    for ends in (row["asked_at"], row["expires_at"] + datetime.timedelta(days=3650)):  # the second was given out while the clock was ten years ahead
        db.confirmations.update_one({"_id": row["_id"]}, {"$set": {"expires_at": ends}})
        assert raw(link, "POST")[0] == 410 and stored(db, ident)["suppressed"] == "unsubscribed"


def test_nobody_is_flooded_and_the_erased_leave_nothing(db, token):
    address = "flood@confirm.example"
    ident = person(token, address)
    path = "/unsubscribe/" + token_of("u", CAMPAIGN, contact=ident)
    raw(path, "POST", ONE_CLICK, **FORM)
    pages = {raw(path, "POST", "action=again", **FORM)[1] for _ in range(6)}
    assert len(pages) == 1 and db.confirmations.count_documents({"email": address}) == 3, "three an hour"
    link = link_of_confirmation(address, 3)
    assert call(f"/api/contacts/{ident}", token, "DELETE")[0] == 200
    assert db.confirmations.count_documents({"email": address}) == 0
    assert raw(link, "POST")[0] == 410 and not db.contacts.find_one({"email_norm": address})


def test_somebody_chooses_what_they_get_by_the_link_of_a_real_mail(db, token):
    audience = Audience(token, 2)
    assert send(token, f"/api/lists/{audience.list_id}", "PUT", public_name="Offers & more")[1]["public_name"] == "Offers & more"
    address = audience.addresses[0]
    ident = str(db.contacts.find_one({"email_norm": address})["_id"])
    public, secret, foreign = (made("/api/lists", token, {"list_type": "static", **more})["id"] for more in
                               ({"name": "internal: news", "public_name": "News <of> us"}, {"name": "internal: bad payers"}, {"name": "not theirs", "public_name": "Somebody else's"}))
    for one in (public, secret):
        assert call(f"/api/lists/{one}/contacts/{ident}", token, "POST")[0] in (200, 201)
    audience.campaign().send().wait()
    path = re.search(r"(/unsubscribe/[\w-]+)>", read(max(mails_to(address)))["List-Unsubscribe"])[1]
    page = raw(path)[1].decode()
    assert "What you get from" in page and page.count('name="list"') == page.count(" checked") == 2, page
    assert "News &lt;of&gt; us" in page and "Offers &amp; more" in page and "internal" not in page and "Somebody else" not in page and address not in page
    body = lambda *lists: "&".join(["action=save", *(f"list={plain(one)}" for one in lists)])
    version = db.versions.find_one()["people"]
    status, page, _ = raw(path, "POST", body(public, foreign, secret), **FORM)
    assert status == 200 and "Your choice is saved" in page.decode() and db.versions.find_one()["people"] > version
    now = stored(db, ident)
    assert [str(one) for one in now["unsubscribed_ids"]] == [plain(audience.list_id)] and {str(one) for one in now["list_ids"]} == {plain(one) for one in (audience.list_id, public, secret)}
    assert db.hits.count_documents({"kind": "unsubscribe", "contact_id": now["_id"]}) == 1 and not db.confirmations.count_documents({"email": address})
    other = db.contacts.find_one({"email_norm": audience.addresses[1]})
    assert not other["unsubscribed_ids"], "one link is one person's"
    status, page, _ = raw(path, "POST", body(audience.list_id), **FORM)
    assert "Check your inbox" in page.decode() and "“Offers &amp; more”" in page.decode() and page.decode().count(" checked") == 0
    assert {str(one) for one in stored(db, ident)["unsubscribed_ids"]} == {plain(audience.list_id), plain(public)}, "what is wanted waits, what is left is left"
    raw(link_of_confirmation(address, 2), "POST")
    assert [str(one) for one in stored(db, ident)["unsubscribed_ids"]] == [plain(public)]
    raw(path, "POST", "action=all", **FORM)
    assert "What you get from" not in raw(path)[1].decode() and raw(path, "POST", body(public), **FORM)[0] == 200
    assert stored(db, ident)["suppressed"] == "unsubscribed"



def past(db, ident, days=8):
    """As if they had asked, and had their last campaign, so many days before they did."""
    one = stored(db, ident)
    earlier = lambda at: at - datetime.timedelta(days=days) if at else None
    values = {"fewer_at": earlier(one.get("fewer_at")), "own.fewer_at": earlier(one["own"].get("fewer_at")), "fewer_last_at": earlier(one.get("fewer_last_at"))}
    db.contacts.update_one({"_id": one["_id"]}, {"$set": {name: at for name, at in values.items() if at}})


def test_who_wants_fewer_emails_gets_one_campaign_a_week(db, token):
    audience = Audience(token, 2)
    address, other = audience.addresses
    ident = str(db.contacts.find_one({"email_norm": address})["_id"])
    audience.campaign().send().wait()
    path = re.search(r"(/unsubscribe/[\w-]+)>", read(max(mails_to(address)))["List-Unsubscribe"])[1]
    assert "Fewer emails instead?" in raw(path)[1].decode() and "fewer_at" not in stored(db, ident), "looking changes nothing"
    version = db.versions.find_one()["people"]
    status, page, _ = raw(path, "POST", "action=fewer", **FORM)
    assert status == 200 and "Your choice is saved" in page.decode() and db.versions.find_one()["people"] > version
    assert "You get fewer emails" in raw(path)[1].decode() and stored(db, ident)["status"] == "subscribed"
    now = audience.campaign().send().wait()
    assert (now["total"], now["left_out"]["fewer_emails"], now["accepted"]) == (1, 1, 1), "they have just had one"
    past(db, ident)
    now = audience.campaign().send().wait()
    assert (now["total"], now["left_out"]["fewer_emails"]) == (2, 0) and stored(db, ident)["fewer_last_at"]
    now = audience.campaign().send().wait()
    assert (now["total"], now["left_out"]["fewer_emails"]) == (1, 1), "one a week"
    assert (len(mails_to(address)), len(mails_to(other))) == (2, 4)
    past(db, ident)
    pair = [audience.campaign().send() for _ in range(4)]
    ends = [one.wait() for one in pair]
    assert sum(end["accepted"] for end in ends) == 5 and sum(end["suppressed"] + end["left_out"]["fewer_emails"] for end in ends) == 3, ends
    assert (len(mails_to(address)), len(mails_to(other))) == (3, 8), "of four at once one has the turn"
    export = get(f"/api/contacts/{ident}/gdpr-export", token)
    assert export["own"]["fewer_at"] and export["own"]["permissions"][-1]["what"] == "fewer emails" and "link" in export["own"]["permissions"][-1]["source"]
    raw(path, "POST", "action=usual", **FORM)
    assert "Fewer emails instead?" in raw(path)[1].decode()
    assert audience.campaign().send().wait()["accepted"] == 2


def test_whoever_has_a_link_cannot_choose_without_an_end(db, token):
    """old: each made every page and sender read anew what is known of people, also what was said before: 30 in 2 s, 60 times."""
    ident = plain(person(token, "toggles@fewer.example"))
    path, other = ("/unsubscribe/" + token_of("u", CAMPAIGN, contact=one) for one in (ident, plain(person(token, "calm@fewer.example"))))
    answers = [raw(path, "POST", f"action={('fewer', 'usual')[number % 2]}", **FORM) for number in range(11)]
    assert [status for status, _, _ in answers] == [200] * 10 + [429] and int(answers[-1][2]["Retry-After"]) > 60 and b"too often" in answers[-1][1]
    version = db.versions.find_one()["people"]
    for _ in range(5):
        assert raw(path, "POST", "action=fewer", **FORM)[0] == 429
    assert db.versions.find_one()["people"] == version and "fewer_at" not in stored(db, ident)["own"]
    assert raw(other, "POST", "action=fewer", **FORM)[0] == 200, "others are not held up"
    assert raw(path, "POST", ONE_CLICK, **FORM)[0] == 200 and stored(db, ident)["suppressed"] == "unsubscribed", "nor is leaving"


def test_an_email_that_is_refused_uses_up_no_turn(db, token):
    """old: the turn was claimed before the hand-over, and whoever got nothing by it waited another week."""
    audience = Audience(token, 2)
    address = audience.addresses[0]
    ident = str(db.contacts.find_one({"email_norm": address})["_id"])
    assert send(token, f"/api/contacts/{ident}/fewer-emails", fewer=True, evidence="by phone")[0] == 200
    past(db, ident)
    mail({"stage": "rcpt", "to": address, "reply": "554 5.7.1 policy"})
    now = audience.campaign().send().wait()
    mail()
    assert (now["total"], now["failed"], now["accepted"]) == (2, 1, 1), now
    assert "fewer_last_at" not in stored(db, ident) and "fewer_campaign_id" not in stored(db, ident)
    now = audience.campaign().send().wait()
    assert (now["total"], now["accepted"], len(mails_to(address))) == (2, 2, 1), now
    now = audience.campaign().send().wait()
    assert (now["total"], now["left_out"]["fewer_emails"]) == (1, 1), "what they did get does"


def test_fewer_emails_hold_at_once_for_a_campaign_that_is_being_sent(db, token, owner):
    audience = Audience(token, 60)
    late = audience.addresses[59]
    ident = str(db.contacts.find_one({"email_norm": late})["_id"])
    mail({"stage": "rcpt", "delay": 0.3})
    campaign = audience.campaign(send_rate_limit_emails=600).send()
    campaign.wait_accepted(2)
    status, person = send(token, f"/api/contacts/{ident}/fewer-emails", fewer=True, evidence="by phone")
    assert status == 200 and person["fewer_at"]
    now = campaign.wait()
    mail()
    assert (now["suppressed"], now["accepted"]) == (1, 59) and late not in campaign.arrived(), now
    rows = get(f"/api/campaigns/{campaign.id}/emails?status=suppressed", token)
    assert [(row["failure_code"], row["error_message"]) for row in rows] == [("fewer_emails", "Want fewer emails")], rows
    page = owner.open(f"/contacts/{ident}")[1]
    assert "Want fewer emails" in page and "At most one campaign email in 7" in page
    page = owner.open(f"/contacts/{ident}/permission")[1]
    assert "Fewer emails since" in page and "by phone" in page
    token_of_form = re.search(r'name="csrf" value="(\w+)"', page)[1]
    assert owner.open(f"/contacts/{ident}/fewer-emails", csrf=token_of_form, fewer="false")[0] == 200 and "fewer_at" not in stored(db, ident)


WORDS = "I agree to get the <monthly> letter, and can take that back at any time."


@pytest.fixture(scope="module")
def owner():
    browser = Browser()
    browser.sign_in(*first_user())
    return browser


def save_form(owner, ident, *fields, words=WORDS, is_open=True):
    page = owner.open(f"/lists/{plain(ident)}/form")[1]
    hidden = {name: re.search(rf'name="{name}" value="(\w*)"', page)[1] for name in ("csrf", "rev")}
    return owner.open(f"/lists/{plain(ident)}/form", **hidden, consent=words, intro="News & more", fields=list(fields), **({"is_open": "1"} if is_open else {}))


def opened(owner, token, *fields, **members):
    """A list with an open form: its id, and the way of the form."""
    one = made("/api/lists", token, {"list_type": "static", **members})["id"]
    status, page, _ = save_form(owner, one, *fields)
    assert status == 200 and "Open</span>" in page, page
    return one, re.search(r'href="(/s/[0-9a-f]{20})"', page)[1]


def sent(way, body):
    """Whoever signs up faster than an address may waits for it."""
    while (answer := raw(way, "POST", body, **FORM))[0] == 429:
        time.sleep(0.3)
    return answer


def sign_up(way, address, **fields):
    return sent(way, urllib.parse.urlencode({"email": address, "agree": "1", **fields}))


def test_a_form_is_closed_until_somebody_opens_it(db, token, owner):
    one = made("/api/lists", token, {"list_type": "static", "name": "Closed"})["id"]
    assert "Closed</span>" in owner.open(f"/lists/{plain(one)}/form")[1] and not db.signup_forms.find_one({"_id": bson.ObjectId(plain(one))})
    status, page, _ = save_form(owner, one, words="")
    assert status == 400 and "before the form is opened" in page
    status, page, _ = save_form(owner, one, "tags")
    assert status == 400 and "is no field of contacts" in page
    _, way = opened(owner, token, name="Opened", public_name="The <letter>")
    page = raw(way)[1].decode()
    assert "The &lt;letter&gt;" in page and "&lt;monthly&gt;" in page and "News &amp; more" in page and "Opened" not in page and "csrf" not in page
    ident = str(db.signup_forms.find_one({"key": way[3:]})["_id"])
    assert save_form(owner, ident, is_open=False)[0] == 200
    for odd in (way, "/s/" + "0" * 20, "/s/x", "/s/" + ident):
        for method in ("GET", "POST"):
            assert raw(odd, method, "email=a@b.example&agree=1" if method == "POST" else None, **FORM)[0] == 404, odd
    rule = made("/api/lists", token, {"list_type": "dynamic", "name": "By rule", "rule": {"match": "all", "rules": [{"field": "tag", "operator": "has", "value": "vip"}]}})["id"]
    assert owner.open(f"/lists/{plain(rule)}/form")[0] == 409


def test_whoever_signs_up_is_on_the_list_once_they_have_confirmed_it(db, token, owner):
    assert send(token, "/api/fields", key="roof", label="Roof", type="choice", options=["flat", "steep"])[0] == 200
    one, way = opened(owner, token, "first_name", "custom_fields.roof", name="internal name", public_name="Sun & roof")
    page = raw(way)[1].decode()
    assert page.count("<select") == 1 and 'name="first_name"' in page and 'name="last_name"' not in page and 'value="steep"' in page
    address = "new.person@sign.example"
    status, page, headers = sign_up(way, f"  {address.upper()} ", first_name="Mara <b>", last_name="Not asked", **{"custom_fields.roof": "flat", "custom_fields.other": "x", "tags": "vip"})
    assert status == 200 and "Check your inbox" in page.decode() and "Set-Cookie" not in headers
    assert not db.contacts.find_one({"email_norm": address}), "nobody is stored before they have confirmed it"
    link = link_of_confirmation(address)
    message = read(max(mails_to(address)))
    assert message["Subject"] == "Please confirm your subscription to “Sun & roof”" and "internal" not in message.as_string() and "Mara" not in message.as_string()
    raw(link)
    assert not db.contacts.find_one({"email_norm": address})
    assert "You are subscribed" in raw(link, "POST")[1].decode()
    now = db.contacts.find_one({"email_norm": address})
    assert now["first_name"] == "Mara <b>" and "last_name" not in now and now["own"]["source"] == "form" and not now["tags"]
    assert json.loads(now["own"]["fields"]) == {"roof": "flat"} and [str(ident) for ident in now["subscribed_ids"]] == [plain(one)]
    consent = now["own"]["consent"]
    assert consent["source"] == "Sign-up form of “internal name”" and consent["text"] == "Version 1 of its text" and not now.get("unproven")
    assert save_form(owner, one, words="Other words")[0] == 200
    texts = db.signup_forms.find_one({"_id": bson.ObjectId(plain(one))})["texts"]
    assert [(row["version"], row["text"]) for row in texts] == [(1, WORDS), (2, "Other words")], "what was agreed to stays"
    for _ in range(2):
        assert "You are subscribed" in raw(link, "POST")[1].decode()
    assert db.contacts.count_documents({"email_norm": address}) == 1


def test_strangers_learn_of_nobody(db, token, owner):
    """The same words for everybody, and no mail to whom none may go."""
    one, way = opened(owner, token, name="Same words")
    names = ("unknown", "member", "gone", "bounced", "complained", "manual", "erased", "flooded")
    idents = {name: person(token, f"{name}@same.example") for name in names if name != "unknown"}
    assert call(f"/api/lists/{one}/contacts/{idents['member']}", token, "POST")[0] in (200, 201)
    raw("/unsubscribe/" + token_of("u", CAMPAIGN, contact=idents["gone"]), "POST", ONE_CLICK, **FORM)
    for name in ("bounced", "complained", "manual"):
        assert send(token, "/api/suppressions", address=f"{name}@same.example", reason=name, evidence="as a test has it")[0] in (200, 201)
    assert call(f"/api/contacts/{idents['erased']}", token, "DELETE")[0] == 200
    for _ in range(5):
        sign_up(way, "flooded@same.example")
    answers = {name: sign_up(way, f"{name}@same.example") for name in names}
    assert {(status, page.decode().replace(f"{name}@same.example", "ADDRESS")) for name, (status, page, _) in answers.items()} == {(200, answers["unknown"][1].decode().replace("unknown@same.example", "ADDRESS"))}
    assert len({tuple(sorted((key, value) for key, value in headers.items() if key not in ("Date", "Content-Length"))) for _, _, headers in answers.values()}) == 1
    for name in ("unknown", "member", "gone"):
        link_of_confirmation(f"{name}@same.example")
    assert db.confirmations.count_documents({"email": "flooded@same.example"}) == 3
    for name in ("bounced", "complained", "manual", "erased"):
        assert not mails_to(f"{name}@same.example") and not db.confirmations.count_documents({"email": f"{name}@same.example"}), name
    assert not db.contacts.find_one({"email_norm": {"$in": ["erased@same.example", "unknown@same.example"]}})


def test_nobody_learns_of_anybody_when_too_many_sign_up(db, token, owner):
    """old: once 600 had signed up in a minute, those who get no mail were told to look at theirs, all others to wait."""
    _, way = opened(owner, token, name="Too many")
    for name in ("bounced", "erased"):
        ident = person(token, f"{name}@crowd.example")
        if name == "erased":
            assert call(f"/api/contacts/{ident}", token, "DELETE")[0] == 200
    assert send(token, "/api/suppressions", address="bounced@crowd.example", reason="bounced", evidence="as a test has it")[0] in (200, 201)
    for _ in range(4):
        assert sign_up(way, "flooded@crowd.example")[0] == 200
    sign_up(way, "first@crowd.example")
    answers = {}
    for name in ("unknown", "bounced", "erased", "flooded"):
        body = urllib.parse.urlencode({"email": f"{name}@crowd.example", "agree": "1"})
        while True:
            db.rate_buckets.update_one({"_id": "single_mail:confirmations"}, {"$set": {"tokens": -1000.0}})
            status, page, _ = raw(way, "POST", body, **FORM)
            if b"Too many requests at once" not in page:  # nginx's own, by address
                break
            time.sleep(0.5)
        answers[name] = status, page.decode().replace(f"{name}@crowd.example", "ADDRESS")
    db.rate_buckets.delete_many({"_id": "single_mail:confirmations"})
    assert len({re.sub(r"[0-9a-f]{8,}|\d+\u00a0s", "", page) for _, page in answers.values()}) == 1 and {status for status, _ in answers.values()} == {429}, answers


def test_what_is_known_is_not_overwritten_and_other_lists_do_not_come_back(db, token, owner):
    _, way = opened(owner, token, "first_name", "company", name="Known")
    address = "known@sign.example"
    ident = person(token, address, first_name="Mara")
    other = joined(token, ident, name="Other than known")
    raw("/unsubscribe/" + token_of("u", CAMPAIGN, contact=ident), "POST", ONE_CLICK, **FORM)
    assert sign_up(way, address, first_name="Rude word", company="Acme")[0] == 200
    link = link_of_confirmation(address)
    assert stored(db, ident)["suppressed"] == "unsubscribed" and "company" not in stored(db, ident)
    raw(link, "POST")
    now = stored(db, ident)
    assert now["first_name"] == "Mara" and now["company"] == "Acme" and "suppressed" not in now
    assert plain(other) in [str(one) for one in now["unsubscribed_ids"]], "they signed up for one list"


def test_a_bounce_between_asking_and_confirming_stays(db, token, owner):
    _, way = opened(owner, token, name="Late bounce")
    address = "late@sign.example"
    sign_up(way, address)
    link = link_of_confirmation(address)
    assert send(token, "/api/suppressions", address=address, reason="bounced", evidence="550 5.1.1")[0] in (200, 201)
    raw(link, "POST")
    assert db.contacts.find_one({"email_norm": address})["suppressed"] == "bounced"


def test_programs_and_mistakes_send_nothing(db, token, owner):
    _, way = opened(owner, token, "phone", name="Refusing")
    count = MAIL.counts()["accepted"]
    status, page, _ = sign_up(way, "trapped@sign.example", website="https://spam.example")
    assert status == 200 and "Check your inbox" in page.decode(), "a program is told nothing"
    for address, fields, words in (("nobody", {}, "in full"), ("", {}, "in full"), ("a@b.example\r\nBcc: c@d.example", {}, "in full"), ("x" * 300 + "@b.example", {}, "in full"), ("ok@sign.example", {"phone": "12"}, "country code"),
                                   ("ok@sign.example", {"phone": "1" * 500}, "200 characters")):
        status, page, _ = sign_up(way, address, **fields)
        assert status == 400 and words in page.decode(), (address, page)
    status, page, _ = sent(way, "email=ok@sign.example")
    assert status == 400 and "Select this" in page.decode() and 'value="ok@sign.example"' in page.decode()
    status, page, _ = sent(way, "email=nobody")
    assert status == 400 and "There are 2 problems" in page.decode() and "in full" in page.decode() and "Select this" in page.decode(), "both at once"
    assert not db.confirmations.count_documents({"email": {"$in": ["trapped@sign.example", "ok@sign.example"]}}) and MAIL.counts()["accepted"] == count
    assert sent(way, "a" * 20000)[0] == 413


def test_leaving_ends_what_was_asked_before_anybody_had_the_address(db, token, owner):
    """old: a link of a sign-up by somebody who was no contact yet lifted their unsubscribing, for a week."""
    one, way = opened(owner, token, name="Asked twice")
    address = "twice@sign.example"
    sign_up(way, address)
    first = link_of_confirmation(address)
    sign_up(way, address)
    second = link_of_confirmation(address, 2)
    assert first != second and "You are subscribed" in raw(first, "POST")[1].decode()
    ident = str(db.contacts.find_one({"email_norm": address})["_id"])
    raw("/unsubscribe/" + token_of("u", CAMPAIGN, contact=ident), "POST", ONE_CLICK, **FORM)
    for link in (second, first):
        raw(link, "POST")
        now = stored(db, ident)
        assert now["suppressed"] == "unsubscribed" and now["unsubscribed_at"], link
    assert raw(second, "POST")[0] == 410


def test_a_mailbox_is_not_flooded_by_other_spellings_of_it(db, token, owner):
    """old: each spelling of an address had its own three mails an hour."""
    _, way = opened(owner, token, name="Spellings")
    spellings = ["vic.tim@box.example", "victim+a@box.example", "v.i.c.t.i.m+b@box.example", "VICTIM@BOX.example", "victim+@box.example", "victim+a+b@box.example", "vict.im+c.d@box.example"]
    for one in spellings:
        assert sign_up(way, one)[0] == 200
    assert db.confirmations.count_documents({"email": {"$regex": "@box.example$"}}) == 3
    assert sign_up(way, "other@box.example")[0] == 200 and db.confirmations.count_documents({"email": "other@box.example"}) == 1


def test_what_limits_strangers_does_not_stay(db, token, owner):
    """old: of each address that a stranger typed a row stayed for ever."""
    _, way = opened(owner, token, name="Limits end")
    sign_up(way, "limits@sign.example")
    rows = list(db.rate_buckets.find({"_id": {"$regex": "^confirm:"}}))
    assert rows and all(row["at"] < row["expires_at"] <= row["at"] + datetime.timedelta(hours=2, seconds=1) for row in rows), rows
    assert any(index.get("expireAfterSeconds") == 0 and index["key"][0][0] == "expires_at" for index in db.rate_buckets.index_information().values())


def csrf_of(page):
    return re.search(r'name="csrf" value="(\w+)"', page)[1]


def asking(token, **people):
    """A list with double opt-in on which these are pending: its id, and theirs."""
    one = made("/api/lists", token, {"list_type": "static", "name": "Put down by hand", "public_name": "Letters & more", "double_opt_in": True})["id"]
    idents = {name: person(token, address, **({} if name != "inactive" else {"is_active": False})) for name, address in people.items()}
    for ident in idents.values():
        assert call(f"/api/lists/{one}/contacts/{ident}", token, "POST")[0] in (200, 201)
    return one, idents


def test_who_was_put_on_a_list_by_hand_is_asked_and_the_others_are_accounted_for(db, token):
    one, idents = asking(token, first="first@asked.example", second="second@asked.example", bounced="bounced@asked.example", gone="gone@asked.example", inactive="inactive@asked.example")
    assert send(token, "/api/suppressions", address="bounced@asked.example", reason="bounced", evidence="550 5.1.1")[0] in (200, 201)
    assert send(token, f"/api/contacts/{idents['gone']}/unsubscribe")[0] == 200
    plan = get(f"/api/lists/{one}/confirmations", token)
    assert (plan["asked"], plan["may_be_asked"]) == (0, 2) and not mails_to("first@asked.example") and not db.confirmations.count_documents({"list_ids": bson.ObjectId(plain(one))})
    status, answer = send(token, f"/api/lists/{one}/confirmations")
    left = {"asked_before": 0, "no_address": 0, "inactive": 1, "suppressed": 1, "unsubscribed": 1, "bad_domain": 0, "asked_too_often": 0}
    assert status == 200 and answer["asked"] == 2 and answer["may_be_asked"] == 0 and answer["left_out"] == left and not answer["is_part"]
    assert {(row["email"], row["why"]) for row in answer["people"]} == {("bounced@asked.example", "suppressed"), ("gone@asked.example", "unsubscribed"), ("inactive@asked.example", "inactive")}
    again = send(token, f"/api/lists/{one}/confirmations")[1]
    assert again["asked"] == 0 and again["left_out"] == {**left, "asked_before": 2}, "nobody is asked twice by it"
    link = link_of_confirmation("first@asked.example")
    message = read(mails_to("first@asked.example")[0])
    assert "Do you want to get “Letters & more” from" in message.get_body(("plain",)).get_content() and "Someone" not in message.as_string() and "by hand" not in message.as_string()
    raw(link)
    assert plain(one) not in [str(ident) for ident in stored(db, idents["first"])["subscribed_ids"]], "looking confirms nothing"
    assert "You are subscribed" in raw(link, "POST")[1].decode()
    now = stored(db, idents["first"])
    assert [str(ident) for ident in now["subscribed_ids"]] == [plain(one)] and now["own"]["consent"]["source"].startswith("Put on “Put down by hand” here")
    exported = get(f"/api/contacts/{idents['first']}/gdpr-export", token)["confirmations"]
    assert len(exported) == 1 and exported[0]["email"] == "first@asked.example" and exported[0]["confirmed_at"] and exported[0]["asked_by"]
    assert call(f"/api/contacts/{idents['first']}", token, "DELETE")[0] == 200 and not db.confirmations.count_documents({"email": "first@asked.example"})


def test_one_is_asked_by_a_button_and_no_more_than_the_limit(db, token, owner):
    address = "one@button.example"
    one, idents = asking(token, one=address)
    ident = plain(idents["one"])
    for page, back in ((f"/lists/{plain(one)}", "list"), (f"/contacts/{ident}", "")):
        page = owner.open(page)[1]
        assert page.count(">Send confirmation</button>") == 1
        status, page, _ = owner.open(f"/lists/{plain(one)}/contacts/{ident}/confirmation", **{"csrf": csrf_of(page), "from": back})
        assert status == 200 and "A confirmation was sent" in page
        assert db.confirmations.count_documents({"email": address}) == 1, "the same again within a minute sends nothing"
    ask = lambda: send(token, f"/api/lists/{one}/contacts/{idents['one']}/confirmation")
    earlier = lambda: db.confirmations.update_many({"email": address}, [{"$set": {"asked_at": {"$subtract": ["$asked_at", 120000]}}}])
    for _ in range(2):
        earlier()
        assert ask() == (200, {"asked": 1})
    earlier()
    status, answer = ask()
    assert status == 429 and "3 went to this address" in answer["error"] and db.confirmations.count_documents({"email": address}) == 3
    wait_until(lambda: len(mails_to(address)) == 3, "three emails", 60)
    raw(link_of_confirmation(address, 3), "POST")
    status, answer = ask()
    assert status == 409 and "not pending" in answer["error"] and "Send confirmation" not in owner.open(f"/contacts/{ident}")[1]


def test_the_page_says_who_is_left_out_and_why(db, token, owner):
    one, idents = asking(token, a="a@page.example", b="b@page.example", bounced="c@page.example")
    assert send(token, "/api/suppressions", address="c@page.example", reason="bounced", evidence="550 5.1.1")[0] in (200, 201)
    assert "Ask to confirm" in owner.open(f"/lists/{plain(one)}")[1]
    where = f"/lists/{plain(one)}/confirmations"
    page = owner.open(where)[1]
    assert "Send confirmation to 2 contacts" in page and "1 pending contact will not be asked" in page and "c@page.example" in page and "Suppressed" in page and "a@page.example" not in page
    key, csrf = re.search(r'name="idempotency_key" value="([^"]+)"', page)[1], csrf_of(page)
    for _ in range(2):
        status, page, _ = owner.open(where, csrf=csrf, idempotency_key=key)
        assert status == 200 and "2 contacts were asked in the last" in page and "Nobody else can be asked now" in page and "a@page.example" in page
    assert db.confirmations.count_documents({"list_ids": bson.ObjectId(plain(one))}) == 2


def test_who_was_taken_off_the_list_meanwhile_is_not_put_back(db, token):
    address = "taken@off.example"
    one, idents = asking(token, one=address)
    assert send(token, f"/api/lists/{one}/confirmations")[1]["asked"] == 1
    link = link_of_confirmation(address)
    assert call(f"/api/lists/{one}/contacts/{idents['one']}", token, "DELETE")[0] == 200
    status, page, _ = raw(link, "POST")
    assert status == 410 and "no longer works" in page.decode() and not stored(db, idents["one"])["list_ids"]


def test_asking_is_for_lists_of_ones_own_and_for_whoever_may(db, token):
    observed = str(db.lists.find_one({"own": {"$ne": True}, "external": {"$exists": True}})["_id"])
    one, idents = asking(token, one="who@may.example")
    for ident, wanted in ((observed, 409), ("0" * 24, 404)):
        for method in ("GET", "POST"):
            assert call(f"/api/lists/{ident}/confirmations", token, method)[0] == wanted, (ident, method)
    assert send(token, f"/api/lists/{one}/contacts/{'0' * 24}/confirmation")[0] == 404
    assert raw(f"/lists/{plain(one)}/confirmations", "POST")[0] in (303, 401, 403)
    assert call(f"/api/lists/{one}/confirmations", None, "POST")[0] == 401 and not mails_to("who@may.example")


def test_an_email_that_asks_to_confirm_cannot_be_taken_for_unsubscribing(db, token):
    """H-U5: it has no header by which a mail program unsubscribes with nothing to show for it; that leaving ends what was asked is in test_own_data."""
    one, _ = asking(token, only="only@asked-once.example")
    assert send(token, f"/api/lists/{one}/confirmations")[1]["asked"] == 1
    assert link_of_confirmation("only@asked-once.example")
    message = read(mails_to("only@asked-once.example")[0])
    assert message["List-Unsubscribe"] is None and message["List-Unsubscribe-Post"] is None
