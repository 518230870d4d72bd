"""Lists of one's own: static, dynamic and segmented ones, who is on them, and what a sync leaves alone."""
import json, re, time, urllib.parse

import pytest
from product import Browser, call, cli, database, everything, first_user, get, wait_until


@pytest.fixture(scope="module")
def people(token):
    cli("sync")
    cli("sync", "--contacts")
    return token


def send(path, token, method, body=None):
    status, text, _ = call(path, token, method, json.dumps(body).encode() if body is not None else None, {"Content-Type": "application/json"} if body is not None else None)
    return status, json.loads(text)


def new_list(token, name, **more):
    status, made = send("/api/lists", token, "POST", {"name": name, **more})
    assert status == 200, made
    return made


def new_contact(token, **said):
    status, made = send("/api/contacts", token, "POST", said)
    assert status == 200, made
    return made


def signed_in():
    browser = Browser()
    browser.sign_in(*first_user())
    return browser


def emails(path, token):
    return [row["email"] for row in everything(path, token)]


def test_what_mailing_platforms_clients_do(people):
    made = new_list(people, "Design Newsletter", description="For designers", list_type="static", tags=["Design", "newsletter", "design"])
    assert (made["list_type"], made["tags"], made["contact_count"], made["is_active"], made["created_by"]) == ("static", ["design", "newsletter"], 0, True, get("/api/lists?list_type=static", people)[0]["created_by"])
    assert made["created_at"] == made["updated_at"]
    jane = new_contact(people, email="jane.lists@example.org", first_name="Jane")
    for _ in range(2):
        status, member = send(f"/api/lists/list_{made['id']}/contacts/contact_{jane['id']}", people, "POST")
        assert (status, member["status"], member["contact_id"]) == (200, "subscribed", jane["id"])
    assert get(f"/api/lists/{made['id']}", people)["contact_count"] == 1 and emails(f"/api/lists/{made['id']}/contacts", people) == ["jane.lists@example.org"]
    assert get(f"/api/contacts/{jane['id']}", people)["list_ids"] == [made["id"]]
    assert send(f"/api/lists/{made['id']}/contacts/{jane['id']}", people, "DELETE") == (200, {"deleted": True})
    assert send(f"/api/lists/{made['id']}/contacts/{jane['id']}", people, "DELETE")[0] == 404
    assert get(f"/api/contacts/{jane['id']}", people)["list_ids"] == [] and get(f"/api/lists/{made['id']}", people)["contact_count"] == 0


def test_lists_are_filtered_and_paged(people):
    mine = [new_list(people, f"Paged {i}")["id"] for i in range(3)]
    observed = get("/api/lists?list_type=observed&limit=500", people)
    assert observed and all(row["emailoctopus_id"] and row["contact_count"] == sum(row["counts"].values()) for row in observed)
    static = everything("/api/lists?list_type=static&is_active=true", people, 2)
    assert set(mine) <= {row["id"] for row in static} and len({row["id"] for row in static}) == len(static)
    names = [row["name"] for row in everything("/api/lists", people, 500)]
    assert names == [row["name"] for row in everything("/api/lists", people, 2)] and len(names) == len(observed) + len(static)
    assert names.index("Bought addresses (old)") < names.index("Paged 0") < names.index("Paged 1")
    assert send(f"/api/lists/{mine[0]}", people, "PUT", {"is_active": False})[1]["name"] == "Paged 0"
    assert mine[0] in {row["id"] for row in everything("/api/lists?is_active=false", people)}
    assert get("/api/lists?created_by=nobody", people) == []
    for query in ("list_type=round", "is_active=perhaps", "limit=0", "cursor=zzz"):
        assert call(f"/api/lists?{query}", people)[0] == 400, query


