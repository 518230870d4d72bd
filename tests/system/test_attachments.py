"""Files that go with a campaign's email: chosen by API and page, in what arrives, and what is refused in words."""
import re

import pytest
from product import MAIL, Browser, call, first_user, get, wait_until
from sending import Audience, clean_mail, made, post, read
from test_import import multipart
from test_media import taken

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
MB = 1024 * 1024


@pytest.fixture(autouse=True)
def server():
    clean_mail()
    yield
    clean_mail()


@pytest.fixture
def browser():
    one = Browser()
    one.sign_in(*first_user())
    return one


def file(token, name, data):
    return taken(token, data, name, kind="attachment")["id"]


def attached(message):
    return {part.get_filename(): part.get_content() for part in message.iter_attachments()}


def test_all_recipients_get_the_files(token):
    audience = Audience(token, 3)
    ids = [file(token, "Preisliste für März.pdf", PDF), file(token, "termin.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")]
    campaign = audience.campaign(attachment_ids=ids)
    assert get(f"/api/campaigns/{campaign.id}", token)["attachment_ids"] == ids
    campaign.send().wait()
    for address in audience.addresses:
        message = read(MAIL.messages(address, exact=1)[0]["id"])
        assert message.get_content_type() == "multipart/mixed" and message.get_body(("html",)) and message.get_body(("plain",))
        files = attached(message)
        assert list(files) == ["Preisliste für März.pdf", "termin.ics"] and files["Preisliste für März.pdf"] == PDF, list(files)
    one = get(f"/api/campaigns/{campaign.id}/emails?limit=1", token)[0]["id"]
    source = call(f"/emails/{one}/source", token)[1]
    assert "multipart/mixed" in source and "termin.ics" in source, "as it was sent"
    status, answer, _ = call(f"/api/media/{ids[0]}", token, "DELETE")
    assert status == 409 and f"Sending {audience.number}" in answer, answer


def test_a_test_email_has_them(token):
    audience = Audience(token, 1)
    campaign = audience.campaign(attachment_ids=[file(token, "terms.pdf", PDF + b"test")])
    status, answer, _ = post(f"/api/campaigns/{campaign.id}/test", token, {"to": [audience.addresses[0]]})
    assert status == 202, answer
    wait_until(lambda: MAIL.messages(audience.addresses[0], exact=1), "the test email", 60)
    assert attached(read(MAIL.messages(audience.addresses[0], exact=1)[0]["id"])) == {"terms.pdf": PDF + b"test"}


def test_what_cannot_go_with_it(token):
    audience = Audience(token, 1)
    large = [file(token, f"large-{number}.bin", bytes([number]) * 3 * MB) for number in (1, 2)]
    campaign = audience.campaign(attachment_ids=large[:1])
    picture = get("/api/media?kind=image", token)
    for ids, words in ((large, "5 MB together"), (["0" * 24], "There is no attachment"), (["../x"], "There is no attachment"), *[([row["id"]], "There is no attachment") for row in picture[:1]]):
        status, answer, _ = post(f"/api/campaigns/{campaign.id}", token, {"attachment_ids": ids}, "PUT")
        assert status == 400 and words in answer and "attachment_ids" in answer, answer
    status, answer, _ = post(f"/api/campaigns/{campaign.id}", token, {"attachment_ids": [f"{n:024x}" for n in range(11)]}, "PUT")
    assert status == 400, answer
    assert get(f"/api/campaigns/{campaign.id}", token)["attachment_ids"] == large[:1]
    assert call(f"/api/campaigns/{campaign.id}", token, "DELETE")[0] == 200
    assert call(f"/api/media/{large[0]}", token, "DELETE")[0] == 200, "nothing has it any more"


def test_the_page_attaches_and_takes_off(token, browser):
    audience = Audience(token, 1)
    campaign = audience.campaign()
    page = f"/campaigns/{campaign.id}/attachments"
    hidden = lambda text: dict(re.findall(r'name="(csrf|idempotency_key)" value="([^"]+)"', text))
    assert "Attach files" in browser.open(f"/campaigns/{campaign.id}/edit")[1]
    text = browser.open(page)[1]
    file(token, "old-name.pdf", PDF + b"page")
    status, text, _ = browser.upload(page, hidden(text), "file", PDF + b"page", "terms.pdf")
    assert status == 200 and "terms.pdf" in text and "Remove terms.pdf" in text, text
    assert "terms.pdf, " in browser.open(f"/campaigns/{campaign.id}/edit")[1]
    assert "terms.pdf, " in browser.open(f"/campaigns/{campaign.id}/review")[1]
    status, again, _ = browser.upload(page, hidden(text), "file", b"MZ\x90", "setup.exe")
    assert status == 400 and "terms.pdf" in again and "do not deliver" in again, again
    status, again, _ = browser.upload(page, hidden(text), "file", b"", "")
    assert status == 400 and "Choose a file" in again, again
    one = get(f"/api/campaigns/{campaign.id}", token)["attachment_ids"][0]
    copy = made(f"/api/campaigns/{campaign.id}/duplicate", token, {})["id"]
    assert get(f"/api/campaigns/{copy}", token)["attachment_ids"] == [one]
    for draft, there in ((campaign.id, 200), (copy, 404)):
        status, text, _ = browser.open(f"/campaigns/{draft}/attachments/{one}/detach", csrf=hidden(text)["csrf"])
        assert status == 200 and "Nothing yet" in text
        assert call(f"/api/media/{one}", token)[0] == there, "it goes with the last campaign that has it"
    campaign.send().wait()
    assert f"to Sending {audience.number} · started" in browser.open(f"/campaigns/{campaign.id}/monitor")[1]
    status, text, _ = browser.upload(page, hidden(text), "file", PDF, "late.pdf")
    assert status == 409 and "Only a draft can be changed" in text, text
