"""What is done with an own campaign: sending, starting, scheduling, pausing, resuming, stopping, its speed; what is refused, and the buttons."""
import concurrent.futures, json, re, time

import pytest
from product import MAIL, SETTINGS, Browser, call, cli, database, first_user, get, mail, start_service, stop_service, wait_until
from sending import KILLED
from test_own_lists import new_contact, new_list, send

HTML = '<p>Hello {{first_name|default:"there"}}, <a href="https://www.example.com/offer">look</a>.</p><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p><p><a href="{{unsubscribe_url}}">Unsubscribe</a></p>'


@pytest.fixture(scope="module")
def people(token):
    """A list with two people on it."""
    made = new_list(token, "Acted on")
    for name in ("ann", "bob"):
        person = new_contact(token, email=f"{name}@acting.example", first_name=name.title(), consent={"source": "Form"})
        assert send(f"/api/lists/{made['id']}/contacts/{person['id']}", token, "POST")[0] == 200
    return made["id"]


@pytest.fixture(autouse=True, scope="module")
def without_sender():
    """States stay as a test sets them."""
    stop_service("sender")
    yield
    start_service("sender")


@pytest.fixture
def sender():
    """Looks every second whose time has come; what other tests have left is not sent."""
    database("db.campaigns.update_many({'origin': 'own', 'status': {'$in': ['queued', 'sending', 'paused', 'scheduled']}}, {'$set': {'status': 'cancelled'}, "
             "'$inc': {'changes': 1}, '$currentDate': {'changed_at': True}}); db.versions.update_one({}, {'$inc': {'campaigns': 1}})")
    SETTINGS["CAMPAIGN_SCHEDULER_INTERVAL"] = "1"
    MAIL.clean()
    start_service("sender")
    yield
    stop_service("sender")
    del SETTINGS["CAMPAIGN_SCHEDULER_INTERVAL"]
    mail()


@pytest.fixture(autouse=True)
def unhurried_each():
    """Starts are limited to ten a minute."""
    database("db.rate_buckets.delete_many({'_id': {'$regex': '^campaign_start'}})")


def draft(token, people, **said):
    status, made = send("/api/campaigns", token, "POST", {"name": f"Acted {time.monotonic_ns()}", "subject": "Hello", "from_email": "desk@acting.example", "from_name": "Desk",
                                                          "html_content": HTML, "list_ids": [people], **said})
    assert status == 200, made
    return made


def act(made, word, token, method="POST", body=None):
    return send(f"/api/campaigns/{made['id']}/{word}", token, method, body)


def status_of(made, token):
    return get(f"/api/campaigns/{made['id']}", token)["status"]


def put_into(made, status):
    """As if it had come there."""
    database(f"import bson\none = bson.ObjectId('{made['id']}')\ndb.campaigns.update_one({{'_id': one}}, {{'$set': {{'status': '{status}'}}, '$inc': {{'changes': 1}}, '$currentDate': {{'changed_at': True}}}})\n"
             f"db.dispatches.update_one({{'_id': one}}, {{'$set': {{'total': 0, 'blocks': 0}}}}, upsert=True)\ndb.versions.update_one({{}}, {{'$inc': {{'campaigns': 1}}}})")


def log_of(made):
    return json.loads(database(f"import bson, json\nprint(json.dumps([[row['text'], row.get('by')] for row in db.campaign_logs.find({{'campaign_id': bson.ObjectId('{made['id']}')}}).sort('at', 1)]))"))


def test_sending_answers_at_once_and_only_once(token, people):
    made = draft(token, people)
    status, sent = act(made, "send", token)
    assert status == 200 and sent["status"] == "queued" and sent["id"] == made["id"] and sent["message"], sent
    status, refused = act(made, "send", token)
    assert status == 409 and "cannot be sent" in refused["error"], refused
    assert log_of(made)[0][0] == "Started" and len([one for one in log_of(made) if one[0] == "Started"]) == 1


