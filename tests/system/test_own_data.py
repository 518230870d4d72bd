"""What people decide of their data, and ask for, by the link in a mail: tracking, all that is stored, erasing it."""
import datetime, json

from product import get
from sending import read
from test_answering import FORM, ONE_CLICK, raw, token_of
from test_permission import send
from test_subscribing import CAMPAIGN, link_of_confirmation, mails_to, person, plain, stored


def page_of(ident):
    return "/unsubscribe/" + token_of("u", CAMPAIGN, contact=ident)


def act(ident, action):
    status, page, headers = raw(page_of(ident) + "?data=1", "POST", f"action={action}", **FORM)
    assert status == 200 and "Set-Cookie" not in headers and headers["Cache-Control"] == "no-store"
    return page.decode()


def test_looking_at_ones_data_changes_nothing(db, token):
    ident = plain(person(token, "look@own.example", first_name="Lou"))
    before = stored(db, ident)
    for method in ("GET", "HEAD"):
        status, page, headers = raw(page_of(ident) + "?data=1", method, Sec_Purpose="prefetch")
        assert status == 200 and "Set-Cookie" not in headers
    page = raw(page_of(ident) + "?data=1")[1].decode()
    assert "l***@own.example" in page and "look@own.example" not in page and "Lou" not in page and "You have not decided" in page
    assert stored(db, ident) == before and not db.confirmations.count_documents({"email": "look@own.example"}) and "?data=1" in raw(page_of(ident))[1].decode()


def test_no_holds_at_once_and_yes_only_once_the_address_has_confirmed_it(db, token):
    address = "tracking@own.example"
    ident = plain(person(token, address))
    version = db.versions.find_one()["people"]
    assert "Your choice is saved" in act(ident, "refuse")
    said = stored(db, ident)["tracking"]
    assert said["state"] == "refused" and said["source"] == "By the link in an email" and "version 2" in said["text"] and said["at"] and db.versions.find_one()["people"] > version
    for _ in range(3):
        act(ident, "refuse")
    assert len(stored(db, ident)["own"]["permissions"]) == 1, "said again is not said anew"
    assert "Check your inbox" in act(ident, "allow") and stored(db, ident)["tracking"]["state"] == "refused"
    link = link_of_confirmation(address)
    assert "recorded with your name" in read(max(mails_to(address))).get_body(("plain",)).get_content()
    assert "May we keep your opens and clicks" in raw(link)[1].decode() and stored(db, ident)["tracking"]["state"] == "refused"
    assert "Your choice is saved" in raw(link, "POST", "", **FORM)[1].decode()
    now = stored(db, ident)
    assert now["tracking"]["state"] == "granted" and now["tracking"]["source"] == said["source"] and not now["own"].get("consent"), "that is not to be mailed"
    act(ident, "refuse")
    assert stored(db, ident)["tracking"]["state"] == "withdrawn"
    raw(link, "POST", "", **FORM)
    assert stored(db, ident)["tracking"]["state"] == "withdrawn", "a link confirms once"
    assert [note["what"] for note in stored(db, ident)["own"]["permissions"]] == ["tracking refused", "tracking granted", "tracking withdrawn"]


def test_all_that_is_stored_is_downloaded_once_by_whoever_has_the_address(db, token):
    address = "export@own.example"
    ident = plain(person(token, address, first_name="Ines", last_name="O’Hara"))
    assert "Check your inbox" in act(ident, "export")
    link = link_of_confirmation(address)
    for _ in range(2):
        page = raw(link)[1].decode()
        assert "Download your data" in page and "Ines" not in page
    status, data, headers = raw(link, "POST", "", **FORM)
    assert status == 200 and headers["Content-Disposition"] == 'attachment; filename="your-data.json"' and headers["Content-Type"].startswith("application/json") and headers["Cache-Control"] == "no-store"
    mine, theirs = json.loads(data), get(f"/api/contacts/{ident}/gdpr-export", token)
    assert mine.keys() == theirs.keys() and mine["contact"]["first_name"] == "Ines" and mine["contact"] == theirs["contact"] and mine["own"] == theirs["own"]
    assert [row["purpose"] for row in mine["confirmations"]] == ["export"]
    for _ in range(2):
        status, page, headers = raw(link, "POST", "", **FORM)
        assert status == 200 and "Already downloaded" in page.decode() and b"Ines" not in page and "Content-Disposition" not in headers