def test_what_is_wrong_with_a_list_is_said(people):
    for body, field in (({}, "name"), ({"name": " "}, "name"), ({"name": "A", "list_type": "observed"}, "list_type"), ({"name": "A", "list_type": "dynamic"}, "rule"),
                        ({"name": "A", "tags": ["a,b"]}, "tags"), ({"name": "A", "list_type": "segmented", "rule": {"field": "tag", "operator": "has", "value": "x"}}, "base_list_id"),
                        ({"name": "A", "rule": {"field": "tag", "operator": "has", "value": "x"}}, "rule"), ({"name": "A", "list_type": "dynamic", "rule": {"field": "nose", "operator": "is", "value": "x"}}, "rule"),
                        ({"name": "A", "list_type": "dynamic", "rule": {"field": "list", "operator": "on", "value": "0" * 24}}, "rule")):
        status, answer = send("/api/lists", people, "POST", body)
        assert status == 400 and field in answer["fields"], (body, answer)
    observed = get("/api/lists?list_type=observed", people)[0]["id"]
    ident = get("/api/contacts?limit=1", people)[0]["id"]
    for method, path, body in (("PUT", "", {"name": "Mine now"}), ("DELETE", "", None), ("POST", f"/contacts/{ident}", None), ("DELETE", f"/contacts/{ident}", None)):
        assert send(f"/api/lists/{observed}{path}", people, method, body)[0] == 409, (method, path)
    assert send(f"/api/lists/{'0' * 24}/contacts/{ident}", people, "POST")[0] == 404


def test_a_late_save_is_refused(people):
    made = new_list(people, "Edited twice")
    assert send(f"/api/lists/{made['id']}", people, "PUT", {"name": "First", "rev": made["rev"]})[0] == 200
    status, answer = send(f"/api/lists/{made['id']}", people, "PUT", {"name": "Second", "rev": made["rev"]})
    assert status == 409 and answer["current"]["name"] == "First"
    assert send(f"/api/lists/{made['id']}", people, "PUT", {"list_type": "dynamic"})[0] == 400


def test_whoever_unsubscribed_stays_so(people):
    made, doubled = new_list(people, "Leaving"), new_list(people, "Confirmed", double_opt_in=True)
    ida = new_contact(people, email="ida.lists@example.org")["id"]
    at, twice = f"/api/lists/{made['id']}/contacts/{ida}", f"/api/lists/{doubled['id']}/contacts/{ida}"
    assert send(twice, people, "POST")[1]["status"] == "pending" and send(at, people, "POST")[1]["status"] == "subscribed"
    assert send(at, people, "PUT", {"status": "unsubscribed"})[1]["status"] == "unsubscribed" and send(at, people, "POST")[1]["status"] == "unsubscribed"
    assert send(at, people, "DELETE")[0] == 200 and send(at, people, "POST")[1]["status"] == "unsubscribed"  # added again, still unsubscribed
    counts = get(f"/api/lists/{made['id']}", people)["counts"], get(f"/api/lists/{doubled['id']}", people)["counts"]
    assert counts == ({"subscribed": 0, "unsubscribed": 1, "pending": 0}, {"subscribed": 0, "unsubscribed": 0, "pending": 1})
    assert emails(f"/api/lists/{made['id']}/contacts?status=subscribed", people) == [] and len(emails(f"/api/lists/{made['id']}/contacts?status=unsubscribed", people)) == 1
    assert send(at, people, "PUT", {"status": "pending"})[0] == 400


def test_many_at_once_and_page_by_page(people):
    made = new_list(people, "Many")
    some = get("/api/contacts?limit=30", people)
    ids = [row["id"] for row in some]
    assert send(f"/api/lists/{made['id']}/contacts", people, "POST", {"contact_ids": ids + ids[:5] + ["contact_" + "0" * 24, "nobody"]}) == (200, {"added": 30})
    assert send(f"/api/lists/{made['id']}/contacts", people, "POST", {"contact_ids": ids}) == (200, {"added": 0})
    assert [row["id"] for row in everything(f"/api/lists/{made['id']}/contacts", people, 7)] == ids
    assert call(f"/api/contacts?list={made['id']}&limit=50", people)[1].count('"email":') == 30


