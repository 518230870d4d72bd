"""Templates: by API, by form without scripts, what is refused, versions, and what a contact would read."""
import html, json, re, shutil, subprocess
from html.parser import HTMLParser

import pytest
from product import Browser, call, cli, everything, first_user, get


def send(path, token, method="POST", data=None):
    status, text, _ = call(path, token, method, None if data is None else json.dumps(data).encode(), {"Content-Type": "application/json"})
    return status, json.loads(text)


def made(token, **members):
    status, answer = send("/api/templates", token, data={"name": "T", "subject": "S", "html_content": "<p>x</p>", **members})
    assert status == 200, answer
    return answer


@pytest.fixture(scope="module", autouse=True)
def none_is_left(token):
    yield
    for row in everything("/api/templates", token, 100):
        assert send(f"/api/templates/{row['id']}", token, "DELETE")[0] == 200


@pytest.fixture(scope="module")
def browser():
    one = Browser()
    one.sign_in(*first_user())
    return one


EXAMPLE = {"name": "Welcome Email", "subject": "Welcome to our newsletter, {{first_name}}!",
           "html_content": "<h1>Welcome {{first_name}}!</h1><p>Thank you. <a href=\"{{unsubscribe_url}}\">Unsubscribe</a></p>",
           "text_content": "Welcome {{first_name}}!", "template_type": "marketing", "category": "onboarding", "tags": ["welcome", "newsletter"]}


def test_the_documented_life_of_a_template(token):
    template = made(token, **EXAMPLE)
    assert {name: template[name] for name in EXAMPLE} == EXAMPLE
    assert template["variables"] == ["first_name", "unsubscribe_url"] and template["is_active"] and template["created_by"] and template["rev"] == 1
    for query in ("template_type=marketing&category=onboarding&is_active=true&limit=50", "q=WELCOME", "category=onboarding"):
        assert template["id"] in [row["id"] for row in get(f"/api/templates?{query}", token)], query
    for query in ("template_type=transactional", "is_active=false", "category=other", "q=nothing"):
        assert template["id"] not in [row["id"] for row in get(f"/api/templates?{query}", token)], query
    assert get(f"/api/templates/template_{template['id']}", token) == template
    status, changed = send(f"/api/templates/{template['id']}", token, "PUT", {"is_active": False, "category": ""})
    assert status == 200 and not changed["is_active"] and changed["category"] is None and changed["html_content"] == EXAMPLE["html_content"]
    status, copy = send(f"/api/templates/{template['id']}/duplicate", token)
    assert status == 200 and copy["name"] == "Copy of Welcome Email" and copy["id"] != template["id"] and copy["rev"] == 1
    for one in (template, copy):
        assert send(f"/api/templates/{one['id']}", token, "DELETE") == (200, {"deleted": True})
        assert call(f"/api/templates/{one['id']}", token)[0] == 404


def test_pages_of_the_list_miss_none(token):
    ids = {made(token, name=f"Page {i}")["id"] for i in range(7)}
    assert ids <= {row["id"] for row in everything("/api/templates", token, 3)}
    assert call("/api/templates?limit=0", token)[0] == 400 and call("/api/templates?cursor=x", token)[0] == 400
    for query, field in (("template_type=letter", "template_type"), ("is_active=maybe", "is_active")):
        status, answer = send(f"/api/templates?{query}", token, "GET")
        assert status == 400 and field in answer["fields"]


def nested(depth):
    return "{% if first_name %}" * depth + "x" + "{% endif %}" * depth


REFUSED = [
    ({"name": ""}, "name", "name"),
    ({"html_content": "<p>\n{% if first_name %}x</p>"}, "html_content", "Line 2, column 1"),
    ({"html_content": "<p>{% endif %}</p>"}, "html_content", "without {% if"),
    ({"html_content": nested(1000)}, "html_content", "nested"),
    ({"html_content": "<script>var a = '{{first_name}}'</script>"}, "html_content", "cannot stand"),
    ({"html_content": "<a href='javascript:{{first_name}}'>x</a>"}, "html_content", "cannot stand"),
    ({"html_content": "x" * 5_000_000}, "html_content", "500000"),
    ({"html_content": "<base href='https://a.example/'>"}, "html_content", "<base>"),
    ({"subject": "{{first_name"}, "subject", "not closed"),
    ({"subject": "x" * 501}, "subject", "500"),
    ({"text_content": "{% if %}"}, "text_content", "condition"),
    ({"sms_content": "{{first_name|upper}}"}, "sms_content", "default"),
    ({"provider_template_id": "x" * 51}, "provider_template_id", "50"),
    ({"template_type": "letter"}, "template_type", "Choose one of those offered"),
    ({"html_content": "", "design": {"blocks": [{"type": "text"}]}}, "design.blocks[0].text", "missing"),
    ({"html_content": "", "design": {"blocks": [{"type": "button", "text": "x", "href": "javascript:alert(1)"}]}}, "design.blocks[0].href", "https://"),
    ({"html_content": "", "design": {"blocks": [{"type": "image", "src": "data:image/svg+xml,<svg onload=alert(1)>"}]}}, "design.blocks[0].src", "in full"),
    ({"html_content": "", "design": {"blocks": [{"type": "text", "text": "x", "glow": 1}]}}, "design.blocks[0].glow", "unknown"),
    ({"html_content": "", "design": {"blocks": [{"type": "divider"}] * 61}}, "design.blocks", "61"),
    ({"html_content": "", "design": {"blocks": [], "theme": {"text": "#ddd"}}}, "design.theme.text", "contrast"),
    ({"design": {"blocks": []}}, "html_content", "one of the two"),
]