def test_a_request_that_is_repeated_is_answered_as_before(token, people):
    made = draft(token, people)
    headers = {"Idempotency-Key": f"acting-{made['id']}"}
    first, again = [call(f"/api/campaigns/{made['id']}/send", token, "POST", headers=headers) for _ in range(2)]
    assert first[0] == again[0] == 200 and json.loads(first[1])["status"] == "queued" and again[2]["Idempotent-Replayed"] == "true"


def test_of_many_who_send_at_once_one_does(token, people):
    made = draft(token, people)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = sorted(one[0] for one in pool.map(lambda _: act(made, "send", token), range(8)))
    assert answers == [200] + [409] * 7, answers
    assert int(database(f"import bson\nprint(db.dispatches.count_documents({{'_id': bson.ObjectId('{made['id']}')}}))")) == 1


def test_a_campaign_managers_replies(token, people):
    made = draft(token, people)
    assert act(made, "start", token) == (200, {"message": "Campaign started successfully"})
    for status in ("queued", "sending"):
        put_into(made, status)
        answer, body = act(made, "start", token)
        assert answer == 400 and body["error"] == "Campaign is already running"
    answer, body = act(draft(token, people, list_ids=[]), "start", token)
    assert answer == 400 and body["error"] == "No recipients specified" and "list_ids" in body["fields"]
    assert call("/api/campaigns/0123456789abcdef01234567/start", token, "POST")[0] == 404
    assert call(f"/api/campaigns/{made['id']}/start", method="POST")[0] == 401


def test_ten_starts_a_minute(token, people):
    made = draft(token, people, list_ids=[])
    answers = [call(f"/api/campaigns/{made['id']}/{word}", token, "POST") for word in ["start", "send"] * 6]
    assert [one[0] for one in answers[:10]] == [400] * 10 and answers[-1][0] == 429, [one[0] for one in answers]
    assert int(answers[-1][2]["Retry-After"]) >= 1


@pytest.mark.parametrize("said, field, step", [
    ({"subject": "", "subjects": []}, "subject", "Content"), ({"html_content": None}, "html_content", "Content"), ({"from_email": None, "from_name": None}, "from_email", "Content"),
    ({"html_content": "<p>{% if first_name %}Hello</p>"}, "html_content", "Content"), ({"subject": "Dear {{first_name"}, "subject", "Content"),
    ({"list_ids": []}, "list_ids", "Audience"), ({"channel": "both", "sms_content": "Hello"}, "channel", "Content")])
def test_what_keeps_it_from_being_sent_is_named(token, people, said, field, step):
    made = draft(token, people, **said)
    for word, body in (("send", None), ("schedule", {"scheduled_time": "2099-01-15T10:00:00"})):
        status, refused = act(made, word, token, body=body)
        assert status == 400 and refused["fields"][field].startswith(f"{step}: "), refused
    assert status_of(made, token) == "draft" and log_of(made) == []


def test_nobody_to_send_to_a_list_that_is_gone_a_connection_that_cannot(token, people):
    empty = new_list(token, "Empty for acting")
    status, refused = act(draft(token, empty["id"]), "send", token)
    assert status == 400 and "Nobody" in refused["fields"]["list_ids"], refused
    made = draft(token, people, list_ids=[people, empty["id"]])
    assert send(f"/api/lists/{empty['id']}", token, "DELETE")[0] == 200
    status, refused = act(made, "send", token)
    assert status == 400 and refused["fields"]["list_ids"] == "Audience: A list was deleted: remove it", refused
    status, account = send("/api/accounts", token, "POST", {"name": f"Zoho {time.monotonic_ns()}", "org_id": "123"})
    assert status == 200, account
    status, refused = act(draft(token, people, account_id=account["id"]), "send", token)
    assert status == 400 and "cannot send campaigns yet" in refused["fields"]["account_id"] and refused["fields"]["account_id"].startswith("Settings: "), refused