def test_a_sync_leaves_own_lists_alone(people):
    """Neither a reading, nor a new address, nor deletion at the provider touches who was put on a list here."""
    made = new_list(people, "Kept")
    rows = [row for row in everything("/api/contacts?status=subscribed", people) if len(row["list_ids"]) == 1 and row["list_ids"][0] != made["id"]][:3]
    for row in rows:
        assert send(f"/api/lists/{made['id']}/contacts/{row['id']}", people, "POST")[0] == 200
    database(f"""import bson  # the provider no longer has the first: two complete readings do not see them
db.list_contacts.update_many({{'contact_id': bson.ObjectId('{rows[0]['id']}'), 'external.id': {{'$exists': True}}}}, {{'$set': {{'external.id': 'gone'}}}})""")
    for _ in range(2):
        cli("sync", "--contacts", "--full")
    there = everything(f"/api/lists/{made['id']}/contacts", people)
    assert {row["email"] for row in there} >= {row["email"] for row in rows[1:]} and len(there) == 3
    assert all(made["id"] in row["list_ids"] for row in there)
    for row in rows[1:]:
        assert set(get(f"/api/contacts/{row['id']}", people)["list_ids"]) == {*row["list_ids"], made["id"]}


def test_a_deleted_list_leaves_its_people(people):
    made = new_list(people, "Short-lived")
    ids = [row["id"] for row in get("/api/contacts?limit=5", people)]
    part = new_list(people, "Its part", list_type="segmented", base_list_id=made["id"], rule={"field": "tag", "operator": "has", "value": "vip"})
    send(f"/api/lists/{made['id']}/contacts", people, "POST", {"contact_ids": ids})
    status, answer = send(f"/api/lists/{made['id']}", people, "DELETE")
    assert status == 409 and "Its part" in answer["error"]
    assert send(f"/api/lists/{part['id']}", people, "PUT", {"base_list_id": part["id"]})[0] == 400
    assert send(f"/api/lists/{part['id']}", people, "DELETE")[0] == 200 and send(f"/api/lists/{made['id']}", people, "DELETE")[0] == 200
    assert call(f"/api/lists/{made['id']}", people)[0] == 404 and call(f"/lists/{made['id']}", people)[0] == 404
    wait_until(lambda: all(made["id"] not in get(f"/api/contacts/{ident}", people)["list_ids"] for ident in ids), "the memberships to end", 60)


def test_a_deleted_list_is_emptied_when_somebody_was_erased_before(people):
    """Gathering its people compares them with whoever was erased, which wants the key of suppressions."""
    tag = time.time_ns()
    send(f"/api/contacts/{new_contact(people, email=f'erased-{tag}@emptied.example')['id']}", people, "DELETE")
    made, ident = new_list(people, "Emptied"), new_contact(people, email=f"stays-{tag}@emptied.example")["id"]
    send(f"/api/lists/{made['id']}/contacts", people, "POST", {"contact_ids": [ident]})
    assert get(f"/api/contacts/{ident}", people)["list_ids"] == [made["id"]]
    assert send(f"/api/lists/{made['id']}", people, "DELETE")[0] == 200
    wait_until(lambda: not get(f"/api/contacts/{ident}", people)["list_ids"], "the membership to end", 20)


def test_a_rule_says_who_is_on_a_list(people):
    tag = next(tag for row in everything("/api/contacts", people) for tag in row["tags"])
    rule = {"field": "tag", "operator": "has", "value": tag}
    dynamic, base = new_list(people, "Ruled", list_type="dynamic", rule=rule), new_list(people, "Base")
    tagged = everything(f"/api/contacts?tag={tag}", people)
    assert dynamic["contact_count"] == len(tagged) and emails(f"/api/lists/{dynamic['id']}/contacts", people) == [row["email"] for row in tagged]
    send(f"/api/lists/{base['id']}/contacts", people, "POST", {"contact_ids": [row["id"] for row in tagged[:4]] + [new_contact(people, email="untagged.lists@example.org")["id"]]})
    part = new_list(people, "Part", list_type="segmented", base_list_id="list_" + base["id"], rule=rule)
    assert part["contact_count"] == 4 and part["base_list_id"] == base["id"] and emails(f"/api/lists/{part['id']}/contacts", people) == [row["email"] for row in tagged[:4]]
    send(f"/api/contacts/{tagged[0]['id']}", people, "PUT", {"tags": []})
    assert get(f"/api/lists/{part['id']}", people)["contact_count"] == 3 and get(f"/api/lists/{dynamic['id']}", people)["contact_count"] == len(tagged) - 1
    assert send(f"/api/lists/{part['id']}/contacts/{tagged[0]['id']}", people, "POST")[0] == 409
    page = signed_in().open(f"/lists/{part['id']}")[1]
    assert f'Of the list <a href="/lists/{base["id"]}">Base</a>' in page and "<b>3 people</b>" in page
    inner = new_list(people, "Inner", list_type="segmented", base_list_id=part["id"], rule=rule)
    assert inner["contact_count"] == 3 and send(f"/api/lists/{part['id']}", people, "PUT", {"base_list_id": inner["id"]})[0] == 400
    send(f"/api/contacts/{tagged[1]['id']}", people, "PUT", {"is_active": False})
    page = signed_in().open(f"/lists/{part['id']}")[1]
    assert "Not active" in page and "2 can be emailed" in page