@pytest.mark.parametrize("members, field, words", REFUSED, ids=[f"{field}-{i}" for i, (_, field, _) in enumerate(REFUSED)])
def test_what_is_refused_is_named_and_changes_nothing(token, members, field, words):
    before = len(everything("/api/templates", token, 100))
    body = {"name": "T", "subject": "S", "html_content": "<p>x</p>", **members}
    status, answer = send("/api/templates", token, data=body)
    assert status == 400 and words in answer["fields"][field], answer
    assert len(everything("/api/templates", token, 100)) == before
    status, answer = send("/api/templates", token, data={**body, "colour": 1})
    assert status == 400


def test_unknown_names_are_kept_and_told(token):
    template = made(token, html_content="<p>{{frist_name}}</p>")
    assert template["variables"] == ["frist_name"]
    assert get(f"/api/templates/{template['id']}/preview?as=sample", token)["html"] == "<p></p>"


DESIGN = {"theme": {"brand": "#0e4f47"}, "blocks": [
    {"type": "heading", "text": "Hello {{first_name|default:\"you\"}}", "band": "yes"},
    {"type": "text", "text": "**Bold** and [a link](https://a.example/?a=1&b=2)\n\n- one\n- two"},
    {"type": "button", "text": "Go", "href": "https://a.example/{{contact_city}}", "only_if": "company == \"ACME\""},
    {"type": "footer", "text": "Because.", "address": "1 Road"}]}


def test_a_design_is_drawn_and_comes_back(token):
    template = made(token, html_content=None, design=DESIGN)
    assert template["design"]["blocks"] == DESIGN["blocks"] and template["html_content"].startswith("<!doctype html>")
    assert {"first_name", "company", "unsubscribe_url"} <= set(template["variables"]) and len(template["html_content"]) < 20000
    empty = get(f"/api/templates/{template['id']}/preview?as=emptiest", token)
    longest = get(f"/api/templates/{template['id']}/preview?as=longest", token)
    assert "Hello you" in empty["html"] and "Hello Maximiliana" in longest["html"] and "Hello Maximiliana" in longest["text"]
    assert ">Go<" not in empty["html"] and "- one" in empty["text"].replace("•", "-").replace("*", "-")
    status, written = send(f"/api/templates/{template['id']}", token, "PUT", {"html_content": "<p>by hand</p>"})
    assert status == 200 and written["design"] is None and written["html_content"] == "<p>by hand</p>"


def test_two_who_save_see_each_other(token, browser):
    template = made(token, subject="First")
    path = f"/api/templates/{template['id']}"
    assert send(path, token, "PUT", {"subject": "Second", "rev": 1})[0] == 200
    status, answer = send(path, token, "PUT", {"subject": "Third", "rev": 1})
    assert status == 409 and answer["current"]["subject"] == "Second"
    page = fields_of(browser, f"/templates/{template['id']}")
    status, text, _ = browser.open(f"/templates/{template['id']}", **{**page, "rev": "1", "subject": "Mine"})
    assert status == 409 and "Somebody else saved this" in text and "Second" in text and 'value="Mine"' in text
    rev = re.search(r'name="rev" value="(\d+)"', text)[1]
    status, text, address = browser.open(f"/templates/{template['id']}", **{**page, "rev": rev, "subject": "Mine"})
    assert status == 200 and get(path, token)["subject"] == "Mine"