def test_a_time_is_armed_changed_and_taken_off(token, people):
    made = draft(token, people)
    status, kept = act(made, "schedule", token, body={"scheduled_time": "2099-01-15T10:00:00", "time_zone": "Europe/Berlin"})
    assert status == 200 and (kept["status"], kept["scheduled_time"], kept["time_zone"]) == ("scheduled", "2099-01-15T10:00:00Z", "Europe/Berlin"), kept
    status, kept = act(made, "schedule", token, body={"scheduled_time": "2099-02-15T10:00:00"})
    assert status == 200 and (kept["status"], kept["scheduled_time"], kept["time_zone"]) == ("scheduled", "2099-02-15T10:00:00Z", "Europe/Berlin")
    status, refused = act(made, "schedule", token, body={"scheduled_time": "2024-01-15T10:00:00"})
    assert status == 400 and set(refused["fields"]) == {"scheduled_time"} and status_of(made, token) == "scheduled"
    assert act(made, "schedule", token, body={"scheduled_time": "2099-01-15T10:00:00", "time_zone": "Mars"})[0] == 400
    assert send(f"/api/campaigns/{made['id']}", token, "PUT", {"subject": "Other"})[0] == 409 and send(f"/api/campaigns/{made['id']}", token, "DELETE")[0] == 409
    status, back = act(made, "schedule", token, "DELETE")
    assert status == 200 and (back["status"], back["scheduled_time"]) == ("draft", None), back
    assert act(made, "schedule", token, "DELETE")[0] == 409
    assert [one[0].split(" for")[0] for one in log_of(made)] == ["Scheduled", "Scheduled", "Unscheduled"]


@pytest.mark.parametrize("local, zone, moment", [("2099-03-29T02:30", "Europe/Berlin", "2099-03-29T01:00:00Z"),  # clocks skip it: the moment of the change
                                                 ("2099-10-25T02:30", "Europe/Berlin", "2099-10-25T00:30:00Z"),  # clocks show it twice: the first
                                                 ("2099-07-01T10:00", "Europe/Berlin", "2099-07-01T08:00:00Z"), ("2099-01-15T10:00", "Europe/Berlin", "2099-01-15T09:00:00Z"),
                                                 ("2099-12-15T10:00", "America/Sao_Paulo", "2099-12-15T13:00:00Z"),  # a zone that has given up daylight saving
                                                 ("2099-01-15T09:00", "Europe/Paris", "2099-01-15T08:00:00Z"), ("2099-07-15T09:00", "Europe/Paris", "2099-07-15T07:00:00Z")])
def test_a_time_by_the_clocks_of_a_zone(token, people, local, zone, moment):
    """H-T1, H-T5: whatever the zones of server and account are; the zone is shown."""
    made = draft(token, people)
    status, kept = act(made, "schedule", token, body={"local_time": local, "time_zone": zone})
    assert status == 200 and (kept["scheduled_time"], kept["time_zone"]) == (moment, zone), kept
    assert zone in call(f"/campaigns/{made['id']}/schedule", token)[1]


ACTIONS = {"draft": {"send", "schedule"}, "scheduled": {"send", "schedule", "unschedule", "cancel"}, "queued": {"cancel", "stop"}, "sending": {"pause", "stop"},
           "paused": {"resume", "cancel", "stop"}, "failed": {"retry"}, "sent": set(), "cancelled": set()}
AFTER = {"send": "queued", "schedule": "scheduled", "unschedule": "draft", "cancel": "cancelled", "stop": "cancelled", "pause": "paused", "resume": "sending", "retry": "sending"}
BODY = {"schedule": {"scheduled_time": "2099-01-15T10:00:00"}}


@pytest.mark.parametrize("status", ACTIONS)
def test_each_state_allows_its_actions_and_no_others(token, people, status):
    for word, after in AFTER.items():
        made = draft(token, people)
        put_into(made, status)
        answer, body = act(made, word, token, body=BODY.get(word))
        if word in ACTIONS[status]:
            assert answer == 200 and body["status"] in (after, "sent") and body["message"], (status, word, body)  # without anybody left it is sent
            assert any(by for _, by in log_of(made)), log_of(made)
        else:
            assert answer == 409 and status_of(made, token) == status and log_of(made) == [], (status, word, body)
        put_into(made, "cancelled")


