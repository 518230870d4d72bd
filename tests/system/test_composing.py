"""Own campaigns: drafts by API, beside observed ones in the list and in no figure."""
import html, json, re, time, urllib.parse

import pytest
from product import Browser, call, cli, database, first_user, get
from test_own_lists import send


@pytest.fixture(scope="module")
def account(token):
    cli("sync")
    cli("sync", "--contacts")
    return token


def draft(token, **said):
    status, made = send("/api/campaigns", token, "POST", {"name": "Draft", **said})
    assert status == 200, made
    return made


def a_list(token):
    return get("/api/lists?list_type=observed&limit=1", token)[0]["id"]


def observed(token):
    return get("/api/campaigns?status=sent&limit=1", token)[0]["id"]


def a_template(token, **said):
    status, made = send("/api/templates", token, "POST", {"name": "Offer", "subject": "An offer", "preheader": "For you", "html_content": "<p>Theirs</p>", **said})
    assert status == 200, made
    return made


def test_the_body_of_an_email_platform(account):
    body = {"name": "Summer Sale Campaign", "subject": "Summer Sale - {{first_name}}!", "from_email": "marketing@example.com", "from_name": "Marketing Team", "template_id": a_template(account)["id"],
            "list_ids": [f"list_{a_list(account)}"], "reply_to": "support@example.com",
            "settings": {"track_opens": True, "track_clicks": True, "unsubscribe_link": True, "suppress_duplicates": True}}
    status, made = send("/api/campaigns", account, "POST", body)
    assert status == 200 and (made["status"], made["origin"], made["name"], made["subject"], made["reply_to"]) == ("draft", "own", body["name"], body["subject"], body["reply_to"])
    assert made["list_ids"] == [a_list(account)] and all(made["settings"][name] for name in body["settings"]) and made["created_by"] and made["created_at"] == made["updated_at"]
    assert (made["total_recipients"], made["sent_count"], made["open_rate"], made["scheduled_time"], made["sent_time"]) == (0, 0, 0, None, None)
    assert {name: value for name, value in get(f"/api/campaigns/campaign_{made['id']}", account).items()} == made


def an_account(token):
    status, made = send("/api/accounts", token, "POST", {"name": f"Account {time.monotonic_ns()}", "org_id": "123"})
    assert status == 200, made
    return made["id"]


def test_the_body_of_a_campaign_manager(account):
    mine = an_account(account)
    body = {"name": "Test", "account_id": f"account_{mine}", "template_id": "tpl", "destinataires": "a@x.example, b@x.example\nA@X.example", "subjects": "One\nTwo", "froms": "Ann <ann@x.example>\nbob@x.example"}
    made = draft(account, **body)
    assert made["recipients"] == ["a@x.example", "b@x.example"] and made["subjects"] == ["One", "Two"] and made["froms"] == ["Ann <ann@x.example>", "bob@x.example"]
    assert (made["subject"], made["from_name"], made["from_email"], made["account_id"]) == ("One", "Ann", "ann@x.example", mine)
    status, refused = send("/api/campaigns", account, "POST", {"name": "Test", "account_id": "1"})
    assert status == 400 and set(refused["fields"]) == {"account_id"}
    status, refused = send("/api/campaigns", account, "POST", {"name": "Test", "account_id": mine})
    assert status == 400 and set(refused["fields"]) == {"template_id", "destinataires", "subjects"}  # a sender is in the settings


