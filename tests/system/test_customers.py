"""Customers of another system: read only, linked by address, by number and by hand; segments; projects."""
import json, re

import pytest
from product import Browser, call, campaigns, cli, demo, everything, first_user, get, wait_until
from test_contacts import people, sent  # noqa: F401 (people is a fixture)
from test_keeping import database
from test_reports import post


@pytest.fixture(scope="module")
def customers(people):
    """Two linked by address (one in different case), one by number, one like a tagged address, one that matches nobody."""
    mine = [row for row in everything("/api/contacts?engagement=clicked", people) if "+" not in row["email"]][:4]
    a, b, c, _ = mine
    database(f"""
import bson
db.customers.delete_many({{}}); db.energy_analyses.delete_many({{}})
db.customers.insert_many([
    {{'_id': 'K1', 'email': {a['email'].upper()!r}, 'customer_number': 'N1', 'annual_kwh': 1500, 'region': 'North', 'household': 2}},
    {{'_id': bson.ObjectId('0123456789abcdef01234567'), 'email': {b['email']!r}, 'annual_kwh': 2000.0, 'region': 'South'}},
    {{'_id': 7, 'email': 'other@nowhere.example', 'customer_number': 4711, 'annual_kwh': 9000, 'region': 'South'}},
    {{'_id': 'K4', 'email': 'tagged@nowhere.example', 'annual_kwh': None}},
    {{'_id': 'K5', 'email': None}}])
db.demographics.delete_many({{}})
db.demographics.insert_many([{{'customer_id': 'K1', 'age_group': '30 to 59', 'income_band': 3}}, {{'customer_id': bson.ObjectId('0123456789abcdef01234567'), 'age_group': '30 to 59'}},
    {{'customer_id': 7, 'age_group': 'under 30'}}, {{'customer_id': 'nobody', 'age_group': 'lost'}}, {{'customer_id': None}}])
db.energy_analyses.insert_many([{{'_id': 'energy_1', 'name': 'Heat <pumps>'}}, {{'_id': 'energy_2'}}])
db.list_contacts.update_many({{'contact_id': bson.ObjectId('{c['id']}')}}, {{'$set': {{'fields': '{{"CustomerNumber":"4711"}}'}}}})
db.contacts.insert_one({{'email': 'tagged+news@nowhere.example', 'email_norm': 'tagged+news@nowhere.example', 'status': 'subscribed', 'engagement': {{'opened': bson.Int64(0), 'clicked': bson.Int64(0), 'bounced': bson.Int64(0)}}}})""")
    cli("sync", "--contacts")
    yield mine
    database("db.customers.delete_many({}); db.demographics.delete_many({}); db.energy_analyses.delete_many({}); db.contacts.delete_many({'email_norm': 'tagged+news@nowhere.example'})")
    cli("sync", "--contacts")


def contact(row, token):
    return get(f"/api/contacts/{row['id']}", token)


def test_links_by_address_and_number(people, customers):
    a, b, c, d = (contact(row, people) for row in customers)
    assert (a["customer_id"], a["customer_link"], a["usage_segment"]) == ("K1", "email", "below 2,000 kWh")
    assert a["customer_groups"] == ["region: North", "household: 2", "age_group: 30 to 59", "income_band: 3"]
    assert (b["customer_id"], b["usage_segment"]) == ("0123456789abcdef01234567", "2,000 to 4,500 kWh")
    assert (c["customer_id"], c["customer_link"], c["usage_segment"]) == ("7", "key", "4,500 kWh and more")
    assert d["customer_id"] is None and d["customer_link"] is None


def test_segments_count_the_linked(people, customers):
    usage = {row["name"]: row for row in get("/api/energy-segments", people)}
    assert {name: row["contacts"] for name, row in usage.items()} == {"below 2,000 kWh": 1, "2,000 to 4,500 kWh": 1, "4,500 kWh and more": 1}
    assert usage["below 2,000 kWh"]["clicked"] == 1
    groups = {row["name"]: row["contacts"] for row in get("/api/demographics", people)}
    assert groups == {"region: South": 2, "region: North": 1, "household: 2": 1, "age_group: 30 to 59": 2, "age_group: under 30": 1, "income_band: 3": 1}
    page = call("/customers", people)[1]
    assert "Below 2,000 kWh" in page and "Region: South" in page and "Heat &lt;pumps&gt;" in page
    assert len(call("/customers.csv", people)[1].splitlines()) == 10
    assert len(get("/api/customers", people)) == 5


def test_suggested_and_by_hand(people, customers):
    page = call("/customers", people)[1]
    assert "tagged+news@nowhere.example" in page and "Suggested links" in page
    put = lambda row, customer: post(f"/api/contacts/{row['id']}/customer", people, {"customer_id": customer}, "PUT")
    d = customers[3]
    assert put(d, "nobody")[0] == 400 and put({"id": "0" * 24}, "K4")[0] == 404
    assert put(d, "K4")[0] == 200
    cli("sync", "--contacts")
    mine = contact(d, people)
    assert (mine["customer_id"], mine["customer_link"], mine["usage_segment"]) == ("K4", "manual", "unknown")
    browser = Browser()
    browser.sign_in(*first_user())
    page = browser.open(f"/contacts/{d['id']}")[1]
    assert "K4, linked by hand" in page
    proof = re.search(r'name="csrf" value="(\w+)"', page)[1]
    assert browser.open(f"/contacts/{d['id']}/customer", csrf=proof, customer_id="")[0] == 200
    assert contact(d, people)["customer_id"] is None