def test_observed_campaigns_are_left_to_their_provider(token):
    cli("sync")
    path = f"/api/campaigns/{get('/api/campaigns?status=sent&limit=1', token)[0]['id']}"
    before = get(path, token)
    for word in AFTER:
        assert send(f"{path}/{word}", token, "POST", BODY.get(word))[0] == 409, word
    assert send(f"{path}/rate", token, "PUT", {"rate": 5})[0] == 409 and get(path, token) == before


def test_speed_is_changed_while_it_is_sent(token, people):
    made = draft(token, people)
    assert act(made, "rate", token, "PUT", {"rate": 60})[0] == 404
    put_into(made, "sending")
    for rate in (0, -1, 1000001):
        assert "rate" in act(made, "rate", token, "PUT", {"rate": rate})[1]["fields"]
    status, changed = act(made, "rate", token, "PUT", {"rate": 60})
    assert status == 200 and changed["message"] and log_of(made) == [["Speed changed to 60 emails a minute", log_of(made)[0][1]]]
    assert int(database(f"import bson\nprint(db.dispatches.find_one({{'_id': bson.ObjectId('{made['id']}')}})['rate'])")) == 60
    put_into(made, "cancelled")
    assert act(made, "rate", token, "PUT", {"rate": 70})[0] == 409


def buttons(page):
    return set(re.findall(r'(?:action|href)="/campaigns/\w+/(send|schedule|unschedule|pause|resume|stop|cancel|retry)"', page))


def csrf(page):
    return {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("csrf", "idempotency_key") if f'name="{name}"' in page}


def test_buttons_are_those_that_the_state_allows(token, people):
    browser = Browser()
    browser.sign_in(*first_user())
    for status, actions in ACTIONS.items():
        made = draft(token, people)
        put_into(made, status)
        code, page, _ = browser.open(f"/campaigns/{made['id']}/review")
        shown = actions - ({"stop"} if "cancel" in actions else set())
        assert code == 200 and buttons(page) == shown, (status, buttons(page))
        assert ("Edit draft" in page) == (status == "draft") and (f'/campaigns/{made["id"]}/duplicate' in page) == (status != "draft"), status
        put_into(made, "cancelled")


def test_a_person_sends_schedules_and_stops_without_scripts(token, people):
    browser = Browser()
    browser.sign_in(*first_user())
    made = draft(token, people)
    path = f"/campaigns/{made['id']}"
    assert "Send now to 2 contacts…" in browser.open(f"{path}/review")[1]
    code, page, _ = browser.open(f"{path}/schedule")
    assert code == 200 and "local_time" in page
    code, again, _ = browser.open(f"{path}/schedule", local_time="2020-01-01T10:00", time_zone="Europe/Berlin", **csrf(page))
    assert code == 400 and "That time has passed" in again and 'value="2020-01-01T10:00"' in again
    code, page, address = browser.open(f"{path}/schedule", local_time="2099-07-01T10:00", time_zone="Europe/Berlin", **csrf(again))
    assert code == 200 and address.endswith("/review") and "Will be sent at" in page and status_of(made, token) == "scheduled"
    code, page, address = browser.open(f"{path}/unschedule", **csrf(page))
    assert code == 200 and status_of(made, token) == "draft"
    code, ask, _ = browser.open(f"{path}/send")
    assert code == 200 and "Send now to 2 contacts" in ask
    code, page, address = browser.open(f"{path}/send", **csrf(ask))
    assert code == 200 and address.endswith("/monitor") and status_of(made, token) in ("queued", "sending", "sent")
    put_into(made, "sending")
    page = browser.open(f"{path}/review")[1]
    code, page, _ = browser.open(f"{path}/pause", **csrf(page))
    assert code == 200 and status_of(made, token) == "paused"
    code, ask, _ = browser.open(f"{path}/cancel")
    assert "for good?" in ask
    code, page, _ = browser.open(f"{path}/cancel", **csrf(ask))
    assert code == 200 and status_of(made, token) == "cancelled" and buttons(page) == set()
    assert browser.open(f"{path}/edit")[2].endswith("/review")