def test_the_body_of_a_segment_campaign(account):
    made = draft(account, subject="Pizza", email_content="<p>Hello {{first_name|default:\"you\"}}</p>", sms_content="Pizza!", channel="both", target_segments="vip, ALL", qr_expiration_days=14,
                 send_rate_limit_emails=50, send_rate_limit_sms=5, from_email="a@x.example", qr={"enabled": True, "deal": "20 % off", "deal_value": 450})
    assert (made["html_content"], made["target_segments"], made["send_rate_limit_emails"], made["send_rate_limit_sms"]) == ("<p>Hello {{first_name|default:\"you\"}}</p>", ["vip", "ALL"], 50, 5)
    assert made["qr"] == {"enabled": True, "expiration_days": 14, "max_usage": 1, "deal": "20 % off", "deal_value": 450} and made["currency"] == "EUR"
    assert made["missing"] == [] and made["problems"] == []
    usual = draft(account)
    assert (usual["send_rate_limit_emails"], usual["send_rate_limit_sms"], usual["qr"]["expiration_days"], usual["channel"], usual["settings"]["tracking"]) == (100, 10, 30, "email", "named")
    assert {row["field"] for row in usual["missing"]} >= {"subject", "html_content", "list_ids"}


def test_refusals_name_their_fields_and_change_nothing(account):
    before = len(get("/api/campaigns?origin=own&limit=500", account))
    status, refused = send("/api/campaigns", account, "POST", {"name": " ", "from_email": "bob", "reply_to": "a@", "list_ids": ["nope"], "target_segments": ["{}"], "recipients": ["x"],
                                                              "exclude": {"list_ids": ["nope"], "days": 3}, "qr": {"max_usage": 0}, "send_rate_limit_sms": 0, "time_zone": "Mars", "scheduled_time": "2024-01-15T10:00:00"})
    assert status == 400 and set(refused["fields"]) == {"name", "from_email", "reply_to", "list_ids", "target_segments", "recipients", "exclude.list_ids", "qr.max_usage", "send_rate_limit_sms", "time_zone", "scheduled_time"}
    for body, field in (({"name": "x", "nam": 1}, "nam"), ({"name": "x", "channel": "fax"}, "channel"), ({"name": "x" * 201}, "name"), ({"name": "x", "settings": {"track": True}}, "settings.track"), ({"name": "x", "subject": "y" * 301}, "subject")):
        status, refused = send("/api/campaigns", account, "POST", body)
        assert status == 400 and field in refused["fields"], (body, refused)
    assert len(get("/api/campaigns?origin=own&limit=500", account)) == before


def test_a_change_leaves_alone_what_it_does_not_give(account):
    made = draft(account, subjects=["One", "Two"], from_email="a@x.example", from_name="Ann", settings={"track_opens": False})
    assert made["settings"]["track_opens"] is False and made["settings"]["track_clicks"] is True
    status, changed = send(f"/api/campaigns/{made['id']}", account, "PUT", {"settings": {"track_clicks": False}, "subject": "Uno", "qr": {"deal": "Free"}})
    assert status == 200 and changed["subjects"] == ["Uno", "Two"] and changed["from_name"] == "Ann" and changed["settings"]["tracking"] == "off" and changed["qr"]["deal"] == "Free" and changed["qr"]["max_usage"] == 1
    assert changed["rev"] == made["rev"] + 1 and changed["updated_at"] >= made["updated_at"]
    status, stale = send(f"/api/campaigns/{made['id']}", account, "PUT", {"name": "Late", "rev": made["rev"]})
    assert status == 409 and stale["current"]["subjects"] == ["Uno", "Two"] and get(f"/api/campaigns/{made['id']}", account)["name"] == "Draft"
    assert send(f"/api/campaigns/{made['id']}", account, "PUT", {"name": "In time", "rev": changed["rev"]})[0] == 200


def test_content_that_is_wrong_is_kept_and_told_by_line(account):
    made = draft(account, html_content="<p>\n{% if first_name %}Hello\n</p>", subject="Dear {{frst_name}}")
    problems = {(row["field"], row["line"], row["is_error"]) for row in made["problems"]}
    assert ("html_content", 2, True) in problems and ("subject", 1, False) in problems, made["problems"]
    assert "first_name" in next(row["text"] for row in made["problems"] if row["field"] == "subject")