def test_everything_is_erased_by_whoever_has_the_address(db, token):
    address = "erase@own.example"
    ident = plain(person(token, address, first_name="Gone"))
    assert "Check your inbox" in act(ident, "erase")
    link = link_of_confirmation(address)
    assert "Erase everything" in raw(link)[1].decode() and stored(db, ident)
    status, page, _ = raw(link, "POST", "", **FORM)
    assert status == 200 and "Everything about you is erased" in page.decode() and "Gone" not in page.decode()
    assert not stored(db, ident) and not db.contacts.find_one({"email_norm": address}) and not db.confirmations.find_one({"email": address}) and not db.single_mails.find_one({"to": address})
    for method in ("GET", "POST"):
        assert raw(link, method, "" if method == "POST" else None, **FORM)[0] == 410
    assert "Nothing is stored about you" in raw(page_of(ident) + "?data=1")[1].decode() and "Nothing is stored about you" in act(ident, "export")
    again = plain(person(token, address))
    assert stored(db, again)["suppressed"] == "erased", "a code stays, so that nobody brings them back"


def test_leaving_ends_what_was_asked_about_emails_and_not_about_data(db, token):
    address = "leaves@own.example"
    ident = plain(person(token, address))
    act(ident, "export")
    link = link_of_confirmation(address)
    raw(page_of(ident), "POST", ONE_CLICK, **FORM)
    assert stored(db, ident)["suppressed"] == "unsubscribed" and raw(link, "POST", "", **FORM)[2]["Content-Disposition"]
    act(ident, "erase")
    link_of_confirmation(address, 2)
    assert db.confirmations.count_documents({"email": address}) == 2, "whoever has left still gets these"


def test_nobody_is_flooded_and_a_link_ends(db, token):
    address = "flooded@own.example"
    ident = plain(person(token, address))
    for action in ("export", "erase", "allow", "export", "erase"):
        assert "Check your inbox" in act(ident, action)
    assert db.confirmations.count_documents({"email": address}) == 3, "three an hour, whatever is asked"
    rows = list(db.confirmations.find({"email": address}))
    assert all(row["expires_at"] - row["asked_at"] == datetime.timedelta(days=1) for row in rows)
    link = link_of_confirmation(address, 3)
    db.confirmations.update_many({"email": address}, [{"$set": {"expires_at": "$asked_at"}}])
    for method in ("GET", "POST"):
        assert raw(link, method, "" if method == "POST" else None, **FORM)[0] == 410
    assert stored(db, ident), "nothing has come of it"


def test_an_address_that_is_somebody_elses_by_now_gets_nothing(db, token):
    address = "was@own.example"
    ident = plain(person(token, address))
    act(ident, "export")
    link = link_of_confirmation(address)
    assert send(token, f"/api/contacts/contact_{ident}", "PUT", email="is@own.example")[0] == 200
    status, page, headers = raw(link, "POST", "", **FORM)
    assert status == 410 and "Content-Disposition" not in headers and stored(db, ident)


def test_to_whom_nothing_is_sent_is_told_to_write(db, token):
    address = "bounced@own.example"
    ident = plain(person(token, address))
    assert send(token, "/api/suppressions", address=address, reason="bounced", evidence="550 5.1.1")[0] in (200, 201)
    page = raw(page_of(ident) + "?data=1")[1].decode()
    assert "Write to" in page and 'value="export"' not in page and 'value="refuse"' in page
    assert "Write to" in act(ident, "erase") and not db.confirmations.find_one({"email": address}) and not mails_to(address) and stored(db, ident)
    assert "Your choice is saved" in act(ident, "refuse"), "to refuse takes no mail"
