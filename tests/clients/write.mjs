// The documented client of a mailing platform for browsers, as far as contacts, lists, templates, campaigns and sending them go; only the token is ours.
//
// usage: node write.mjs URL TOKEN
import { fileURLToPath } from 'node:url';
import readArguments from '../arguments.cjs';

const { url, token } = readArguments(fileURLToPath(import.meta.url), ['url', 'token']);

class EmailMarketingClient {
  constructor() {
    this.baseURL = url;
  }

  async createContact(contactData) {
    const response = await fetch(`${this.baseURL}/api/contacts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify(contactData)
    });
    return response.json();
  }

  async createEmailList(listData) {
    const response = await fetch(`${this.baseURL}/api/lists`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify(listData)
    });
    return response.json();
  }

  async createTemplate(templateData) {
    const response = await fetch(`${this.baseURL}/api/templates`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify(templateData)
    });
    return response.json();
  }

  async createCampaign(campaignData) {
    const response = await fetch(`${this.baseURL}/api/campaigns`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify(campaignData)
    });
    return response.json();
  }

  async sendCampaign(campaignId) {
    const response = await fetch(`${this.baseURL}/api/campaigns/${campaignId}/send`, { method: 'POST', headers: { Authorization: `Bearer ${token}` } });
    return response.json();
  }
}

const emailClient = new EmailMarketingClient();
// What the example's form sends when little of it is filled in.
const contact = await emailClient.createContact({
  email: 'form.client@example.com',
  first_name: 'Jo',
  last_name: '',
  company: '',
  job_title: '',
  location: '',
  tags: ''.split(',').map(t => t.trim()),
  custom_fields: { source: 'website', interests: '' }
});
const list = await emailClient.createEmailList({ name: 'Newsletter Subscribers', description: 'Main newsletter subscriber list', list_type: 'static', tags: ['newsletter', 'marketing'] });
const ask = async (method, path) => {
  const answer = await fetch(url + path, { method, headers: { Authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
};
if (!contact.id || contact.tags.length || contact.custom_fields.source !== 'website') throw new Error(JSON.stringify(contact));
if (!list.id || list.contact_count !== 0) throw new Error(JSON.stringify(list));
await ask('POST', `/api/lists/${list.id}/contacts/${contact.id}`);
const members = await ask('GET', `/api/lists/${list.id}/contacts`);
if (members.length !== 1 || members[0].email !== 'form.client@example.com') throw new Error(JSON.stringify(members));
const template = await emailClient.createTemplate({
  name: 'Summer Sale Template',
  subject: 'Summer Sale - {{first_name}}!',
  html_content: '<h1>Hello {{first_name}}!</h1><p>Check out our summer sale!</p>',
  text_content: 'Hello {{first_name}}! Check out our summer sale!',
  template_type: 'marketing',
  category: 'promotions',
  tags: ['summer', 'sale']
});
if (template.variables.join() !== 'first_name') throw new Error(JSON.stringify(template));
// The form's fields, by its ids; a list is typed with commas.
const campaign = await emailClient.createCampaign({
  name: 'Summer Sale Campaign',
  subject: 'Summer Sale - {{first_name}}!',
  from_email: 'marketing@example.com',
  from_name: 'Marketing Team',
  template_id: template.id,
  list_ids: `${list.id},`.split(','),
  reply_to: '',
  settings: { track_opens: true, track_clicks: false, unsubscribe_link: true, suppress_duplicates: true }
});
if (campaign.status !== 'draft' || campaign.template_id !== template.id || campaign.missing.length || campaign.list_ids.join() !== list.id || campaign.settings.track_clicks) throw new Error(JSON.stringify(campaign));
// Without a postal address, which the law wants in a marketing email, it is not sent: POSTAL_ADDRESS of the settings, or one that is written.
let sent = await emailClient.sendCampaign(campaign.id);
if (sent.code === 'invalid') {
  if (!/ostal address/.test(sent.error)) throw new Error(JSON.stringify(sent));
  const body = JSON.stringify({ html_content: '<h1>Hello {{first_name}}!</h1><p>Check out our summer sale!</p><p>Example Ltd, 12 Harbour Road, San Francisco, CA 94105</p>' });
  await fetch(`${url}/api/campaigns/${campaign.id}`, { method: 'PUT', headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` }, body });
  sent = await emailClient.sendCampaign(campaign.id);
}
if (!sent.message || !['queued', 'sending', 'sent'].includes(sent.status)) throw new Error(JSON.stringify(sent));
for (let i = 0; (await ask('GET', `/api/campaigns/${campaign.id}`)).status !== 'sent'; i++) {
  if (i > 600) throw new Error('it was not sent');
  await new Promise(resolve => setTimeout(resolve, 200));
}
for (const path of [`/api/templates/${template.id}`, `/api/lists/${list.id}/contacts/${contact.id}`, `/api/lists/${list.id}`, `/api/contacts/${contact.id}`]) await ask('DELETE', path);
console.log('a contact, a list, a template and a campaign were created, the campaign was sent, and the others are gone again');