def test_a_time_is_chosen_for_what_could_be_sent(account):
    made = draft(account)
    assert send(f"/api/campaigns/{made['id']}/schedule", account, "POST", {})[0] == 400
    status, refused = send(f"/api/campaigns/{made['id']}/schedule", account, "POST", {"scheduled_time": "2024-01-15T10:00:00"})
    assert status == 400 and set(refused["fields"]) == {"scheduled_time"}
    status, refused = send(f"/api/campaigns/{made['id']}/schedule", account, "POST", {"scheduled_time": "2099-01-15T10:00:00"})
    assert status == 400 and {"subject", "html_content", "list_ids"} <= set(refused["fields"]), refused
    assert get(f"/api/campaigns/{made['id']}", account)["status"] == "draft"


def test_a_draft_is_copied_and_deleted(account):
    made = draft(account, subjects=["One", "Two"], target_segments=["ALL"], scheduled_time="2099-01-15T10:00:00")
    status, copy = send(f"/api/campaigns/{made['id']}/duplicate", account, "POST")
    assert status == 200 and copy["id"] != made["id"] and (copy["name"], copy["subjects"], copy["target_segments"], copy["scheduled_time"], copy["rev"]) == ("Copy of Draft", ["One", "Two"], ["ALL"], None, 1)
    assert send(f"/api/campaigns/{made['id']}", account, "DELETE") == (200, {"deleted": True})
    assert call(f"/api/campaigns/{made['id']}", account)[0] == 404 and call(f"/api/campaigns/{copy['id']}", account)[0] == 200


def test_observed_campaigns_refuse(account):
    path = f"/api/campaigns/{observed(account)}"
    before = get(path, account)
    for method, more, body in (("PUT", "", {"name": "Mine"}), ("DELETE", "", None), ("POST", "/duplicate", None), ("POST", "/schedule", {"scheduled_time": "2099-01-15T10:00:00"})):
        status, refused = send(path + more, account, method, body)
        assert status == 409 and "observed" in refused["error"], (method, refused)
    assert get(path, account) == before and before["origin"] == "synced"


def test_the_list_has_them_and_filters(account):
    made = draft(account, name="Only in the list")
    def ids(query):
        return [row["id"] for row in get(f"/api/campaigns?limit=500{query}", account)]
    assert made["id"] in ids("") and made["id"] in ids("&origin=own") and made["id"] not in ids("&origin=synced") and made["id"] not in ids("&status=sent")
    for word in ("draft", "ready"):
        assert made["id"] in ids(f"&status={word}")
    assert made["id"] in ids(f"&created_by={made['created_by'].replace(' ', '%20')}") and made["id"] not in ids("&created_by=nobody")
    assert made["id"] not in ids(f"&as_of={time.strftime('%FT%TZ', time.gmtime())}") and call("/api/campaigns?origin=mine", account)[0] == 400
    assert [row["status"] for row in get("/api/campaigns?status=error", account)] == [row["status"] for row in get("/api/campaigns?status=failed", account)] == ["failed"]


FIGURES = ("/api/dashboard?period=all", "/api/stats", "/api/lists", "/api/partners", "/api/campaigns?origin=synced&limit=500")


def test_figures_are_the_same_before_and_after(account):
    def told():
        return {path: get(path, account) for path in FIGURES}
    for made in get("/api/campaigns?origin=own&limit=500", account):
        assert send(f"/api/campaigns/{made['id']}", account, "DELETE")[0] == 200
    before = told()
    mine = draft(account, name="ACME_Counted?", subject="Counted?", list_ids=[a_list(account)])
    for path, answer in told().items():
        assert answer == before[path], path
    cli("sync", "--full")
    assert get(f"/api/campaigns/{mine['id']}", account)["gone_at"] is None
    status, refused = send("/api/reports", account, "POST", {"campaigns": [mine["id"]], "period": {"from": "2020-01-01", "to": "2030-01-01"}})
    assert status == 400 and "campaigns" in refused["fields"]
    assert call(f"/api/compare?id={mine['id']}&id={observed(account)}", account)[0] == 400
    for path in ("snapshots", "links", "analytics"):
        assert get(f"/api/campaigns/{mine['id']}/{path}", account) == []
    assert call(f"/api/campaigns/{mine['id']}/project", account, "PUT", b'{"partner_id": null}', {"Content-Type": "application/json"})[0] == 404


