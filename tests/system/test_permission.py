"""What people agreed to, who unsubscribes here, and two contacts that become one at the same moment. X-08, D-030."""
import concurrent.futures, json, uuid

import pymongo
from product import SETTINGS, call, get
from test_saving import browser, fields


def stored():
    return pymongo.MongoClient(SETTINGS["MONGODB_URI"])[SETTINGS["MONGODB_DB"]]


def send(token, path, method="POST", **row):
    status, body, _ = call(path, token, method, json.dumps(row).encode(), {"Content-Type": "application/json"})
    return status, json.loads(body)


def test_consent_and_tracking_with_their_history(token, browser):
    ident = send(token, "/api/contacts", email="agreed@perm.example")[1]["id"]
    assert get(f"/api/contacts/{ident}", token)["unproven"] is True
    status, person = send(token, f"/api/contacts/{ident}", "PUT", consent={"source": "Trade fair", "text": "v2", "at": "2026-02-09T10:00:00Z"}, tracking={"state": "granted", "source": "Form"})
    assert status == 200 and person["consent"]["source"] == "Trade fair" and person["tracking"]["state"] == "granted" and person["unproven"] is False
    assert send(token, f"/api/contacts/{ident}", "PUT", consent={"source": "Later", "at": "2126-02-09T10:00:00Z"})[1]["fields"].keys() == {"consent.at"}
    page = browser.open(f"/contacts/{ident}/permission")[1]
    typed = fields(page, f"/contacts/{ident}/permission")
    assert typed["consent_day"] == "2026-02-09" and typed["consent_source"] == "Trade fair"
    status, page, _ = browser.open(f"/contacts/{ident}/permission", **{**typed, "tracking": "withdrawn", "tracking_source": "footer"})
    assert status == 200 and "Withdrawn" in page and "Trade fair (v2)" in page
    notes = get(f"/api/contacts/{ident}/gdpr-export", token)["own"]["permissions"]
    assert [note["what"] for note in notes] == ["consent", "tracking granted", "tracking withdrawn"]


def test_unsubscribed_here_and_again(token):
    ident = send(token, "/api/contacts", email="leaves@perm.example", phone="+4930900001")[1]["id"]
    person = send(token, f"/api/contacts/{ident}/unsubscribe", evidence="by phone")[1]
    assert person["status"] == "unsubscribed" and person["suppressed"] == person["phone_suppressed"] == "unsubscribed" and person["unsubscribed_at"]
    assert send(token, f"/api/contacts/{ident}/resubscribe", evidence="")[0] == 400
    person = send(token, f"/api/contacts/{ident}/resubscribe", evidence="wrote to us")[1]
    assert person["suppressed"] is None and person["phone_suppressed"] is None and person["unsubscribed_at"] is None


def at_once(*calls):
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return [future.result()[0] for future in [pool.submit(*call) for call in calls]]


def test_merges_that_cross_lose_nobody(token):
    """Two contacts into each other, or one into another that goes at the same moment."""
    for _ in range(16):
        emails = [f"{uuid.uuid4().hex[:10]}@cross.example" for _ in range(3)]
        a, b, c = [send(token, "/api/contacts", email=email, tags=[email[:10]])[1]["id"] for email in emails]
        path = "/api/contacts/{}/merge".format
        done = at_once((lambda: send(token, path(a), **{"with": b}),), (lambda: send(token, path(b), **{"with": a}),), (lambda: send(token, path(c), **{"with": a}),))
        assert set(done) <= {200, 400, 404, 409}, done
        left = {row["id"]: row for ident in (a, b, c) if (row := send(token, f"/api/contacts/{ident}", "GET")[1]) and "id" in row}
        assert sorted(tag for row in left.values() for tag in row["tags"]) == sorted(email[:10] for email in emails), (done, left)
        for ident in left:
            call(f"/api/contacts/{ident}", token, "DELETE")


def test_a_merge_and_erasing_leave_nothing_of_whom_is_erased(token):
    for turn in range(16):
        emails = [f"{uuid.uuid4().hex[:10]}@both.example" for _ in range(2)]
        a, b = [send(token, "/api/contacts", email=email, first_name=email[:10])[1]["id"] for email in emails]
        gone = turn % 2
        merged, erased = at_once((lambda: send(token, f"/api/contacts/{a}/merge", **{"with": b, "take": ["first_name"]}),), (lambda: call(f"/api/contacts/{(a, b)[gone]}", token, "DELETE"),))
        assert {merged, erased} <= {200, 400, 404, 409}, (merged, erased)
        if erased == 200:
            told = "".join(call(f"/api/contacts/{ident}", token)[1] for ident in (a, b))
            assert emails[gone][:10] not in told, (merged, erased, told)
            assert stored().contact_aliases.count_documents({"_id": emails[gone]}) == 0
        for ident in (a, b):
            call(f"/api/contacts/{ident}", token, "DELETE")
        assert stored().contact_aliases.count_documents({"_id": {"$in": [*emails, a, b]}}) == 0, "no claim is left either"