def recipients(people, list_ids):
    made = send("/api/campaigns", people, "POST", {"name": "Counted", "subject": "Hello", "html_content": "<p>Hello</p>", "list_ids": list_ids})[1]
    counted = get(f"/api/campaigns/{made['id']}/preview", people)["recipients"]["emails"]
    assert send(f"/api/campaigns/{made['id']}", people, "DELETE")[0] == 200
    return counted


def test_whoever_leaves_a_list_here_stays_away_whatever_its_provider_says(people):
    row = next(row for row in everything("/api/contacts?status=subscribed", people) if len(row["list_ids"]) == 1 and row["email"] and not row["suppressed"])
    observed, at = row["list_ids"][0], f"/api/lists/{row['list_ids'][0]}/contacts/{row['id']}"
    before = recipients(people, [observed])
    for _ in range(2):
        status, member = send(at, people, "PUT", {"status": "unsubscribed"})
        assert (status, member["status"], member["list_id"]) == (200, "unsubscribed", observed)
    for _ in range(2):
        cli("sync", "--contacts", "--full")
        person = get(f"/api/contacts/{row['id']}", people)
        assert (person["status"], person["list_ids"], person["suppressed"]) == ("unsubscribed", [observed], None)
        assert [(one["status"], one["unsubscribed_here"]) for one in person["memberships"]] == [("unsubscribed", True)]
    assert recipients(people, [observed]) == before - 1
    browser = signed_in()
    page = browser.open(f"/contacts/{row['id']}")[1]
    assert "EmailOctopus: Subscribed" in page
    csrf = re.search(r'name="csrf" value="([^"]*)"', page)[1]
    page = browser.open(at.removeprefix("/api") + "/status", csrf=csrf, status="subscribed")[1]
    assert "Unsubscribed here" not in page and get(f"/api/contacts/{row['id']}", people)["status"] == "subscribed"
    assert [note["what"].split(" “")[0] for note in get(f"/api/contacts/{row['id']}/gdpr-export", people)["own"]["permissions"]] == ["unsubscribed from", "subscribed again to"]
    assert "EmailOctopus: Subscribed" in browser.open(f"/lists/{observed}/unsubscribe", csrf=csrf, email=row["email"].upper())[1]
    assert browser.open(f"/lists/{observed}/unsubscribe", csrf=csrf, email="nobody.left@example.org")[0] == 400
    gone = next(one for one in everything("/api/contacts?status=unsubscribed", people) if len(one["list_ids"]) == 1 and one["id"] != row["id"] and not one["suppressed"])
    assert send(f"/api/lists/{gone['list_ids'][0]}/contacts/{gone['id']}", people, "PUT", {"status": "subscribed"})[0] == 409
    stranger = new_contact(people, email="stranger.left@example.org")
    assert send(f"/api/lists/{observed}/contacts/{stranger['id']}", people, "PUT", {"status": "unsubscribed"})[0] == 404
    assert send(at, people, "PUT", {"status": "subscribed"})[0] == 200


