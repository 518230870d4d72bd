"""Each address that takes JSON, with one member after another wrong: an answer that says so, and no worker that ends. D-010 … D-024."""
import http.client, json, re

import pytest
from product import PORT, get

# What is not stored by anybody: blanks where a text is wanted, nothing, another kind of value, somebody who is not there.
WRONG = [" ", "\u00a0", [" "], [None], None, {}, {"field": " ", "operator": " ", "value": " "}, 2**62, "0" * 24, ["0" * 24], "x" * 6000]
WHOLE = ["null", "[]", '""', "0", "{", '{"a":' * 100, "{}"]
ELSEWHERE = re.compile("erase|password|tokens|logout|settings|redemptions|sync")  # they change what other tests stand on, or are tested by themselves


def sample(about):
    kind = about.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    return about["enum"][0] if about.get("enum") else {"integer": 1, "number": 1.0, "boolean": True, "array": [], "object": {}}.get(kind, "abc")


def routes(token):
    """(method, address of nobody's, members of its body, those that must be given)."""
    document = get("/api/openapi.json", token)
    for path, methods in document["paths"].items():
        for method, about in methods.items():
            body = about.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            if body and not ELSEWHERE.search(path):
                body = document["components"]["schemas"][body["$ref"].split("/")[-1]] if "$ref" in body else body
                members = body.get("properties", {})
                yield method.upper(), re.sub(r"\{\w+\}", "0" * 24, path), members, {name: sample(members[name]) for name in body.get("required", []) if name in members}


@pytest.fixture
def ask(token, db):
    line = http.client.HTTPConnection("127.0.0.1", int(PORT), timeout=60, source_address=("127.0.0.88", 0))

    def send(method, path, body):
        line.request(method, path, body, {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        answer = line.getresponse()
        return answer.status, answer.read()

    def patiently(method, path, body):
        status, text = send(method, path, body)
        while status == 429:
            db.rate_buckets.delete_many({})
            status, text = send(method, path, body)
        return status, text
    return patiently


def test_a_body_that_is_wrong_in_one_place_is_answered(token, ask):
    asked = 0
    for method, path, members, needed in routes(token):
        bodies = [json.dumps({**needed, name: wrong}) for name in [*members, "nobody"] for wrong in WRONG] + WHOLE
        for body in bodies:
            status, text = ask(method, path, body)
            assert status < 500, (method, path, body[:200], status, text[:200])
            asked += 1
    assert asked > 3000, asked