def test_creation_takes_no_longer_for_a_large_audience(account):
    lists = [row["id"] for row in get("/api/lists?list_type=observed&limit=500", account)]
    def seconds(**said):
        begun = time.monotonic()
        draft(account, subject="Hi", html_content="<p>Hello {{first_name}}</p>" * 100, **said)
        return time.monotonic() - begun
    pairs = [(seconds(), seconds(list_ids=lists, target_segments=["ALL"])) for _ in range(8)]
    nobody, everybody = (min(times) for times in zip(*pairs))
    assert everybody < 4 * nobody, pairs


def test_two_requests_of_one_key_make_one_draft(account):
    body, headers = json.dumps({"name": "Once"}).encode(), {"Content-Type": "application/json", "Idempotency-Key": "composing-once-1"}
    first, second = (json.loads(call("/api/campaigns", account, "POST", body, headers)[1]) for _ in range(2))
    assert first["id"] == second["id"] and sum(row["name"] == "Once" for row in get("/api/campaigns?origin=own&limit=500", account)) == 1


def signed_in():
    browser = Browser()
    browser.sign_in(*first_user())
    return browser


def fields(page):
    """What the composer's form would send, as a browser without scripts does."""
    form = re.search(r'<form [^>]*id="campaign-form".*?</form>', page, re.S)[0]
    said = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value, kind = (re.search(rf'{what}="([^"]*)"', tag) for what in ("name", "value", "type"))
        if name and (not kind or kind[1] not in ("checkbox", "radio") or " checked" in tag):
            said[name[1]] = value[1] if value else ""
    for name, value in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        said[name] = value
    for name, inside in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        said[name] = chosen[1] if chosen else ""
    return {name: value.replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'").replace("&amp;", "&") for name, value in said.items() if name != "use_json"}


IDS = ("campaign-form", "campaign-name", "campaign-subject", "campaign-from-email", "campaign-from-name", "campaign-template", "campaign-lists", "campaign-reply-to", "track-opens", "track-clicks", "unsubscribe-link", "suppress-duplicates")


def test_the_form_has_the_ids_that_clients_know(account):
    page = signed_in().open("/campaigns/new")[1]
    for name in IDS:
        assert page.count(f'id="{name}"') == 1, name


def test_a_draft_is_written_step_by_step(account):
    browser = signed_in()
    said = fields(browser.open("/campaigns/new")[1])
    status, page, address = browser.open("/campaigns/new", **{**said, "campaign-name": "By form", "campaign-subject": "Hello", "campaign-from-email": "a@x.example", "html_content": "<p>\n{% if first_name %}</p>", "next": "audience"})
    assert status == 200 and re.search(r"/campaigns/\w{24}/edit\?step=audience$", address) and "Email, line 2" in page and "is not closed" in page
    made = address.split("/")[4]
    lists = [row["name"] for row in get("/api/lists?list_type=observed&limit=2", account)]
    said = fields(page)
    assert (said["campaign-name"], said["campaign-subject"], said["rev"]) == ("By form", "Hello", "1")
    status, page, address = browser.open(f"/campaigns/{made}/edit", **{**said, "campaign-lists": ", ".join(lists), "more_subjects": "Two\nThree", "exclude_days": "3", "next": "settings"})
    assert status == 200 and address.endswith("step=settings"), page[:3000]
    status, page, address = browser.open(f"/campaigns/{made}/edit", **{**fields(page), "qr_enabled": "1", "qr_deal": "Roof check", "qr_deal_value": "1,234.50", "scheduled_time": "2099-01-15T10:00", "time_zone": "Europe/Berlin", "next": "review"})
    assert status == 200 and address.endswith("/review") and "chosen but not scheduled yet" in page
    kept = get(f"/api/campaigns/{made}", account)
    assert kept["subjects"] == ["Hello", "Two", "Three"] and len(kept["list_ids"]) == 2 and kept["exclude"]["days"] == 3 and kept["scheduled_time"] == "2099-01-15T09:00:00Z"
    assert kept["qr"] == {"enabled": True, "expiration_days": 30, "max_usage": 1, "deal": "Roof check", "deal_value": 123450} and kept["settings"]["track_opens"]
    assert ">1,234.50<" not in page and 'value="1,234.50"' in browser.open(f"/campaigns/{made}/edit?step=settings")[1]


def test_mistakes_stand_beside_their_fields_and_nothing_is_lost(account):
    browser = signed_in()
    said = fields(browser.open("/campaigns/new")[1])
    page = browser.open("/campaigns/new", **{**said, "campaign-name": ""})[1]
    assert page.count('href="#campaign-name">Give the campaign a name') == 1 and 'href="#name"' not in page
    status, page, _ = browser.open("/campaigns/new", **{**said, "campaign-name": "Kept text", "campaign-from-email": "bob", "campaign-lists": "Nowhere", "qr_deal_value": "lots"})
    assert status == 400 and "Kept text" in page and all(f'id="wrong-{name}"' in page for name in ("campaign-from-email", "campaign-lists")) and "There is no list “Nowhere”" in page


def test_two_who_edit_see_what_differs(account):
    made = draft(account, name="Shared", subject="Theirs, before")
    browser = signed_in()
    said = fields(browser.open(f"/campaigns/{made['id']}/edit")[1])
    assert send(f"/api/campaigns/{made['id']}", account, "PUT", {"subject": "Theirs", "html_content": "<p>Same</p>\n<p>Theirs</p>" + "x" * 100})[0] == 200
    status, page, _ = browser.open(f"/campaigns/{made['id']}/edit", **{**said, "campaign-subject": "Mine", "html_content": "<p>Same</p>\n<p>Mine</p>" + "x" * 100})
    late = re.search(r"Somebody else saved this.*?</table>", page, re.S)[0]
    assert status == 409 and "Theirs" in late and "Mine" in late and "Line 2" in late and get(f"/api/campaigns/{made['id']}", account)["subject"] == "Theirs"
    assert browser.open(f"/campaigns/{made['id']}/edit", **fields(page))[0] == 200 and get(f"/api/campaigns/{made['id']}", account)["subject"] == "Mine"


def test_recipients_are_counted_with_reasons(account):
    row = next(row for row in get("/api/lists?list_type=observed&limit=50", account) if row["counts"]["unsubscribed"])
    made = draft(account, list_ids=[row["id"]], from_email="a@x.example")
    page = signed_in().open(f"/campaigns/{made['id']}/edit?step=audience")[1]
    people = re.sub(r"<[^>]+>", "|", page[page.index("<h2>Recipients"):])
    told = re.search(r"Contacts\|+\s*\|*([\d,]+)", people)
    assert told and int(told[1].replace(",", "")) == row["counts"]["subscribed"], people[:600]


def test_a_button_adds_a_list_and_a_draft_is_deleted_after_asking(account):
    browser = signed_in()
    made = draft(account, name="To delete")
    name = get("/api/lists?list_type=observed&limit=1", account)[0]["name"]
    status, page, address = browser.open(f"/campaigns/{made['id']}/edit", **{**fields(browser.open(f"/campaigns/{made['id']}/edit")[1]), "add_list": name, "step": "audience"})
    assert status == 200 and address.endswith("step=audience") and get(f"/api/campaigns/{made['id']}", account)["list_ids"] == [a_list(account)]
    status, page, _ = browser.open(f"/campaigns/{made['id']}/delete")
    assert status == 200 and "Delete the draft “To delete”?" in page
    proof = re.search(r'name="csrf" value="(\w+)"', page)[1]
    assert browser.open(f"/campaigns/{made['id']}/delete", csrf=proof)[0] == 200 and call(f"/api/campaigns/{made['id']}", account)[0] == 404


def test_drafts_stand_in_the_list_with_their_status(account):
    made = draft(account, name="Listed draft")
    browser = signed_in()
    for address in ("/campaigns?origin=own", "/campaigns?status=draft", "/campaigns?q=listed+draft"):
        page = browser.open(address)[1]
        row = re.search(r"<tr[^>]*>(?:(?!</tr>).)*Listed draft.*?</tr>", page, re.S)[0]
        assert '<span class="status draft">Draft</span>' in row and "checkbox" not in row and "Edited" in row
    assert "Listed draft" not in browser.open("/campaigns?origin=synced")[1] and "Listed draft" in browser.open("/search?q=listed+draft")[1]
    assert browser.open(f"/campaigns/{made['id']}")[2].endswith("/edit")
    assert browser.open(f"/campaigns/{observed(account)}/edit")[0] == 409 and browser.open(f"/campaigns/{made['id']}/links")[0] == 404


def test_a_template_is_what_a_draft_says(account):
    template = a_template(account, sms_content="Theirs, STOP to end")
    made = draft(account, template_id=f"template_{template['id']}", from_email="a@x.example", target_segments=["ALL"], channel="both")
    assert made["template_id"] == template["id"] and made["missing"] == [] and made["html_content"] is None, made["missing"]
    status, refused = send("/api/campaigns", account, "POST", {"name": "Draft", "template_id": "template_123"})
    assert status == 400 and "template_123" in refused["fields"]["template_id"]
    status, copy = send(f"/api/campaigns/{made['id']}", account, "PUT", {"copy_template": True, "subject": "Mine"})
    assert status == 200 and (copy["template_id"], copy["subject"], copy["preheader"], copy["html_content"], copy["sms_content"]) == (None, "Mine", "For you", "<p>Theirs</p>", "Theirs, STOP to end")
    status, refused = send(f"/api/campaigns/{made['id']}", account, "PUT", {"copy_template": True})
    assert status == 400 and "template_id" in refused["fields"]


def test_what_a_draft_names_stays(account):
    template, mine = a_template(account, name="In use"), an_account(account)
    made = draft(account, name="Needs both", template_id=template["id"], account_id=mine)
    for path in (f"/api/templates/{template['id']}", f"/api/accounts/{mine}"):
        status, refused = send(path, account, "DELETE")
        assert status == 409 and "“Needs both”" in refused["error"], refused
    assert send(f"/api/campaigns/{made['id']}", account, "DELETE")[0] == 200
    assert send(f"/api/templates/{template['id']}", account, "DELETE")[0] == send(f"/api/accounts/{mine}", account, "DELETE")[0] == 200


def test_a_template_deleted_under_a_draft_loses_nothing(account):
    template = a_template(account, name="Goes away")
    made = draft(account, template_id=template["id"], subject="Kept")
    database(f"from bson import ObjectId\ndb.templates.delete_one({{'_id': ObjectId('{template['id']}')}})")
    told = get(f"/api/campaigns/{made['id']}", account)
    assert "deleted" in next(row["text"] for row in told["missing"] if row["field"] == "template_id")
    browser = signed_in()
    page = browser.open(f"/campaigns/{made['id']}/edit")[1]
    assert "A template that was deleted" in page
    status, page, _ = browser.open(f"/campaigns/{made['id']}/edit", **{**fields(page), "preheader": "Kept, too"})
    kept = get(f"/api/campaigns/{made['id']}", account)
    assert status == 200 and (kept["subject"], kept["preheader"], kept["template_id"]) == ("Kept", "Kept, too", template["id"])
    assert "Its template was deleted" in browser.open(f"/campaigns/{made['id']}/review")[1]


def test_a_template_designed_for_a_campaign_leads_back_to_it(account):
    """What was typed into the campaign is kept meanwhile."""
    browser = signed_in()
    said = fields(browser.open("/campaigns/new")[1])
    status, page, address = browser.open("/campaigns/new", **{**said, "campaign-name": "Designed", "campaign-subject": "Typed before", "next": "design"})
    made = re.search(r"/templates/new\?campaign=(\w{24})$", address)[1]
    assert status == 200 and f"from=announcement&amp;campaign={made}" in page
    page = browser.open(f"/templates/new?from=announcement&campaign={made}")[1]
    hidden = {name: html.unescape(value) for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)}
    status, page, address = browser.open("/templates", **{**hidden, "name": "Designed for it"})
    assert status == 200 and "Template saved" in page and f'action="/campaigns/{made}/template"' in page, page
    template = re.search(r"/templates/(\w{24})", address)[1]
    status, page, address = browser.open(f"/campaigns/{made}/template", csrf=hidden["csrf"], template_id=template)
    assert status == 200 and address.endswith(f"/campaigns/{made}/edit") and fields(page)["campaign-template"] == template
    told = get(f"/api/campaigns/{made}", account)
    assert told["subject"] == "Typed before" and told["template_id"] == template
    page = browser.open("/templates/new?from=announcement&campaign=%22%3E")[1]
    assert 'name="campaign"' not in page


