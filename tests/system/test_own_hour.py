"""A campaign goes out when everybody's own clock shows the time: the last of D-024; H-T1 and H-T5 for each recipient."""
import datetime, json, re, zoneinfo

import pytest
from product import Browser, call, database, first_user, get, wait_until
from sending import Audience, clean_mail, post


@pytest.fixture(autouse=True)
def server():
    clean_mail()
    yield
    clean_mail()


def text_of(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def live_in(token, audience, zones):
    """Whoever has None says nothing of it."""
    for address, zone in zip(audience.addresses, zones):
        person = get(f"/api/contacts?q={address}", token)[0]
        status, answer, _ = post(f"/api/contacts/{person['id']}", token, {"custom_fields": {"time_zone": zone}, "rev": get(f"/api/contacts/{person['id']}", token)["rev"]}, "PUT")
        assert status == 200, answer


def blocks_of(campaign):
    return json.loads(database(f"""
import bson, json
rows = db.dispatch_blocks.find({{'campaign_id': bson.ObjectId('{campaign.id}')}}, sort=[('number', 1)])
print(json.dumps([[len(row['people']), row['starts_at'].strftime('%Y-%m-%dT%H:%M:%SZ') if row.get('starts_at') else None] for row in rows]))"""))


def let_the_next_hour_come(campaign):
    database(f"""
import bson, datetime
now = datetime.datetime.now(datetime.timezone.utc)
whose = {{'campaign_id': bson.ObjectId('{campaign.id}')}}
first = db.dispatch_blocks.find_one({{**whose, 'starts_at': {{'$gt': now}}}}, sort=[('starts_at', 1)])['starts_at']
db.dispatch_blocks.update_many({{**whose, 'starts_at': first}}, {{'$set': {{'starts_at': now}}}})
for state in db.dispatch_states.find({{**whose, 'starts_at': first}}):
    db.dispatch_states.update_one({{'_id': state['_id']}}, {{'$set': {{'starts_at': now, 'due_at': now}}}})
    db.jobs.update_many({{'subject': state['_id'], 'state': 'queued'}}, {{'$set': {{'due_at': now, 'wait_ms': 0}}, '$inc': {{'rev': 1}}}})
    db.jobs.update_many({{'subject': str(state['_id']), 'state': 'queued'}}, {{'$set': {{'due_at': now, 'wait_ms': 0}}, '$inc': {{'rev': 1}}}})""")


def test_everybody_gets_it_at_their_own_hour(token):
    audience = Audience(token, 4)
    live_in(token, audience, [None, "Asia/Tokyo", "america/new_york", "Nowhere"])
    campaign = audience.campaign()
    soon = now() + datetime.timedelta(hours=1)
    status, answer, _ = campaign.act("schedule", {"scheduled_time": text_of(soon), "time_zone": "UTC", "recipient_zones": True})
    kept = json.loads(answer)
    assert status == 200 and kept["status"] == "scheduled" and kept["recipient_zones"] is True and kept["time_zone"] == "UTC", kept
    assert "where each contact lives" in kept["message"] and "at once where it has passed" in kept["message"], kept["message"]
    forecast = get(f"/api/campaigns/{campaign.id}/forecast", token)
    assert forecast["first_at"] < text_of(soon) < forecast["last_at"], forecast
    wait_until(lambda: campaign.arrived() == {audience.addresses[1]: 1}, "where the hour has passed, it is sent at once", 60)
    campaign.wait_accepted(1)
    last = soon - soon.astimezone(zoneinfo.ZoneInfo("America/New_York")).utcoffset()
    assert sorted(row for row in blocks_of(campaign) if row[1] >= text_of(soon)) == [[1, text_of(last)], [2, text_of(soon)]]
    progress = campaign.progress()
    assert (progress["status"], progress["pending"], progress["next_at"], progress["last_at"]) == ("sending", 3, text_of(soon), text_of(last)), progress
    assert "to 2 contacts, last" in call(f"/campaigns/{campaign.id}/monitor", token)[1]
    let_the_next_hour_come(campaign)
    campaign.wait_accepted(3)
    assert campaign.arrived() == {audience.addresses[at]: 1 for at in (0, 1, 3)}
    progress = campaign.progress()
    assert (progress["status"], progress["pending"], progress["next_at"]) == ("sending", 1, progress["last_at"]) and progress["next_at"] == text_of(last), progress
    page = call(f"/campaigns/{campaign.id}/monitor", token)[1]
    assert "where each contact lives: next" in page and "to 1 contact" in page
    let_the_next_hour_come(campaign)
    assert campaign.wait()["accepted"] == 4 and campaign.arrived() == dict.fromkeys(audience.addresses, 1)
    assert campaign.progress()["next_at"] is None


def test_who_waits_for_their_hour_is_cancelled_at_once(token):
    audience = Audience(token, 2)
    live_in(token, audience, ["Asia/Tokyo", "America/New_York"])
    campaign = audience.campaign()
    assert campaign.act("schedule", {"scheduled_time": text_of(now() + datetime.timedelta(hours=2)), "time_zone": "UTC", "recipient_zones": True})[0] == 200
    wait_until(lambda: campaign.arrived() == {audience.addresses[0]: 1}, "Tokyo's", 60)
    for action in ("pause", "resume"):
        assert campaign.act(action)[0] == 200
    assert campaign.progress()["pending"] == 1 and campaign.arrived() == {audience.addresses[0]: 1}
    assert campaign.act("stop")[0] == 200
    wait_until(lambda: campaign.progress()["cancelled"] == 1, "New York's", 30)
    assert campaign.progress()["status"] == "cancelled" and campaign.arrived() == {audience.addresses[0]: 1}


def test_what_is_sent_by_hand_goes_to_all_at_once(token):
    audience = Audience(token, 2)
    live_in(token, audience, ["Pacific/Pago_Pago", None])
    campaign = audience.campaign(recipient_zones=True, time_zone="Europe/Berlin", scheduled_time="2099-01-15T10:00:00Z")
    assert campaign.send().wait()["accepted"] == 2
    assert campaign.arrived() == dict.fromkeys(audience.addresses, 1)


def test_what_cannot_be_is_said(token):
    audience = Audience(token, 1)
    campaign = audience.campaign()
    for body, field in (({"scheduled_time": text_of(now() - datetime.timedelta(hours=30)), "time_zone": "UTC", "recipient_zones": True}, "scheduled_time"),
                        ({"local_time": "2099-01-15T10:00", "recipient_zones": True}, "time_zone")):
        status, answer, _ = campaign.act("schedule", body)
        assert status == 400 and set(json.loads(answer)["fields"]) == {field}, answer
    kept = json.loads(campaign.act("schedule", {"local_time": "2099-03-29T02:30", "time_zone": "Europe/Berlin", "recipient_zones": True})[1])
    assert kept["recipient_zones"] is True and kept["scheduled_time"] <= "2099-03-29T01:00:00Z", kept
    kept = json.loads(campaign.act("schedule", {"scheduled_time": "2099-03-30T02:30:00Z"})[1])
    assert kept["recipient_zones"] is True, "what is not given stays"
    kept = json.loads(campaign.act("schedule", {"scheduled_time": "2099-03-30T02:30:00Z", "recipient_zones": False})[1])
    assert (kept["recipient_zones"], kept["scheduled_time"]) == (False, "2099-03-30T02:30:00Z"), kept


def test_a_person_schedules_it_so_without_scripts(token):
    audience = Audience(token, 1)
    live_in(token, audience, ["America/New_York"])
    campaign = audience.campaign()
    browser = Browser()
    browser.sign_in(*first_user())
    path = f"/campaigns/{campaign.id}"
    page = browser.open(f"{path}/schedule")[1]
    assert "At that time where each contact lives" in page
    csrf = re.search(r'name="csrf" value="([^"]*)"', page)[1]
    code, page, address = browser.open(f"{path}/schedule", local_time="2099-01-15T09:00", time_zone="Europe/Berlin", recipient_zones="1", csrf=csrf)
    assert code == 200 and address.endswith("/review") and "09:00 on 15 Jan 2099 where each contact lives" in page, page[:2000]
    assert re.search(r'id="recipient_zones"[^>]* checked', browser.open(f"{path}/schedule")[1])
    code, page, _ = browser.open(f"{path}/schedule", local_time="2099-01-15T09:00", time_zone="Europe/Berlin", csrf=csrf)
    assert code == 200 and "where each contact lives" not in page.split("What will be sent")[1]