def test_links_end_with_their_customer(people, customers):
    database("db.customers.delete_one({'_id': 'K1'})")
    cli("sync", "--contacts")
    assert contact(customers[0], people)["customer_id"] is None and contact(customers[1], people)["customer_id"]


def test_campaigns_belong_to_projects(people, customers):
    row = next(r for r in sent(people) if r["current_metrics"]["clicked"])
    assert post(f"/api/campaigns/{row['id']}/project", people, {"project_id": "energy_1"}, "PUT")[0] == 200
    projects = {p["id"]: p for p in get("/api/energy-analyses", people)}
    assert projects["energy_1"]["campaigns"] == 1 and projects["energy_1"]["clicked"] == row["current_metrics"]["clicked"]
    assert projects["energy_1"]["delivered"] == row["delivered_count"] and projects["energy_2"]["campaigns"] == 0
    cli("sync")  # a sync does not change it
    assert get(f"/api/campaigns/{row['id']}", people)["project_id"] == "energy_1"
    assert post(f"/api/campaigns/{row['id']}/project", people, {}, "PUT")[0] == 200


def test_customers_are_only_read(people, customers):
    before = database("print(list(db.customers.find().sort('_id', 1)))")
    cli("sync", "--contacts")
    assert database("print(list(db.customers.find().sort('_id', 1)))") == before
    bad = cli("demo", "customers", check=False)
    assert bad.returncode == 1 and "holds customers already" in bad.stderr
    assert cli("sync", env={"CUSTOMERS_EMAIL": "a$where"}, check=False).returncode == 1


def test_a_past_is_invented_for_the_demo_account_alone(people):
    runs = database("print(db.sync_runs.count_documents({}), db.partners.count_documents({}))")
    real = cli("demo", "history", env={"EMAILOCTOPUS_API_KEY": "eo_" + "e" * 64}, check=False)
    assert real.returncode == 1 and "not the demo account" in real.stderr
    real = cli("demo", "history", env={"EMAILOCTOPUS_BASE_URL": "https://api.emailoctopus.com"}, check=False)
    assert real.returncode == 1 and "not the demo account" in real.stderr
    again = cli("demo", "history", check=False)
    assert again.returncode == 1 and "history of its own" in again.stderr
    assert database("print(db.sync_runs.count_documents({}), db.partners.count_documents({}))") == runs


def test_demo_customers_wait_for_a_sync(people):
    """Two that link at a time would drop each other's links."""
    database("db.customers.delete_many({}); db.demographics.delete_many({}); db.energy_analyses.delete_many({})")
    demo(fault={"path": "/contacts", "kind": "slow", "seconds": 2, "times": 3})
    run = json.loads(cli("sync", "--contacts", "--full", "--no-wait", "--json").stdout)["id"]
    wait_until(lambda: get(f"/api/sync/{run}", people)["state"] == "running", "the run to begin")
    told = cli("demo", "customers")
    assert "waiting for a sync to end" in told.stderr and get(f"/api/sync/{run}", people)["state"] == "complete"
    made = int(database("print(db.customers.count_documents({}))"))
    assert made > 1000 and int(database("print(db.contacts.count_documents({'customer_link': 'email'}))")) == made
    database("db.customers.delete_many({}); db.demographics.delete_many({}); db.energy_analyses.delete_many({})")
    cli("sync", "--contacts")


def test_numbers_of_any_type_are_read(people):
    """Decimal128 too; what is no number is an unknown usage, never a usage of 0."""
    rows = [("NumberDecimal", "bson.Decimal128('3500.5')", "2,000 to 4,500 kWh"), ("exponent", "bson.Decimal128('1.2E+4')", "4,500 kWh and more"),
            ("text", "'1999.5'", "below 2,000 kWh"), ("words", "'many'", "unknown"), ("german", "'3.500,5'", "unknown"),
            ("nothing", "bson.Decimal128('NaN')", "unknown"), ("endless", "bson.Decimal128('Infinity')", "unknown"), ("truth", "True", "unknown")]
    mine = everything("/api/contacts?engagement=clicked", people)[10:10 + len(rows)]
    database("import bson, datetime\ndb.customers.delete_many({})\ndb.customers.insert_many([" + ", ".join(
        f"{{'_id': {name!r}, 'email': {row['email']!r}, 'annual_kwh': {usage}, 'region': {group}}}" for (name, usage, _), row, group in
        zip(rows, mine, ["bson.Decimal128('7.50')", "True", "datetime.datetime(2026, 3, 1)"] + ["None"] * 5)) + "])")
    cli("sync", "--contacts")
    told = [contact(row, people) for row in mine]
    assert [row["usage_segment"] for row in told] == [segment for _, _, segment in rows]
    assert [row["customer_groups"] for row in told[:4]] == [["region: 7.50"], ["region: yes"], ["region: 2026-03-01T00:00:00Z"], []]
    database("db.customers.delete_many({})")
    cli("sync", "--contacts")