def test_a_list_with_a_rule_can_be_left(people):
    rule = {"field": "company", "operator": "is", "value": "Leaving Ltd"}
    made, other = new_list(people, "All of Leaving Ltd", list_type="dynamic", rule=rule), new_list(people, "Theirs")
    ids = [new_contact(people, email=f"{name}.ruled@example.org", company="Leaving Ltd")["id"] for name in ("una", "vic", "wes")]
    part = new_list(people, "Part of it", list_type="segmented", base_list_id=made["id"], rule={"field": "email", "operator": "not_empty"})
    assert recipients(people, [made["id"]]) == recipients(people, [part["id"]]) == 3
    at = f"/api/lists/{made['id']}/contacts/{ids[0]}"
    assert send(at, people, "PUT", {"status": "unsubscribed"})[1]["status"] == "unsubscribed"
    assert recipients(people, [made["id"]]) == recipients(people, [part["id"]]) == recipients(people, [made["id"], other["id"]]) == 2
    assert get(f"/api/lists/{made['id']}", people)["contact_count"] == 3
    browser = signed_in()
    page = browser.open(f"/lists/{made['id']}")[1]
    assert "<b>2 people</b>, all of them can be emailed" in page and "Subscribe: una.ruled@example.org" in page and "Unsubscribe: vic.ruled@example.org" in page
    csrf = re.search(r'name="csrf" value="([^"]*)"', page)[1]
    page = browser.open(f"/lists/{made['id']}/contacts/{ids[1]}/status", csrf=csrf, status="unsubscribed", **{"from": "list"})[1]
    assert "<b>1 person</b>, all of them can be emailed" in page and "Subscribe: vic.ruled@example.org" in page
    page = browser.open(f"/contacts/{ids[1]}")[1]
    assert "All of Leaving Ltd" in page and "Unsubscribed here" in page
    send(f"/api/lists/{other['id']}/contacts", people, "POST", {"contact_ids": ids})
    assert recipients(people, [made["id"], other["id"]]) == 3  # by the other list
    assert send(at, people, "PUT", {"status": "subscribed"})[0] == 200 and recipients(people, [made["id"]]) == 2
    assert send("/api/lists", people, "POST", {"name": "B", "list_type": "dynamic", "rule": {"field": "list", "operator": "on", "value": made["id"]}})[1]["fields"].keys() >= {"rule"}
    wanted = urllib.parse.quote(json.dumps({"field": "list", "operator": "unsubscribed", "value": made["id"]}))
    assert emails(f"/api/segments/contacts?rule={wanted}", people) == ["vic.ruled@example.org"]


def test_whoever_unsubscribed_everywhere_is_in_no_campaign_to_a_rule(people):
    '''Of a list with a rule nobody has a membership: what they said of all their lists counts.'''
    gone = next(one for one in everything("/api/contacts?status=unsubscribed", people) if not one["suppressed"])
    made = new_list(people, "With one who left", list_type="dynamic", rule={"field": "email", "operator": "is", "value": gone["email"]})
    assert get(f"/api/lists/{made['id']}", people)["contact_count"] == 1 and recipients(people, [made["id"]]) == 0


def test_what_is_kept_of_opens_is_decided_here_of_an_observed_list(people):
    ident = get("/api/lists?list_type=observed", people)[0]["id"]
    status, answer = send(f"/api/lists/{ident}", people, "PUT", {"tracking": "counted"})
    assert status == 200 and answer["tracking"] == "counted" and answer["tracking_at"] and answer["tracking_by"]
    cli("sync")
    assert get(f"/api/lists/{ident}", people)["tracking"] == "counted"
    assert send(f"/api/lists/{ident}", people, "PUT", {"tracking": "counted", "name": "Mine"})[0] == 409
    assert send(f"/api/lists/{ident}", people, "PUT", {"tracking": "sideways"})[0] == 400
    browser = signed_in()
    page = browser.open(f"/lists/{ident}")[1]
    assert '<option value="counted" selected>' in page
    page = browser.open(f"/lists/{ident}/tracking", csrf=re.search(r'name="csrf" value="([^"]*)"', page)[1], tracking="unset")[1]
    assert '<option value="unset" selected>' in page and get(f"/api/lists/{ident}", people)["tracking"] == "unset"


