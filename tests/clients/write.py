"""The documented client of a mailing platform, as far as contacts, lists, memberships, campaigns and sending them go; only the token is ours."""
import argparse, asyncio, json, urllib.error, urllib.parse, urllib.request

import websockets

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("url", help="http://host:port")
parser.add_argument("token")
options = parser.parse_args()
base, token = options.url, options.token


class Answer:
    def __init__(self, status, text):
        self.status_code, self.text = status, text

    def json(self):
        return json.loads(self.text)


class requests:
    """What the example needs of the package of this name."""
    @staticmethod
    def ask(method, url, json_body=None):
        data = json.dumps(json_body).encode() if json_body is not None else None
        headers = {"Authorization": f"Bearer {token}", **({"Content-Type": "application/json"} if data else {})}
        try:
            with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=60) as answer:
                return Answer(answer.status, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode())

    @staticmethod
    def post(url, json=None):
        return requests.ask("POST", url, json)

    @staticmethod
    def get(url):
        return requests.ask("GET", url)

    @staticmethod
    def delete(url):
        return requests.ask("DELETE", url)


# Create a contact
contact_data = {
    "email": "jane.smith@example.com",
    "first_name": "Jane",
    "last_name": "Smith",
    "company": "Design Studio",
    "job_title": "UX Designer",
    "location": "San Francisco, USA",
    "tags": ["designer", "newsletter"],
    "custom_fields": {
        "source": "website",
        "interests": "UI/UX, Design"
    }
}

response = requests.post(f"{base}/api/contacts", json=contact_data)
contact = response.json()
print(f"Created contact: {contact['id']}")

# Create email list
list_data = {
    "name": "Design Newsletter",
    "description": "Newsletter for design professionals",
    "list_type": "static",
    "tags": ["design", "newsletter"]
}

response = requests.post(f"{base}/api/lists", json=list_data)
email_list = response.json()
print(f"Created email list: {email_list['id']}")

# Add contact to list
response = requests.post(f"{base}/api/lists/{email_list['id']}/contacts/{contact['id']}")
print("Added contact to list")

# Create email template
template_data = {
    "name": "Welcome Email",
    "subject": "Welcome {{first_name}}!",
    "html_content": "<h1>Welcome {{first_name}}!</h1><p>Thank you for joining us.</p>",
    "text_content": "Welcome {{first_name}}! Thank you for joining us.",
    "template_type": "marketing",
    "category": "onboarding",
    "tags": ["welcome", "onboarding"]
}

answer = requests.post(f"{base}/api/templates", json=template_data)
template = answer.json()
print(f"Created template: {template['id']}")

# Create campaign
campaign_data = {
    "name": "Weekly Design Newsletter",
    "subject": "Weekly Design Tips - {{first_name}}",
    "from_email": "design@example.com",
    "from_name": "Design Team",
    "template_id": template["id"],
    "list_ids": [email_list["id"]],
    "reply_to": "support@example.com",
    "settings": {
        "track_opens": True,
        "track_clicks": True,
        "unsubscribe_link": True,
        "suppress_duplicates": True
    }
}

campaign = requests.post(f"{base}/api/campaigns", json=campaign_data).json()
print(f"Created campaign: {campaign['id']}")

# It is all there, and goes again
assert {name: template[name] for name in template_data} == template_data and template["variables"] == ["first_name"] and template["is_active"], template
assert template["id"] in [row["id"] for row in requests.get(f"{base}/api/templates?template_type=marketing&category=onboarding&is_active=true&limit=50").json()]
assert campaign["status"] == "draft" and {name: campaign[name] for name in campaign_data if name != "settings"} == {name: campaign_data[name] for name in campaign_data if name != "settings"}, campaign
assert campaign["settings"].items() >= campaign_data["settings"].items() and requests.get(f"{base}/api/campaigns/{campaign['id']}").json() == campaign
assert campaign["id"] in [row["id"] for row in requests.get(f"{base}/api/campaigns?status=draft&created_by={urllib.parse.quote(campaign['created_by'])}&limit=50").json()]
assert {name: contact[name] for name in contact_data} == contact_data, contact
assert response.status_code == 200 and response.json()["status"] == "subscribed", response.text
shown = requests.get(f"{base}/api/lists/{email_list['id']}").json()
assert {name: shown[name] for name in list_data} == list_data and shown["contact_count"] == 1 and shown["is_active"] and shown["created_by"], shown
assert requests.get(f"{base}/api/contacts/{contact['id']}").json()["list_ids"] == [email_list["id"]]
assert email_list["id"] in [row["id"] for row in requests.get(f"{base}/api/lists?list_type=static&is_active=true&limit=50").json()]

# Send campaign. Without a postal address, which the law wants in a marketing email, it is not sent: POSTAL_ADDRESS of the settings, or one that is written
response = requests.post(f"{base}/api/campaigns/{campaign['id']}/send")
if response.status_code == 400:
    assert "ostal address" in response.json()["error"], response.text
    said = {"html_content": template_data["html_content"] + "<p>Design Studio Ltd, 12 Harbour Road, San Francisco, CA 94105</p>", "text_content": ""}
    assert requests.ask("PUT", f"{base}/api/campaigns/{campaign['id']}", said).status_code == 200
    response = requests.post(f"{base}/api/campaigns/{campaign['id']}/send")
assert response.status_code == 200 and response.json()["status"] in ("queued", "sending", "sent") and response.json()["message"], response.text
print("Campaign sent!")


# Monitor campaign progress
async def monitor_campaign(campaign_id):
    address = f"ws{base.removeprefix('http')}/ws/{campaign_id}"
    async with websockets.connect(address, extra_headers={"Authorization": f"Bearer {token}"}) as websocket:
        async for message in websocket:
            data = json.loads(message)
            if data["type"] == "campaign_progress":
                print(f"Progress: {data['progress']}%")
            elif data["type"] == "campaign_completed":
                print("Campaign completed!")
                return data


completed = asyncio.run(asyncio.wait_for(monitor_campaign(campaign["id"]), 120))
assert completed["campaign_id"].removeprefix("campaign_") == campaign["id"].removeprefix("campaign_") and completed["final_stats"], completed
assert requests.get(f"{base}/api/campaigns/{campaign['id']}").json()["status"] == "sent"
assert requests.delete(f"{base}/api/campaigns/{campaign['id']}").status_code == 409
for path in (f"/api/templates/{template['id']}", f"/api/lists/{email_list['id']}/contacts/{contact['id']}", f"/api/lists/{email_list['id']}", f"/api/contacts/{contact['id']}"):
    response = requests.delete(base + path)
    assert response.status_code == 200 and response.json() == {"deleted": True}, response.text
assert requests.get(f"{base}/api/lists/{email_list['id']}").status_code == 404