def test_versions_come_back(token):
    template = made(token, subject="One", html_content="<p>1</p>")
    path = f"/api/templates/{template['id']}"
    for number in (2, 3):
        assert send(path, token, "PUT", {"subject": f"Version {number}", "html_content": f"<p>{number}</p>"})[0] == 200
    assert [(row["number"], row["subject"]) for row in get(f"{path}/revisions", token)] == [(2, "Version 2"), (1, "One")]
    status, restored = send(f"{path}/restore", token, data={"number": 1})
    assert status == 200 and (restored["subject"], restored["html_content"], restored["rev"]) == ("One", "<p>1</p>", 4)
    assert [row["number"] for row in get(f"{path}/revisions", token)] == [3, 2, 1]
    assert send(f"{path}/restore", token, data={"number": 99})[0] == 404
    assert send(f"{path}/restore", token, data={})[0] == 400


def test_a_contact_reads_what_is_known_of_them(token):
    status, contact = send("/api/contacts", token, data={"email": "reader@a.example", "first_name": "<b>Zoë</b> {{email}}", "company": "M & Co", "tags": ["vip"], "custom_fields": {"color": "teal"}})
    assert status == 200, contact
    template = made(token, subject="{{first_name}}", text_content="{{first_name}} {{color}}",
                    html_content="<p>{{first_name}} of {{company}}{% if tags contains \"vip\" %}!{% endif %} {{job_title}}{% if opened_last %}opened{% endif %}</p>",
                    sms_content="Hi {{first_name}} {{short_link}}")
    read = get(f"/api/templates/{template['id']}/preview?as={contact['id']}", token)
    assert read["html"] == "<p>&lt;b&gt;Zoë&lt;/b&gt; {{email}} of M &amp; Co! </p>" and read["subject"] == "<b>Zoë</b> {{email}}"
    assert read["text"] == "<b>Zoë</b> {{email}} teal" and read["missing"] == ["job_title"] and read["sms_segments"] == 1
    assert call(f"/api/templates/{template['id']}/preview?as={'0' * 24}", token)[0] == 404


def fields_of(browser, path):
    status, text, _ = browser.open(path)
    assert status == 200, text
    return form_fields(text)


def form_fields(text):
    form = re.search(r'<form class="stack" id="template-form".*?</form>', text, re.S)[0]
    fields = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or "checked" in tag):
            fields[name[1]] = html.unescape(value[1]) if value else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        fields[name] = html.unescape(text)
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options) or re.search(r'<option value="([^"]*)"', options)
        fields[name] = html.unescape(chosen[1])
    return fields


def labels(text):
    return re.findall(r'</span>([A-Z][\w ]+?)(?= <|<)', re.search(r'<ol class="plain">.*?</ol>', text, re.S)[0])


def test_the_editor_works_without_scripts(token, browser):
    fields = fields_of(browser, "/templates/new?from=announcement")
    assert fields["selected"] == "0" and fields["b_text"] == "Your bills, finally in one place"

    def press(what, **typed):
        status, text, _ = browser.open("/templates/editor", **{**fields, **typed, "do": what})
        assert status == 200, text
        return text, form_fields(text)

    first = json.loads(fields["design"])["blocks"]
    text, fields = press("add-image", b_text="Changed {{first_name}}")
    blocks = json.loads(fields["design"])["blocks"]
    assert blocks[0]["text"] == "Changed {{first_name}}" and blocks[1]["type"] == "image" and fields["selected"] == "1"
    assert "Alt text" in text and len(blocks) == len(first) + 1
    text, fields = press("down-1", b_src="https://a.example/p.png")
    assert [block["type"] for block in json.loads(fields["design"])["blocks"]][:3] == ["heading", "text", "image"] and fields["selected"] == "2"
    text, fields = press("copy-2")
    text, fields = press("delete-3")
    text, fields = press("move-2-0")
    assert json.loads(fields["design"])["blocks"][0] == {"type": "image", "src": "https://a.example/p.png"}
    text, fields = press("theme")
    assert fields["t_brand"] == "#0b57b5"
    text, fields = press("add-columns", t_brand="#112233", t_logo="https://a.example/logo.png")
    theme = json.loads(fields["design"])["theme"]
    assert theme["brand"] == "#112233" and theme["logo"] == "https://a.example/logo.png"
    text, fields = press("add-item", i0_title="Left", i1_label="A label without a link")
    assert "i2_title" in fields and fields["i0_title"] == "Left"
    fields["name"] = "Built by hand"
    status, text, _ = browser.open("/templates", **fields)
    assert status == 400 and "The label needs a link" in text and form_fields(text)["i0_title"] == "Left" and form_fields(text)["name"] == "Built by hand"
    fields = {**form_fields(text), "i1_href": "https://a.example/more"}
    status, text, address = browser.open("/templates", **fields)
    assert status == 200 and "/templates/" in address, text
    saved = get(f"/api/templates?q=built+by+hand", token)[0]
    assert saved["design"]["theme"]["brand"] == "#112233" and "Changed {{first_name}}" in saved["html_content"] and "#112233" in saved["html_content"]