def test_no_more_than_so_many_are_sent_at_once(token, people):
    """MAX_CONCURRENT_CAMPAIGNS is 5; one with only deferred messages left does not count."""
    sending = [draft(token, people) for _ in range(5)]
    for made in sending:
        put_into(made, "sending")
    blocks = ", ".join(f"{{'campaign_id': bson.ObjectId('{made['id']}'), 'number': 0, 'size': 1, 'pending': 1, 'is_done': False}}" for made in sending)
    database(f"import bson\ndb.dispatch_states.insert_many([{blocks}])")
    paused = draft(token, people)
    put_into(paused, "paused")
    status, refused = act(paused, "resume", token)
    assert status == 409 and "5 campaigns" in refused["error"], refused
    more = draft(token, people)
    status, sent = act(more, "send", token)
    assert status == 200 and sent["status"] == "queued" and "queued" in sent["message"] and "Waits" in log_of(more)[-1][0], sent
    database(f"import bson\ndb.dispatch_states.update_one({{'campaign_id': bson.ObjectId('{sending[0]['id']}')}}, {{'$set': {{'pending': 0, 'deferred': 1}}}})")
    assert act(paused, "resume", token)[0] == 200
    for made in [*sending, paused, more]:
        put_into(made, "cancelled")


def becomes(made, token, *statuses, seconds=60):
    wait_until(lambda: status_of(made, token) in statuses, f"{made['id']} to become {statuses}", seconds)


def is_due(made, minutes):
    """Its time came so many minutes ago."""
    database(f"import bson, datetime\ndb.campaigns.update_one({{'_id': bson.ObjectId('{made['id']}')}}, {{'$set': {{'scheduled_time': datetime.datetime.utcnow() - datetime.timedelta(minutes={minutes})}}, "
             f"'$currentDate': {{'changed_at': True}}, '$inc': {{'changes': 1}}}})\ndb.versions.update_one({{}}, {{'$inc': {{'campaigns': 1}}}})")


def notices_of(made, token):
    return [row for row in get("/api/notifications", token) if row["campaign"] == made["id"]]


def test_its_time_comes_and_each_gets_it_once(token, people, sender):
    made = draft(token, people)
    assert act(made, "schedule", token, body={"scheduled_time": "2099-01-15T10:00:00"})[0] == 200
    is_due(made, 1)
    becomes(made, token, "sent")
    MAIL.wait(2)
    MAIL.each_once(["ann@acting.example", "bob@acting.example"])
    assert ["Started", None] in log_of(made)


def test_a_time_that_was_missed_is_asked_about(token, people, sender):
    made, other = draft(token, people), draft(token, people)
    for one in (made, other):
        assert act(one, "schedule", token, body={"scheduled_time": "2099-01-15T10:00:00"})[0] == 200
    is_due(made, 61)
    wait_until(lambda: notices_of(made, token), "a notification", 30)
    is_due(other, 1)
    becomes(other, token, "sent")  # so the scheduler has looked several times
    assert status_of(made, token) == "scheduled" and len(notices_of(made, token)) == 1
    browser = Browser()
    browser.sign_in(*first_user())
    assert "Missed" in browser.open(f"/campaigns/{made['id']}/review")[1]
    assert act(made, "send", token)[0] == 200
    becomes(made, token, "sent")


def test_what_can_no_longer_be_sent_is_a_draft_again(token, people, sender):
    gone = new_list(token, "Gone by then")
    made = draft(token, people, list_ids=[people, gone["id"]])
    assert act(made, "schedule", token, body={"scheduled_time": "2099-01-15T10:00:00"})[0] == 200
    assert send(f"/api/lists/{gone['id']}", token, "DELETE")[0] == 200
    is_due(made, 1)
    becomes(made, token, "draft")
    wait_until(lambda: any("A list was deleted" in row["words"] for row in notices_of(made, token)), "a notification", 30)
    assert MAIL.counts(True)["accepted"] == 0


