"""Custom fields: what is defined is typed where it enters; everything else may still be said of a contact (D-002, D-032)."""
import pytest
from product import call, get
from test_reports import post
from test_saving import browser, fields


@pytest.fixture
def level(token):
    made = post("/api/fields", token, {"label": "Membership level", "type": "choice", "options": ["Gold", "Silver"], "fallback": "no level"})[1]
    yield made
    call(f"/api/fields/{made['key']}", token, "DELETE")


@pytest.fixture
def contact(token):
    made = post("/api/contacts", token, {"email": "fields@example.com", "custom_fields": {"free key": "anything"}})[1]
    yield f"contacts/{made['id']}"
    call(f"/api/contacts/{made['id']}", token, "DELETE")


def said(token, contact):
    return get(f"/api/{contact}", token)["custom_fields"]


def test_a_defined_field_has_a_type(token, level, contact):
    path = f"/api/{contact}"
    assert level["key"] == "membership_level" and get("/api/fields/membership_level", token)["fallback"] == "no level"
    assert post(path, token, {"custom_fields": {"membership_level": "GOLD"}}, "PUT")[1]["custom_fields"] == {"free key": "anything", "membership_level": "Gold"}
    status, answer, *_ = post(path, token, {"custom_fields": {"membership_level": "Bronze", "free key": "other"}}, "PUT")
    assert status == 400 and answer["fields"] == {"custom_fields.membership_level": "Membership level has no option “Bronze”. Choose one of: Gold, Silver"}
    assert said(token, contact) == {"free key": "anything", "membership_level": "Gold"}
    status, answer, *_ = post("/api/fields", token, {"label": "Membership level"})
    assert status == 409 and "exists already" in answer["fields"]["key"]
    assert post("/api/fields/membership_level", token, {"label": "Level", "key": "level"}, "PUT")[0] == 400
    assert post("/api/fields", token, {"label": "Empty", "type": "choice"})[1]["fields"]["options_text"] == "Give the options, one per line"


def test_the_form_of_a_new_contact_says_that_it_is_saved(token, browser):
    page = browser.open("/contacts/new")[1]
    for ident in ("email", "first-name", "last-name", "company", "job-title", "location", "tags", "source", "interests"):
        assert f'id="contact-{ident}"' in page, ident
    typed = fields(page, "/contacts")
    wrong = {**typed, "email": "no address", "custom_fields.interests": "UI/UX, Design"}
    status, page, _ = browser.open("/contacts", **wrong)
    assert status == 400 and 'value="UI/UX, Design"' in page and "is not an email address" in page
    status, page, address = browser.open("/contacts", **{**wrong, "email": "said.saved@fields.example", "tags": " Designer ,, newsletter"})
    assert status == 200 and "Contact created successfully" in page and 'href="/contacts/new"' in page
    ident = address.split("?")[0].rsplit("/", 1)[1]
    made = get(f"/api/contacts/{ident}", token)
    assert made["tags"] == ["designer", "newsletter"] and made["custom_fields"] == {"interests": "UI/UX, Design"}
    assert "Contact created successfully" not in browser.open(f"/contacts/{ident}")[1]
    call(f"/api/contacts/{ident}", token, "DELETE")


def test_its_form_and_that_of_a_contact(token, level, contact, browser):
    page = browser.open(f"/{contact}/edit")[1]
    assert '<select class="form-select" id="custom_fields.membership_level"' in page and "Membership level" in page
    typed = fields(page, f"/{contact}")
    status, page, _ = browser.open(f"/{contact}", **{**typed, "custom_fields.membership_level": "Bronze"})
    assert status == 400 and 'id="wrong-custom_fields.membership_level"' in page and "has no option" in page
    edit = "/fields/membership_level/edit"
    typed = fields(browser.open(edit)[1], "/fields/membership_level")
    assert browser.open("/fields/membership_level", **{**typed, "label": "Level", "type": "choice", "options_text": "Gold\r\n\r\nPlatin\r\nGold"})[0] == 200
    assert get("/api/fields/membership_level", token)["options"] == ["Gold", "Platin"]
    post(f"/api/{contact}", token, {"custom_fields": {"membership_level": "Platin"}}, "PUT")
    page = browser.open("/fields/membership_level/delete")[1]
    assert "1 contact has a value" in page
    assert browser.open("/fields/membership_level/delete", **fields(page, "/fields/membership_level/delete"))[0] == 200
    assert said(token, contact)["membership_level"] == "Platin" and call("/api/fields/membership_level", token)[0] == 404