def test_html_is_written_with_errors_by_line_and_nothing_is_lost(token, browser):
    fields = fields_of(browser, "/templates/new?from=html")
    wrong = "<p>Hello</p>\n<p>{% if first_name %}</p>\n"
    status, text, _ = browser.open("/templates", **{**fields, "name": "By hand", "html_content": wrong, "subject": "{{", "category": "kept"})
    shown = form_fields(text)
    assert status == 400 and "Line 2, column 4" in text and shown["html_content"].strip() == wrong.strip() and shown["category"] == "kept"
    status, text, _ = browser.open("/templates", **{**shown, "subject": "Fine", "html_content": "<p>{{frist_name}}</p>"})
    assert status == 200 and "Do you mean “first_name”?" in html.unescape(text)
    designed = fields_of(browser, "/templates/new?from=letter")
    status, text, _ = browser.open("/templates/editor", **{**designed, "do": "to-html"})
    assert status == 200 and form_fields(text)["mode"] == "html" and form_fields(text)["html_content"].startswith("<!doctype html>")


def test_frames_run_no_scripts_and_stand_only_in_ours(token, browser):
    template = made(token, html_content="<p>x</p><script>alert(1)</script><img src='https://a.example/x.png' onerror='alert(1)'>")
    status, text, headers = call(f"/templates/{template['id']}/frame", token)
    policy = headers["Content-Security-Policy"]
    assert status == 200 and "sandbox" in policy and "allow-scripts" not in policy and "default-src 'none'" in policy and "frame-ancestors 'self'" in policy and "script-src" not in policy
    dark = made(token, html_content="<style>@media (prefers-color-scheme: dark) { p { color: red } } @media (prefers-color-scheme:light) { p { color: blue } }</style><p>x</p>")
    for theme, first, second in (("dark", "(min-width:0)", "(max-width:0)"), ("light", "(max-width:0)", "(min-width:0)")):
        text = call(f"/templates/{dark['id']}/frame?theme={theme}", token)[1]
        assert f"@media {first} {{ p {{ color: red" in text and f"@media {second} {{ p {{ color: blue" in text
    assert "frame-src 'self'" in call("/templates", token)[2]["Content-Security-Policy"]
    fields = fields_of(browser, "/templates/new?from=offer")
    status, text, _ = browser.open("/templates/frame", **{**fields, "b_text": "Typed just now"})
    assert status == 200 and "Typed just now" in text and "/static/sample-qr.png" in text and "cid:qr" not in text


def test_deleting_asks_first(token, browser):
    template = made(token, name="Unwanted")
    status, text, _ = browser.open(f"/templates/{template['id']}/delete")
    assert status == 200 and "Delete the template “Unwanted”?" in html.unescape(text) and get(f"/api/templates/{template['id']}", token)


class Strict(HTMLParser):
    """Every element is closed where it must be, no attribute comes twice, every image has alternative text, every table is for layout."""
    VOID = {"br", "hr", "img", "input", "link", "meta", "source", "wbr", "base"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.wrong = [], []

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        if len(set(names)) < len(names) or tag == "img" and "alt" not in names or tag == "table" and ("role", "presentation") not in attributes:
            self.wrong.append((self.getpos(), tag, attributes))
        parent = self.open[-1] if self.open else None
        if (tag, parent) in (("p", "p"), ("div", "p"), ("table", "p"), ("ul", "p"), ("tr", "td"), ("td", "td"), ("td", "table"), ("a", "a")) or tag == "tr" and parent != "table":
            self.wrong.append((self.getpos(), tag, "in", parent))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append((self.getpos(), "end of", tag, self.open[-3:]))


def strictly(text):
    parser = Strict()
    parser.feed(text)
    parser.close()
    return parser.wrong + [("left open", parser.open)] * bool(parser.open)


@pytest.mark.parametrize("starter", ["newsletter", "announcement", "offer", "event", "letter", "receipt"])
def test_what_is_drawn_is_valid_html(token, starter):
    status, text, _ = call(f"/templates/starters/{starter}/frame", token)
    assert status == 200 and strictly(text) == [] and len(text) < 20000
    outlook = re.sub(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", r"\1", text)  # as Outlook reads it, which has tables of its own
    assert strictly(re.sub(r"</?o:\w+>|</?xml>", "", outlook)) == []
    if shutil.which("tidy"):
        told = subprocess.run(["tidy", "-q", "-e"], input=text, text=True, capture_output=True).stderr.splitlines()
        assert [line for line in told if not re.search(r'attribute "(align|valign|bgcolor|width|height|border|cellpadding|cellspacing|xmlns:o)"', line)] == []