def test_pausing_stops_hand_overs_within_two_seconds(token, sender):
    made_list = new_list(token, "Paused while it is sent")
    for number in range(40):
        person = new_contact(token, email=f"p{number}@pausing.example", consent={"source": "Form"})
        assert send(f"/api/lists/{made_list['id']}/contacts/{person['id']}", token, "POST")[0] == 200
    made = draft(token, made_list["id"])
    mail({"stage": "dot", "delay": 0.3})
    assert act(made, "send", token)[0] == 200
    becomes(made, token, "sending")
    assert act(made, "rate", token, "PUT", {"rate": 60})[0] == 200
    wait_until(lambda: MAIL.counts(True)["accepted"] >= 2, "the first mails", 60)
    answer, _ = act(made, "pause", token)
    if answer == 409:
        pytest.skip("all were handed over before it could be paused")
    time.sleep(2)
    then = MAIL.counts(True)["accepted"]
    time.sleep(3)
    assert MAIL.counts(True)["accepted"] == then < 40 and status_of(made, token) == "paused"
    mail()
    assert act(made, "rate", token, "PUT", {"rate": 100000})[0] == 200 and act(made, "resume", token)[0] == 200
    becomes(made, token, "sent", seconds=120)
    MAIL.each_once([f"p{number}@pausing.example" for number in range(40)])


def test_a_test_mail_goes_to_a_few(token, people, sender):
    made = draft(token, people)
    status, refused = act(made, "test", token, body={"to": [f"t{number}@tests.example" for number in range(6)]})
    assert status == 400 and "to" in refused["fields"]
    assert "to" in act(made, "test", token, body={"to": ["nobody"]})[1]["fields"] and "to" in act(made, "test", token, body={"to": []})[1]["fields"]
    assert "html_content" in act(draft(token, people, html_content=None), "test", token, body={"to": ["a@tests.example"]})[1]["fields"]
    status, asked = act(made, "test", token, body={"to": ["ann@acting.example", "stranger@tests.example"]})
    assert status == 202 and [row["state"] for row in asked["copies"]] == ["waiting", "waiting"], asked
    wait_until(lambda: get(f"/api/campaigns/{made['id']}/tests", token)[0]["is_over"], "the test to be over", 60)
    done = get(f"/api/campaigns/{made['id']}/tests", token)[0]
    assert [row["state"] for row in done["copies"]] == ["sent", "sent"], done
    assert "Hello Ann" in MAIL.parsed("ann@acting.example")[0].get_body(("html",)).get_content()
    one = MAIL.parsed("stranger@tests.example")[0]
    assert one["Subject"] == "Hello" and one["X-Telltale-Test"] == "yes" and status_of(made, token) == "draft"
    browser = Browser()
    browser.sign_in(*first_user())
    code, page, _ = browser.open(f"/campaigns/{made['id']}/test")
    assert code == 200 and "stranger@tests.example" in page
    code, page, address = browser.open(f"/campaigns/{made['id']}/test", to="x@tests.example, nobody", **csrf(page))
    assert code == 400 and "not an email address" in page and "x@tests.example, nobody" in page


def test_a_test_mail_is_sent_once_though_its_asker_was_killed(token, people, sender):
    """Before its job was asked for, and before its answer was kept."""
    made = draft(token, people)
    body, key = json.dumps({"to": ["killed@tests.example"]}).encode(), {"Content-Type": "application/json", "Idempotency-Key": f"test-{made['id']}"}
    stop_service("sender")
    first = json.loads(call(f"/api/campaigns/{made['id']}/test", token, "POST", body, key)[1])
    database("db.jobs.delete_many({'kind': 'test_mail'})")
    start_service("sender")
    wait_until(lambda: get(f"/api/campaigns/{made['id']}/tests", token)[0]["is_over"], "the test to be over", 60)
    database(KILLED)
    status, answer, _ = call(f"/api/campaigns/{made['id']}/test", token, "POST", body, key)
    assert status == 202 and json.loads(answer)["id"] == first["id"], answer
    assert len(get(f"/api/campaigns/{made['id']}/tests", token)) == 1 and MAIL.counts()["to"]["killed@tests.example"] == 1