def test_a_template_is_chosen_and_copied_without_scripts(account):
    template = a_template(account, name="Chosen by form", category="Spring things")
    browser = signed_in()
    said = fields(browser.open("/campaigns/new")[1])
    status, page, address = browser.open("/campaigns/new", **{**said, "campaign-name": "By template", "campaign-template": template["id"]})
    assert status == 200 and 'class="subject">An offer<' in page and "Edit template" in page
    status, page, _ = browser.open("/campaigns/preview", **{**fields(page), "find_template": "spring THINGS"})
    assert status == 200 and "Chosen by form" in page and fields(page)["campaign-template"] == template["id"]
    page = browser.open("/campaigns/preview", **{**fields(page), "find_template": "no such words"})[1]
    assert "No template has" in page and fields(page)["campaign-template"] == template["id"]
    made = address.split("/")[4]
    status, page, _ = browser.open(f"/campaigns/{made}/edit", **{**fields(page), "copy_template": "1"})
    assert status == 200 and fields(page)["html_content"].strip() == "<p>Theirs</p>" and fields(page)["campaign-template"] == ""
    status, page, _ = browser.open(f"/campaigns/{made}/edit", **{**fields(page), "copy_template": "1"})
    assert status == 400 and 'id="wrong-campaign-template"' in page


def test_a_campaign_is_called_like_the_template_it_is_begun_from(account):
    template = a_template(account, name="Begun from it")
    browser = signed_in()
    said = fields(browser.open(f"/campaigns/new?template={template['id']}")[1])
    assert (said["campaign-name"], said["campaign-template"]) == ("Begun from it", template["id"])
    for other in ("0" * 24, "nothing"):
        status, page, _ = browser.open(f"/campaigns/new?template={other}")
        assert status == 200 and fields(page)["campaign-name"] == "", other


def test_content_may_be_as_long_as_a_templates(account):
    long = "<p>" + "Grüße & mehr " * 30000 + "</p>"
    made = draft(account, html_content=long)
    browser = signed_in()
    status, page, _ = browser.open(f"/campaigns/{made['id']}/edit", **{**fields(browser.open(f"/campaigns/{made['id']}/edit")[1]), "preheader": "Saved with it"})
    kept = get(f"/api/campaigns/{made['id']}", account)
    assert status == 200 and kept["html_content"] == long and kept["preheader"] == "Saved with it"
    status, refused = send("/api/campaigns", account, "POST", {"name": "Longer", "html_content": "x" * 500001})
    assert status == 400 and "html_content" in refused["fields"]