def test_the_pages_do_the_same(people):
    browser = signed_in()
    page = browser.open("/lists/new")[1]
    fields = dict(re.findall(r'type="hidden" name="(csrf|idempotency_key)" value="([^"]*)"', page))
    status, page, url = browser.open("/lists", **fields, name="By <hand>", list_type="static", tags="One, two", tracking="counted", double_opt_in="1")
    assert status == 200 and "By &lt;hand&gt;" in page and "Static list · double opt-in" in page
    ident = url.rsplit("/", 1)[1]
    assert browser.open(f"/lists/{ident}/add", csrf=fields["csrf"], email="nobody.lists@example.org")[0] == 400
    new_contact(people, email="omar.lists@example.org")
    page = browser.open(f"/lists/{ident}/add", csrf=fields["csrf"], email="OMAR.lists@example.org")[1]
    assert "omar.lists@example.org" in page and "Pending" in page
    omar = re.search(r'/contacts/(\w{24})">omar', page)[1]
    page = browser.open(f"/lists/{ident}/contacts/{omar}/status", csrf=fields["csrf"], status="subscribed")[1]
    assert "By &lt;hand&gt;" in page and "Unsubscribe" in page
    page = browser.open(f"/lists/{ident}/contacts/{omar}/remove", csrf=fields["csrf"])[1]
    assert '<select class="form-select" id="join-list"' in page
    page = browser.open(f"/contacts/{omar}/lists", csrf=fields["csrf"], list_id=ident)[1]
    assert f'href="/lists/{ident}"' in page
    ids = [row["id"] for row in get("/api/contacts?limit=3", people)]
    page = browser.open("/lists/members", csrf=fields["csrf"], list_id=ident, contact_id=ids)[1]
    assert page.count('aria-label="Remove ') == 4
    page = browser.open("/lists/members", csrf=fields["csrf"], list_id=ident, contact_id=ids, remove="1")[1]
    assert page.count('aria-label="Remove ') == 1
    rev = re.search(r'name="rev" value="(\d+)"', browser.open(f"/lists/{ident}/edit")[1])[1]
    assert "Not active" in browser.open(f"/lists/{ident}", csrf=fields["csrf"], rev=rev, has_active="1", name="Off", tags="")[1]
    status, page, _ = browser.open(f"/lists/{ident}", csrf=fields["csrf"], rev=rev, has_active="1", name="Late", tags="")
    assert status == 409 and "Late" in page and "Off" in page
    person = f"/contacts/{omar}"
    rev = re.search(r'name="rev" value="(\d+)"', browser.open(person + "/edit")[1])[1]
    assert browser.open(person, csrf=fields["csrf"], rev=rev, email="omar.lists@example.org", company="First")[0] == 200
    status, page, _ = browser.open(person, csrf=fields["csrf"], rev=rev, email="omar.lists@example.org", company="Second")
    assert status == 409 and "First" in page and "Second" in page
    assert "1 contact is on it and stays a contact." in browser.open(f"/lists/{ident}/delete")[1] and browser.open(f"/lists/{ident}/delete", csrf=fields["csrf"])[2].endswith("/lists")
    ruled = {"list_type": "dynamic", "match": "all", "field": "tag", "op": "has", "value": "vip"}
    page = browser.open("/lists/preview", csrf=fields["csrf"], name="By rule", **ruled)[1]
    assert 'value="By rule"' in page and "Has the tag vip" in page
    keys = dict(re.findall(r'type="hidden" name="(csrf|idempotency_key)" value="([^"]*)"', browser.open("/lists/new")[1]))
    status, page, url = browser.open("/lists", **keys, name="By rule", **ruled)
    assert status == 200 and "Has the tag vip" in page and "Dynamic list" in page
    keys = dict(re.findall(r'type="hidden" name="(csrf|idempotency_key)" value="([^"]*)"', browser.open("/lists/new")[1]))
    status, page, _ = browser.open("/lists", **keys, name="By rule", **{**ruled, "value": ""})
    assert status == 400 and 'value="By rule"' in page and "problem" in page
