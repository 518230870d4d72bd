"""What people say themselves: subscribing again, confirming by the link of a real mail."""
import html, json, re

import bson, pytest
from product import MAIL, call, wait_until
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


def joined(token, ident, **members):
    one = made("/api/lists", token, {"list_type": "static", **members})["id"]
    assert call(f"/api/lists/{one}/contacts/{ident}", token, "POST")[0] in (200, 201)
    return one


def test_only_the_button_of_the_mails_link_subscribes_again(db, token):
    address = "again@confirm.example"
    ident = person(token, address)
    path = "/unsubscribe/" + token_of("u", CAMPAIGN, contact=ident)
    raw(path, "POST", ONE_CLICK, **FORM)
    raw(path, "POST", "action=again", **FORM)
    link = link_of_confirmation(address)
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
    assert "by the link" in consent["source"] and "version 1" in consent["text"] and consent["at"], "source, text and time"
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
    assert "Look at your emails" in raw(path, "POST", "action=again", **FORM)[1].decode()
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


def test_an_expired_or_foreign_link_confirms_nothing(db, token):
    address = "expired@confirm.example"
    ident = person(token, address)
    path = "/unsubscribe/" + token_of("u", CAMPAIGN, contact=ident)
    raw(path, "POST", ONE_CLICK, **FORM)
    raw(path, "POST", "action=again", **FORM)
    link = link_of_confirmation(address)
    for odd in (link[:-1], link[:-1] + ("A" if link[-1] != "A" else "B"), "/confirm/x", "/confirm/" + token_of("p", CAMPAIGN)):
        status, page, _ = raw(odd, "POST")
        assert status == 404 and b"This link does not work" in page, odd
    row = db.confirmations.find_one({"email": address})
    db.confirmations.update_one({"_id": row["_id"]}, {"$set": {"expires_at": row["asked_at"]}})
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
    assert "Look at your emails" in page.decode() and "“Offers &amp; more”" in page.decode() and page.decode().count(" checked") == 0
    assert {str(one) for one in stored(db, ident)["unsubscribed_ids"]} == {plain(audience.list_id), plain(public)}, "what is wanted waits, what is left is left"
    raw(link_of_confirmation(address, 2), "POST")
    assert [str(one) for one in stored(db, ident)["unsubscribed_ids"]] == [plain(public)]
    raw(path, "POST", "action=all", **FORM)
    assert "What you get from" not in raw(path)[1].decode() and raw(path, "POST", body(public), **FORM)[0] == 200
    assert stored(db, ident)["suppressed"] == "unsubscribed"
