// Signs in through nginx and checks every page in both themes and three widths: the status is right (see statuses), axe-core
// finds nothing, no page scrolls sideways, nothing violates the content security policy; then by keyboard, without scripts at
// 320 px, and in print.
//
// usage: node walk.cjs URL USER PASSWORD [--only PAGE]… [--pictures FOLDER]
//        node walk.cjs --list
//   --only      only this page, or "no-script": the forms without scripts; "camera": a code is scanned; "database-away":
//              what is shown while the database does not answer
//   --list      names of all pages
//   --pictures  leaves a picture of each page there
const options = { only: { type: 'string', multiple: true }, list: { type: 'boolean' }, pictures: { type: 'string' } };
const commandLine = require('../arguments.cjs');
const given = commandLine(__filename, ['url', 'user', 'password'], options);
const { url, pictures: folder } = given;

// How to get to a page: by its address, through a link, or one of what person.cjs creates.
const go = path => page => page.goto(`${url}/${path}`);
const follow = (path, link) => async page => {
	await page.goto(`${url}/${typeof path === 'function' ? path() : path}`);
	await page.click(link);
	await page.waitForLoadState();
};
const openCampaign = follow('campaigns?status=sent&origin=synced', 'tbody th a');
const underCampaign = path => async page => {
	await openCampaign(page);
	await page.goto(`${page.url()}/${path}`);
};
const underContact = path => async page => {
	await follow('contacts', 'tbody a')(page);
	await page.goto(`${page.url()}/${path}`);
};
// The partner of this walk: { id, name, report }.
let theirs;
// What a partner sees: its report by a new link.
const partnerLink = async page => {
	await page.goto(`${url}/reports/${theirs.report}`);
	await page.click('text=Create link');
	const address = new URL((await page.textContent('#new-link')).trim());
	return page.goto(url + address.pathname);
};
const compare = async page => {
	await page.goto(`${url}/campaigns?status=sent&origin=synced`);
	for (const box of (await page.locator('tbody input[type=checkbox]').all()).slice(0, 3)) await box.check();
	await page.click('.selection button:has-text("Compare")');
	await page.waitForLoadState();
};

// A list of one's own, created once.
const ownList = (name, type, tag) => async page => {
	await page.goto(`${url}/lists`);
	const known = page.locator('#own tbody a', { hasText: name });
	if (await known.count()) return known.first().click().then(() => page.waitForLoadState());
	await page.goto(`${url}/lists/new`);
	await page.fill('#list-name', name);
	await page.check(`[name=list_type][value=${type}]`);
	if (tag) {
		await page.selectOption('#builder [name=field]', 'tag');
		await page.fill('#builder input[name=value]', tag); // once the condition has its control
	}
	await page.click('#list-form .btn-primary');
	await page.waitForLoadState();
};

// A template, created once from a design.
const template = below => async page => {
	await page.goto(`${url}/templates?q=walked`);
	const known = page.locator('tbody a', { hasText: 'Walked' });
	if (await known.count()) await known.first().click();
	else {
		await page.goto(`${url}/templates/new?from=event`);
		await page.fill('#name', 'Walked');
		await page.fill('#sms_content', 'Hi {{first_name}}, see you on Thursday 🚀');
		await page.click('text=Create template');
	}
	await page.waitForLoadState();
	const { origin, pathname } = new URL(page.url());
	if (below) await page.goto(`${origin}${pathname}/${below}`);
};

// An import as far as this step.
const importTo = step => async page => {
	await page.goto(`${url}/contacts/import`);
	const rows = `E-Mail;Vorname;Beitritt;Verbrauch\nwalked${Date.now()}@example.com;Ada;3/4/2026;4.100\nwrong@@example.com;B;;\n`;
	await page.setInputFiles('#file', { name: 'walked.csv', mimeType: 'text/csv', buffer: Buffer.from(rows) });
	await page.click('text=Upload and continue');
	await page.waitForSelector('#mapping');
	if (step === 'columns') return;
	await page.click('text=Preview the import');
	await page.waitForSelector('text=The first rows');
	if (step === 'preview') return;
	await page.click('button:has-text("Import 1 contact")');
	await page.waitForSelector('text=Rows of the file');
};

// A draft of this walk, as complete as one can be, at one of its pages.
let draft;
const ofDraft = path => async page => {
	await page.goto(`${url}/campaigns/new`);
	if (!draft) {
		await page.fill('#campaign-name', 'Walked draft');
		await page.fill('#campaign-subject', 'Dear {{first_name}}');
		await page.fill('#campaign-from-email', 'walk@a.example');
		await page.fill('#html_content', '<p>{% if first_name %}Hello</p>');
		await page.click('text=Continue to audience');
		await page.waitForURL(/step=audience/);
		await page.fill('#target_segments', 'ALL');
		await page.click('text=Continue to settings');
		await page.waitForURL(/step=settings/);
		draft = page.url().match(/campaigns\/(\w+)/)[1];
	}
	await page.goto(`${url}/campaigns/${draft}/${path}`);
};

// One that could be sent: a template from a starter, a connection, everybody; at one of its pages.
let ready;
const ofReady = path => async page => {
	await page.goto(`${url}/campaigns`);
	ready ??= await page.evaluate(async () => {
		const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': document.querySelector('input[name=csrf]').value };
		const post = async (path, body) => (await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
		const sender = await post('/api/accounts', { name: 'Ready mail server', provider: 'smtp', smtp: { host: '127.0.0.1', port: 25, tls: false }, from_email: 'news@walk.invalid', limits: { per_day: 1000 } });
		const blocks = [{ type: 'heading', text: 'Your roof could pay for winter' }, { type: 'text', text: 'Hello {{first_name|default:"there"}},\n\nwe check your roof for free.' },
			{ type: 'button', text: 'Book my roof check', href: 'https://walk.invalid/book' }, { type: 'qr', title: '45 off the plan', text: 'Show this code' }, { type: 'footer', text: 'You receive this as a member of ACME Energy.', address: 'ACME Energy, 12 Harbour Road, 4321 Lindenau' }];
		const template = await post('/api/templates', { name: 'Ready template', subject: 'Your roof could pay for winter', preheader: 'A free check, and 45 off the plan until 31 January', design: { theme: {}, blocks }, sms_content: 'ACME: a free roof check for {{first_name|default:"you"}}, {{short_link}}. STOP to end' });
		const campaign = await post('/api/campaigns', { name: 'Ready campaign', channel: 'both', template_id: template.id, account_id: sender.id, from_name: 'ACME Energy', from_email: 'news@walk.invalid', target_segments: ['ALL'], qr: { enabled: true, deal: '45 off the plan' } });
		return campaign.id ?? Promise.reject(new Error(JSON.stringify([sender, template, campaign])));
	});
	await page.goto(`${url}/campaigns/${ready}/${path}`);
};

// One that was sent to one person; `stops`: or stopped before, so that its state, and with it the page, stays.
const sendToOne = (page, stops) => page.evaluate(async stops => {
	const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': document.querySelector('input[name=csrf]').value };
	const post = async (path, body) => (await fetch(path, { method: 'POST', headers, body: body && JSON.stringify(body) })).json();
	const list = await post('/api/lists', { name: `Walk, ${stops ? 'stopped' : 'sent to'}` });
	const contact = await post('/api/contacts', { email: `${stops ? 'stopped' : 'posted'}@walk.example`, consent: { source: 'Form' } });
	await post(`/api/lists/${list.id}/contacts/${contact.id}`);
	const campaign = await post('/api/campaigns', { name: 'Sent by the walk', subject: 'Hello', from_email: 'desk@walk.example', from_name: 'Desk', list_ids: [list.id], qr: { enabled: true, deal: '45 off the plan' },
		html_content: '<p>Hello</p><p>{{short_code}}</p><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p><p><a href="{{unsubscribe_url}}">Unsubscribe</a></p>' });
	const started = await post(`/api/campaigns/${campaign.id}/send`);
	if (stops) await post(`/api/campaigns/${campaign.id}/stop`);
	for (let tries = 0; tries < 300 && !/sent|cancelled/.test((await (await fetch(`/api/campaigns/${campaign.id}`)).json()).status); tries++) await new Promise(next => setTimeout(next, 100));
	return started.status ? campaign.id : Promise.reject(new Error(JSON.stringify([list, contact, campaign, started])));
}, stops);
let stopped;
const monitor = async page => {
	await page.goto(`${url}/campaigns`);
	stopped ??= await sendToOne(page, true);
	await page.goto(`${url}/campaigns/${stopped}/monitor`);
};

// The emails of one that was sent: CAMPAIGN and EMAIL stand for their ids.
let sent;
const ofSent = path => async page => {
	await page.goto(`${url}/campaigns`);
	sent ??= await sendToOne(page, false);
	const one = await page.evaluate(async id => (await (await fetch(`/api/campaigns/${id}/emails`)).json())[0].id, sent);
	await page.goto(`${url}/${path.replace('CAMPAIGN', sent).replace('EMAIL', one)}`);
};

// Single emails: one that is on its way or sent.
let single;
const ofSingle = path => async page => {
	await page.goto(`${url}/campaigns`);
	single ??= await page.evaluate(async () => {
		const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': document.querySelector('input[name=csrf]').value };
		const body = JSON.stringify({ to: 'buyer@walk.example', subject: 'Your order 17', text_content: 'Thank you.', from_email: 'shop@walk.example' });
		return (await (await fetch('/api/emails', { method: 'POST', headers, body })).json()).id;
	});
	await page.goto(`${url}/${path.replace('EMAIL', single)}`);
};

// A code of that campaign, as its email has it.
let code;
const readCode = async page => {
	await ofSent('mailbox?to=posted')(page);
	if (code) return;
	await page.click('tbody a');
	await page.waitForLoadState();
	code = (await page.frameLocator('iframe').locator('body').textContent()).match(/[A-Z2-9]{5}-[A-Z2-9]{5}/)[0];
};

// Its page, for whoever has it.
const ofCode = async page => {
	await readCode(page);
	await page.goto(`${url}/q/${code}`);
};

// It at the till; afterwards it can be used again.
const atTill = (...presses) => async page => {
	await readCode(page);
	for (const press of ['Check code', 'Undo', 'Check another code', 'Check code', ...presses]) {
		if (press === 'Check code') await page.goto(`${url}/redeem`);
		if (press === 'Check code') await page.fill('#token', code);
		const button = page.locator(`main button:has-text("${press}"), main a:has-text("${press}")`);
		if (!(await button.count())) continue;
		await button.click();
		await page.waitForLoadState();
	}
};

// An image, uploaded; the same again is the one that is there.
const PIXELS = 'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFElEQVR4nGOUqwhgwAaYsIoOWgkAuLoA9gQdkncAAAAASUVORK5CYII=';
const image = (name, under = '') => async page => {
	await page.goto(`${url}/images/new`);
	await page.setInputFiles('#file', { name, mimeType: 'image/png', buffer: name.endsWith('.png') ? Buffer.from(PIXELS, 'base64') : Buffer.from('<svg/>') });
	await page.click('button:has-text("Upload")');
	await page.waitForLoadState();
	if (under) await page.goto(`${page.url()}/${under}`);
};

// An email in the demo mailbox, given to the server that the connection "default" names.
const mailed = async page => {
	await page.goto(`${url}/connections`);
	const port = (await page.locator('.card', { hasText: 'demo mailbox' }).textContent()).match(/127\.0\.0\.1:(\d+)/)[1];
	const text = ['EHLO walk', 'MAIL FROM:<a@walk.example>', 'RCPT TO:<walk@t.example>', 'DATA', 'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=',
		'List-Unsubscribe: <https://walk.example/' + 'x'.repeat(200) + '>', 'Content-Type: multipart/alternative; boundary=b', '',
		'--b', '', 'Hello', '--b', 'Content-Type: text/html', '', '<!doctype html><html lang=en><title>Hello</title><main><h1>Hello</h1><p>With HTML</main></html>', '--b--', '.', 'QUIT', ''].join('\r\n');
	await new Promise((resolve, reject) => require('net').connect(+port, '127.0.0.1').on('error', reject).on('close', resolve).on('data', () => {}).end(text));
	await page.goto(`${url}/mailbox?to=walk`);
	await page.click('tbody a');
	await page.waitForLoadState();
};

// A domain with its records; the one that is there, if there is one.
const sendingDomain = under => async page => {
	await page.goto(`${url}/sending-domains`);
	if (await page.$('tbody a')) {
		await page.click('tbody a');
	} else {
		await page.fill('#domain', 'walk.example');
		await page.check('input[name=ed25519]');
		await page.click('button:has-text("Add domain")');
	}
	await page.waitForURL(/sending-domains\/\w{24}/);
	await page.goto(page.url().replace(/\?.*/, '') + under);
};

// The link by which somebody unsubscribes, from a list or from everything, signed as a mail's is.
const leaving = (fromList, ...presses) => async page => {
	await page.goto(`${url}/contacts/new`);
	const address = `leaver-${Date.now()}-${Math.random().toString(36).slice(2)}@leaver.example`;
	const [contact, list] = await page.evaluate(async email => {
		const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': document.querySelector('input[name=csrf]').value };
		const send = async (path, body) => (await fetch(path, { method: 'POST', headers, body: body && JSON.stringify(body) })).json();
		const contact = await send('/api/contacts', { email });
		const lists = [];
		for (const name of ['Monthly letter on heat pumps, roofs and what they save', 'Offers'])
			lists.push(await send('/api/lists', { name: `internal ${name}`, public_name: name }));
		for (const list of lists) await send(`/api/lists/${list.id}/contacts/${contact.id}`);
		return [contact.id, lists[0].id].map(id => id.replace(/^\w+_/, ''));
	}, address);
	const { createHmac } = require('crypto');
	const key = Buffer.from(fs.readFileSync(`${process.env.TELLTALE_HOME}/link-keys`, 'utf8').trim(), 'hex');
	const sign = bytes => createHmac('sha256', key).update(bytes).digest();
	const said = Buffer.concat([sign('id').subarray(0, 1), Buffer.from(contact + (fromList ? list : '0'.repeat(24)) + 'c'.repeat(24), 'hex')]);
	await page.goto(`${url}/unsubscribe/${Buffer.concat([said, sign(Buffer.concat([Buffer.from('u'), said])).subarray(0, 11)]).toString('base64url')}`);
	for (const press of presses) {
		await page.click(`main button:has-text("${press}"), main a:has-text("${press}")`);
		await page.waitForLoadState();
	}
	return address;
};

// The link of the confirmation that they then get by mail, in the frame that shows it.
const confirmed = (asking, ...presses) => async page => {
	const address = await leaving(true, ...asking)(page);
	const href = () => page.frameLocator('iframe').locator('a[href*="/confirm/"]').getAttribute('href', { timeout: 2000 });
	for (let tries = 0; tries < 60; tries++) {
		await page.goto(`${url}/mailbox?to=${address}`);
		if (await page.$('tbody a')) break;
		await page.waitForTimeout(500);
	}
	await page.click('tbody a');
	await page.waitForLoadState();
	await page.goto(await href());
	for (const press of presses) {
		await page.click(`main button:has-text("${press}")`);
		await page.waitForLoadState();
	}
};

const confirming = (...presses) => confirmed(['Unsubscribe from this list', 'Subscribe again…', 'Send the email'], ...presses);

// The sign-up form of a list, and its public page, empty, refused and sent.
const signUp = (shown, ...presses) => async page => {
	await page.goto(`${url}/contacts/new`);
	const id = await page.evaluate(async () => {
		const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': document.querySelector('input[name=csrf]').value };
		return (await (await fetch('/api/lists', { method: 'POST', headers, body: JSON.stringify({ name: 'Signed up', public_name: 'Monthly letter on roofs' }) })).json()).id;
	});
	await page.goto(`${url}/lists/${id}/form`);
	if (shown === 'closed') return;
	await page.check('#is_open');
	await page.fill('#intro', 'What heat pumps and roofs cost, and what they save. Once a month.');
	await page.fill('#consent', 'I agree that you send me the monthly letter by email. I can take that back at any time by the link in each of them.');
	for (const name of ['first_name', 'company']) await page.check(`[value=${name}]`);
	await page.click('button:has-text("Save form")');
	await page.waitForLoadState();
	if (shown === 'open') return;
	await page.goto(url + (await page.locator('a:has-text("View form")').getAttribute('href')));
	await page.evaluate(() => { for (const one of document.querySelectorAll('[required]')) one.required = false; });
	if (shown === 'sent') {
		await page.fill('#email', `walk-${Date.now()}-${Math.random().toString(36).slice(2)}@signed.example`);
		await page.check('#agree');
	}
	for (const press of presses) {
		await page.click(`main button:has-text("${press}")`);
		await page.waitForLoadState();
	}
};

// A list with double opt-in and three people who are pending, one of whom is not active; their page, and where it leads.
const pendingOn = (below, ...presses) => async page => {
	await page.goto(`${url}/contacts/new`);
	const ids = await page.evaluate(async () => {
		const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': document.querySelector('input[name=csrf]').value };
		const send = async (path, body) => (await fetch(path, { method: 'POST', headers, body: body && JSON.stringify(body) })).json();
		const list = await send('/api/lists', { name: 'Readers of the letter on roofs', double_opt_in: true });
		const people = [];
		for (const one of ['maria.feldmann', 'noel', 'rosa'])
			people.push(await send('/api/contacts', { email: `${one}-${Date.now()}-${Math.random().toString(36).slice(2)}@pending.example`, is_active: one !== 'rosa' }));
		for (const one of people) await send(`/api/lists/${list.id}/contacts/${one.id}`);
		return { LIST: list.id, CONTACT: people[0].id.replace('contact_', '') };
	});
	await page.goto(`${url}/${below.replace(/LIST|CONTACT/, word => ids[word])}`);
	for (const press of presses) {
		await page.click(`main button:has-text("${press}")`);
		await page.waitForLoadState();
	}
};

const addresses = [
	'campaigns', 'campaigns/new', 'campaigns?origin=own', 'changes', 'changes?since=never', 'contacts', 'contacts?engagement=nonsense', 'contacts?q=nobody+at+all', 'contacts/import', 'contacts/imports', 'contacts/new', 'customers',
	'dashboard', 'definitions', 'domains', 'fields', 'fields/new', 'images', 'images/new', 'links', 'links?period=fortnight', 'lists', 'lists/new', 'lists?as_of=2001-01-01', 'mailbox', 'mailbox?to=nobody+at+all', 'notifications', 'suppressions', 'suppressions/new', 'suppressions/import', 'suppressions?reason=bored', 'bounces', 'nowhere',
	'partners', 'recommendations', 'recommendations/new', 'reports', 'reports/new', 'reports/new?template=list_performance&period=all',
	'reports/new?template=engagement_analysis&period=90d', 'reports/new?from=never', 'reports/new?as=web&period=90d',
	'reports/new?template=custom&period=90d&blocks=summary&blocks=campaigns&blocks=links', 'reports/schedules',
	'connections', 'connections/new', 'connections/new?provider=smtp', 'connections/new?provider=zoho', 'reports/schedules/new', 'search', 'sending-domains', 'segments', 'segments/new', 'segments/people?rule=vip', 'segments/people?rule=%7B%7D', 'search?q=nobody+at+all', 'settings',
	'redeem', 'settings/benchmarks', 'settings/webhooks', 'settings/webhooks/nothing', 'sync', 'tags', 'templates', 'templates?template_type=letter', 'templates/new', 'templates/new?from=blank', 'templates/new?from=html', 'templates/new?from=offer', 'verify', 'verify?sha256=nonsense', 'views',
];
const stops = {
	...Object.fromEntries(addresses.map(path => [path.replace(/\W/g, '-'), go(path)])),
	'segments-new-filled': go(`segments/new?rule=${encodeURIComponent(JSON.stringify({ match: 'all', rules: [{ field: 'tag', operator: 'has', value: 'vip' },
		{ field: 'created', operator: 'between', value: ['2026-01-01', '2026-02-01'] }, { match: 'any', rules: [{ field: 'opened', operator: 'at_least', value: 'x' }] }] }))}`),
	'dashboard-all': go('dashboard?period=all&metric=open_rate'),
	'dashboard-empty': go('dashboard?from=1999-01-01&to=1999-01-02'),
	'dashboard-error': go('dashboard?period=fortnight'),
	'campaigns-columns': follow('campaigns', 'summary:has-text("Columns")'),
	'campaigns-none': go('campaigns?q=nothing+like+this'),
	'campaigns-error': go('campaigns?sort=colour'),
	'search-results': go('search?q=nordwind'),
	'search-error': go(`search?q=${'x'.repeat(101)}`),
	campaign: openCampaign,
	'campaign-contacts': underCampaign('contacts?status=clicked'),
	'campaign-draft': follow('campaigns?status=draft&origin=synced', 'tbody a'),
	'campaign-rest': underCampaign('non-openers'),
	'sent-results': ofSent('campaigns/CAMPAIGN'),
	'sent-links': ofSent('campaigns/CAMPAIGN/links'),
	'sent-history': ofSent('campaigns/CAMPAIGN/history'),
	'sent-emails': ofSent('campaigns/CAMPAIGN/messages'),
	'sent-emails-none': ofSent('campaigns/CAMPAIGN/messages?state=failed&to=nobody@a.example'),
	'sent-emails-again': ofSent('campaigns/CAMPAIGN/messages/again'),
	'sent-emails-retry': ofSent('campaigns/CAMPAIGN/messages/retry'),
	'sent-email': ofSent('emails/EMAIL'),
	'single-emails': ofSingle('emails'),
	'single-emails-none': ofSingle('emails?to=nobody@a.example'),
	'single-email': ofSingle('emails/EMAIL'),
	code: ofCode,
	'code-dead': go('q/nothing-like-this'),
	'redeem-valid': atTill(),
	'redeem-done': atTill('Redeem now'),
	'redeem-used': atTill('Redeem now', 'Check code'),
	'redeem-undone': atTill('Redeem now', 'Undo'),
	'redeem-unknown': async page => {
		await page.goto(`${url}/redeem`);
		await page.fill('#token', 'AAAAA-AAAAA');
		await page.click('text=Check code');
		await page.waitForLoadState();
	},
	'draft-content': ofDraft('edit'),
	'draft-audience': ofDraft('edit?step=audience'),
	'draft-settings': ofDraft('edit?step=settings'),
	'draft-review': ofDraft('review'),
	'draft-checks': ofDraft('checks'),
	'draft-preview': ofDraft('preview'),
	'draft-attachments': ofDraft('attachments'),
	'draft-preview-phone': ofDraft('preview?as=longest&width=375&theme=dark'),
	'draft-delete': ofDraft('delete'),
	'draft-send': ofDraft('send'),
	'draft-schedule': ofDraft('schedule'),
	'draft-test': ofDraft('test'),
	'ready-content': ofReady('edit'),
	'ready-review': ofReady('review'),
	'ready-preview': ofReady('preview?as=longest'),
	'ready-preview-phone': ofReady('preview?as=emptiest&width=375&theme=dark'),
	monitor,
	compare,
	analytics: go('analytics'),
	'compare-error': go('compare?id=nothing'),
	'compare-choose': go('compare'),
	'campaign-links': underCampaign('links'),
	'campaign-history': underCampaign('history'),
	'import-columns': importTo('columns'),
	'import-preview': importTo('preview'),
	'import-result': importTo('result'),
	connection: follow('connections', '.conn a'),
	'mailbox-mail': mailed,
	'sending-domain': sendingDomain(''),
	'sending-domain-rotate': sendingDomain('/rotate'),
	'sending-domain-warm-up-end': sendingDomain('/warm-up/end'),
	image: image('a dot.png'),
	'image-delete': image('a dot.png', 'delete'),
	'image-error': image('drawing.svg'),
	contact: follow('contacts', 'tbody a'),
	'contact-edit': underContact('edit'),
	'contact-export': underContact('export'),
	'contact-merge': underContact('merge'),
	'contact-permission': underContact('permission'),
	'contact-erase': underContact('erase'),
	list: follow('lists', '#observed tbody a'),
	'list-own': ownList('Walked', 'static'),
	'list-own-edit': async page => {
		await ownList('Walked', 'static')(page);
		await page.goto(`${page.url()}/edit`);
	},
	'list-own-rule': ownList('Ruled', 'dynamic', 'vip'),
	template: template(),
	'template-preview': template('preview?as=longest&width=375&theme=dark&who=a'),
	'template-versions': template('versions'),
	'template-delete': template('delete'),
	partner: page => page.goto(`${url}/partners/${theirs.id}?period=all`),
	'partner-about': page => page.goto(`${url}/partners/${theirs.id}/about`),
	'partner-error': page => page.goto(`${url}/partners/${theirs.id}?period=fortnight`),
	'partner-none': page => page.goto(`${url}/partners/${theirs.id}?from=1999-01-01&to=1999-01-02`),
	'partner-delete': page => page.goto(`${url}/partners/${theirs.id}/delete`),
	report: page => page.goto(`${url}/reports/${theirs.report}`),
	'report-delete': page => page.goto(`${url}/reports/${theirs.report}/delete`),
	'link-revoke': follow(() => `reports/${theirs.report}`, 'main a:has-text("Revoke…")'),
	schedule: follow('reports/schedules', 'tbody th a'),
	'schedule-delete': async page => {
		await follow('reports/schedules', 'tbody th a')(page);
		return page.goto(`${page.url()}/delete`);
	},
	'report-link': partnerLink,
	'dead-link': go('r/nothing-like-this'),
	unsubscribe: leaving(false),
	'unsubscribe-list': leaving(true),
	'unsubscribe-list-done': leaving(true, 'Unsubscribe from this list'),
	'unsubscribe-done': leaving(false, 'Unsubscribe from all emails'),
	'unsubscribe-again': leaving(false, 'Unsubscribe from all emails', 'Subscribe again…'),
	'unsubscribe-back': leaving(true, 'Unsubscribe from this list', 'Subscribe again…', 'Send the email'),
	'unsubscribe-saved': leaving(true, 'Save choice'),
	'unsubscribe-fewer': leaving(true, 'Send me fewer emails'),
	'unsubscribe-usual': leaving(true, 'Send me fewer emails', 'Send me all emails again'),
	confirm: confirming(),
	'confirm-done': confirming('Yes, subscribe'),
	'confirm-dead': go('confirm/nothing-like-this'),
	'list-form-closed': signUp('closed'),
	'list-form': signUp('open'),
	'own-data': leaving(true, 'What is stored about you'),
	'own-data-refused': leaving(true, 'What is stored about you', 'Only count them'),
	'own-data-asked': leaving(true, 'What is stored about you', 'Email me a download link'),
	'own-data-download': confirmed(['What is stored about you', 'Email me a download link']),
	'own-data-allow': confirmed(['What is stored about you', 'Allow them with my name']),
	'own-data-erase': confirmed(['What is stored about you', 'Email me a link to erase it']),
	'own-data-erased': confirmed(['What is stored about you', 'Email me a link to erase it'], 'Erase everything'),
	'pending-list': pendingOn('lists/LIST'),
	pending: pendingOn('lists/LIST/confirmations'),
	'pending-asked': pendingOn('lists/LIST/confirmations', 'Send confirmation'),
	'pending-contact': pendingOn('contacts/CONTACT', 'Send confirmation'),
	'sign-up': signUp('form'),
	'sign-up-refused': signUp('refused', 'Subscribe'),
	'sign-up-sent': signUp('sent', 'Subscribe'),
	'sign-up-dead': go('s/nothing-like-this'),
	'unsubscribe-dead': go('unsubscribe/nothing-like-this'),
};
// The status of pages that show an error; all others answer 200.
const statuses = {
	nowhere: 404,
	'settings-webhooks-nothing': 404,
	'image-error': 400,
	'dead-link': 404,
	'code-dead': 404,
	'unsubscribe-dead': 404,
	'confirm-dead': 404,
	'sign-up-refused': 400,
	'sign-up-dead': 404,
	'campaigns-error': 400,
	'changes-since-never': 400,
	'compare-error': 400,
	'contacts-engagement-nonsense': 400,
	'dashboard-error': 400,
	'links-period-fortnight': 400,
	'partner-error': 400,
	'reports-new-from-never': 400,
	'search-error': 400,
	'segments-people-rule--7B-7D': 400,
	'suppressions-reason-bored': 400,
	'templates-template_type-letter': 400,
	'verify-sha256-nonsense': 400,
};
// Pages for partners, who have no rail.
const outside = ['code', 'code-dead', 'redeem', 'redeem-valid', 'redeem-done', 'redeem-used', 'redeem-undone', 'redeem-unknown', 'report-link', 'dead-link', 'unsubscribe', 'unsubscribe-list', 'unsubscribe-list-done', 'unsubscribe-done', 'unsubscribe-again', 'unsubscribe-back', 'unsubscribe-dead', 'unsubscribe-saved', 'unsubscribe-fewer', 'unsubscribe-usual', 'confirm', 'confirm-done', 'confirm-dead', 'own-data', 'own-data-refused', 'own-data-asked', 'own-data-download', 'own-data-allow', 'own-data-erase', 'own-data-erased', 'sign-up', 'sign-up-refused', 'sign-up-sent', 'sign-up-dead', 'verify', 'verify-sha256-nonsense'];
// Also checked by keyboard, in print and without scripts.
const thorough = ['dashboard', 'campaigns', 'campaign', 'lists', 'contacts', 'partner', 'sync', 'settings'];

const chosen = commandLine.choose(__filename, given, ['login', ...Object.keys(stops), 'camera', 'database-away', 'no-script'].sort(), 'page');
const picked = name => chosen.includes(name);

const fs = require('fs');
const { execFileSync } = require('child_process');
const { launch, signIn, known, clean, partner } = require('./person.cjs')(given);
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
let passed = 0;
const failures = [];
const check = (name, fine, detail) => (fine ? passed++ : failures.push(`${name}: ${detail}`));

// A page that waits for something loads itself again.
async function look(page, name, picture = folder, tries = 3) {
	try {
		await page.waitForTimeout(150);
		if (picture) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
		await examine(page, name);
	} catch (error) {
		if (!tries || !/context was destroyed/.test(error.message)) throw error;
		await page.waitForLoadState();
		await look(page, name, picture, tries - 1);
	}
}

async function examine(page, name) {
	await page.evaluate(axe);
	const result = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
	check(`${name} axe`, result.violations.length === 0, result.violations.map(v => `${v.id} ${v.nodes[0].target} ${v.nodes[0].any.map(a => a.message).join(';')}`).join(' | '));
	const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
	check(`${name} width`, !wide, 'scrolls sideways');
}

const titles = new Set();

// What axe-core does not check: a chart has a name with a number in it and the same numbers in a table; scrollable boxes can
// be reached by keyboard; one heading names the page.
async function own(page, name) {
	const found = await page.evaluate(() => {
		const bad = [];
		if (window.Chart && !document.querySelector('canvas')) bad.push('a library for charts without a chart');
		for (const canvas of document.querySelectorAll('canvas')) {
			const table = document.getElementById(canvas.dataset.table), chart = window.Chart?.getChart(canvas);
			if (canvas.getAttribute('role') !== 'img' || !/\d/.test(canvas.getAttribute('aria-label'))) bad.push('a chart without a telling name');
			if (!table?.caption || !table.querySelector('th[scope=col]')) bad.push('a chart without its table');
			else if (chart && chart.data.datasets[0].data.length !== table.tBodies[0].rows.length) bad.push('chart and table differ');
		}
		for (const box of document.querySelectorAll('.scroll'))
			if (box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX === 'visible') bad.push(`the table ${box.getAttribute('aria-label')} stands over its card`);
			else if (box.tabIndex !== 0 || box.getAttribute('role') !== 'region' || !box.getAttribute('aria-label')) bad.push('a scroll box out of reach');
		if (document.querySelectorAll('h1').length !== 1) bad.push('not one h1');
		if (/^Error/.test(document.querySelector('h1')?.textContent)) bad.push('the heading says Error');
		document.querySelectorAll('details.tip').forEach(tip => { tip.open = true; });
		const levels = [...document.querySelectorAll('h1, h2, h3, h4')].filter(e => e.checkVisibility()).map(e => +e.tagName[1]);
		if (levels.some((level, i) => i && level > levels[i - 1] + 1)) bad.push(`headings ${levels.join(' ')}`);
		const small = [...document.querySelectorAll('.stat a, .tip a, .tip summary, .crumbs a, .btn')].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 24);
		if (small.length) bad.push(`a target under 24 px: ${small[0].outerHTML.slice(0, 80)}`);
		document.querySelectorAll('details.tip').forEach(tip => { tip.open = false; });
		const problems = document.getElementById('problems');
		const box = problems?.querySelector('a')?.getBoundingClientRect();
		if (box && !problems.contains(document.elementFromPoint(box.left + 5, box.top + 5))) bad.push('the problems are covered');
		if (document.querySelectorAll('[aria-sort]').length > 1) bad.push('two sorted columns');
		const narrow = [...document.querySelectorAll('.fold tbody th[scope=row]')].find(e => e.checkVisibility() && e.getBoundingClientRect().width < 0.28 * innerWidth && innerWidth < 700);
		if (narrow) bad.push(`a name in a folded row has only ${Math.round(narrow.getBoundingClientRect().width)} px`);
		// A name is broken between words; an address of a link may have to be broken anywhere.
		const lines = (node, from, to) => {
			const range = document.createRange();
			range.setStart(node, from);
			range.setEnd(node, to);
			return new Set([...range.getClientRects()].map(one => Math.round(one.top))).size;
		};
		const texts = e => { const list = [], walker = document.createTreeWalker(e, NodeFilter.SHOW_TEXT); while (walker.nextNode()) list.push(walker.currentNode); return list; };
		for (const text of [...document.querySelectorAll('main th[scope=row]')].filter(e => e.checkVisibility()).slice(0, 100).flatMap(texts))
			for (const word of text.data.matchAll(/\p{L}{4,13}(?!\p{L})/gu))
				if (text.parentElement.checkVisibility() && !text.parentElement.closest('.wrap-any') && lines(text, word.index, word.index + word[0].length) > 1) bad.push(`the word ${word[0]} is broken`);
		const primary = [...document.querySelectorAll('main .btn-primary')].filter(e => e.checkVisibility());
		if (primary.length > 1) bad.push(`${primary.length} primary buttons: ${primary.map(e => e.textContent.trim()).join(', ')}`);
		if (/(^|[^\d.,])1 (campaign|page|contact|link|report|list|partner|call|event|problem|click|open)s\b/.test(document.querySelector('main').innerText)) bad.push('one of many: ' + document.querySelector('main').innerText.match(/.{9}\b1 [a-z]+s\b/)?.[0]);
		if (document.documentElement.lang !== 'en') bad.push('no language');
		return bad;
	});
	check(`${name} own checks`, found.length === 0, found.join(', '));
	titles.add(await page.title());
}

// Tab reaches every visible control, and each shows a focus mark of at least 2 px.
async function keyboard(page, name) {
	const visible = await page.evaluate(() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary, [tabindex="0"]')].filter(e => e.checkVisibility()).length);
	await page.evaluate(() => { document.activeElement.blur(); window.seen = new Set(); window.unmarked = []; });
	for (let i = 0; i < visible + 5; i++) {
		await page.keyboard.press('Tab');
		await page.evaluate(() => {
			const at = document.activeElement;
			if (at === document.body || window.seen.has(at)) return;
			window.seen.add(at);
			const marked = [getComputedStyle(at), getComputedStyle(at, '::after')].some(style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2);
			if (!marked) window.unmarked.push(at.outerHTML.slice(0, 80));
		});
	}
	const [reached, unmarked] = await page.evaluate(() => [window.seen.size, window.unmarked]);
	check(`${name} keyboard reach`, reached >= visible, `${reached} of ${visible} controls`);
	check(`${name} keyboard mark`, unmarked.length === 0, unmarked.slice(0, 3).join(' '));
}

// The status of the last navigation, after redirects.
function watchStatus(page) {
	const seen = { status: 0 };
	page.on('response', response => {
		if (response.request().isNavigationRequest() && response.frame() === page.mainFrame()) seen.status = response.status();
	});
	return seen;
}

async function inTheme(browser, theme, width) {
	const context = await browser.newContext({ colorScheme: theme, viewport: { width, height: 800 } });
	const page = await context.newPage();
	const answered = watchStatus(page);
	page.on('console', message => { if (/Content Security Policy/.test(message.text())) check('csp', false, message.text()); });
	page.on('pageerror', error => check('scripts', false, error.message));
	page.on('request', request => { if (!request.url().startsWith(url) && !request.url().startsWith('data:')) check('no other host', false, request.url()); });
	const name = what => `${what}-${theme}-${width}`;
	await page.goto(`${url}/dashboard`);
	if (picked('login')) {
		await look(page, name('login'));
		await own(page, name('login'));
	}
	await signIn(page);
	check(name('signed in'), page.url().endsWith('/dashboard'), page.url());
	for (const [what, visit] of Object.entries(stops)) {
		if (!picked(what) || (await visit(page)) === false) continue;
		const expected = statuses[what] ?? 200;
		check(name(`${what} status`), answered.status === expected, `${answered.status} instead of ${expected}`);
		await look(page, name(what));
		await own(page, name(what));
		if (width === 375) await narrower(page, name(what));
		const rails = await page.locator('.rail').count();
		check(name(`${what} rail`), rails === (outside.includes(what) ? 0 : 1), `${rails} rails`);
	}
	await context.close();
}

// The narrowest screen: the same page without loading it again.
async function narrower(page, name) {
	await page.setViewportSize({ width: 320, height: 800 });
	await look(page, `${name}-at-320`, null);
	await page.setViewportSize({ width: 375, height: 800 });
}

// In print: no navigation or buttons, all tables complete.
async function onPaper(page, what) {
	const left = await page.evaluate(() => [...document.querySelectorAll('.rail, .topbar, .btn, button')].filter(e => e.getBoundingClientRect().height > 0).length);
	check(`print ${what}`, left === 0, `${left} controls on paper`);
	if (folder) await page.pdf({ path: `${folder}/print-${what}.pdf`, format: 'A4', printBackground: true });
}

// The camera reads a code, where the browser can; this one cannot, and is given a detector that sees one.
async function camera(browser) {
	const page = await (await browser.newContext()).newPage();
	page.on('console', message => { if (/Content Security Policy/.test(message.text())) check('csp', false, message.text()); });
	await signIn(page);
	await page.goto(`${url}/redeem`);
	check('camera: not offered without a detector', !(await page.isVisible('[data-camera]')), 'offered');
	await page.addInitScript(() => {
		window.BarcodeDetector = class {
			static async getSupportedFormats() { return ['qr_code']; }
			async detect(video) { return video.videoWidth ? [{ rawValue: 'AAAAA-AAAAA' }] : []; }
		};
		navigator.mediaDevices.getUserMedia = async () => {
			if (window.refused) throw new DOMException('', 'NotAllowedError');
			const picture = document.createElement('canvas');
			setInterval(() => picture.getContext('2d').fillRect(0, 0, 9, 9), 50);
			return picture.captureStream();
		};
	});
	await page.reload();
	await page.evaluate(() => { window.refused = true; });
	await page.click('text=Scan with the camera');
	await page.waitForSelector('text=may not use the camera');
	await page.evaluate(() => { window.refused = false; });
	await page.click('text=Scan with the camera');
	await page.waitForSelector('h1:has-text("No such code")');
	check('camera: what it saw is checked', true);
}

// What is shown while the database does not answer: it is stopped, if it is this installation's own, and started again.
async function databaseAway(page) {
	const service = (...words) => execFileSync(`${__dirname}/../../deploy/service`, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
	if (!/^ferretdb /m.test(service())) return;
	const answered = watchStatus(page);
	service('ferretdb', 'stop');
	try {
		for (const colorScheme of ['light', 'dark']) for (const width of [1280, 375]) {
			const name = `database-away-${colorScheme}-${width}`;
			await page.emulateMedia({ colorScheme });
			await page.setViewportSize({ width, height: 800 });
			await page.goto(`${url}/campaigns`);
			check(`${name} status`, answered.status === 503, `${answered.status} instead of 503`);
			await look(page, name);
			await own(page, name);
			if (width === 375) await narrower(page, name);
			check(`${name} rail`, (await page.locator('.rail').count()) === 1, 'no rail');
		}
	} finally {
		service('ferretdb', 'start');
	}
	for (let tries = 0; tries < 60 && (await page.goto(`${url}/campaigns`)).status() !== 200; tries++) await page.waitForTimeout(500);
	check('database-away: back', answered.status === 200, `${answered.status} after it was started again`);
}

// The forms work without scripts.
async function withoutScripts(page) {
	await page.goto(`${url}/dashboard`);
	check('no script: figures', (await page.locator('.stats .stat').count()) >= 6, 'fewer than 6 figures');
	check('no script: table', (await page.locator('#rates tbody tr').count()) > 5, 'no rows');
	await page.goto(`${url}/campaigns`);
	await page.fill('#q', 'survey');
	await page.press('#q', 'Enter');
	await page.waitForURL(/q=survey/);
	check('no script: filter', /q=survey/.test(page.url()) && (await page.locator('tbody tr').count()) > 0, page.url());
	await page.setViewportSize({ width: 1280, height: 800 }); // below 700 px a row has two lines and no head
	await page.click(`thead a:has-text("Campaign")`);
	check('no script: sort', /sort=-?name/.test(page.url()) && /q=survey/.test(page.url()), page.url());
	await ofDraft('edit')(page);
	await page.fill('#campaign-subject', 'Without scripts');
	await page.press('text=Continue to audience', 'Enter'); // Chromium may not draw, and a click would wait for that, or miss
	await page.waitForURL(/step=audience/);
	await page.click('#step-content summary');
	check('no script: a draft is saved by its step', (await page.inputValue('#campaign-subject')) === 'Without scripts', page.url());
	await page.click('summary:has-text("Your menu")');
	await page.click('text=Sign out');
	check('no script: sign out', /signed_out/.test(page.url()), page.url());
}

(async () => {
	const browser = await launch();
	const host = await signIn(await browser.newPage()), before = await known(host);
	theirs = await partner(host, 'Walked partner');
	for (const theme of ['light', 'dark']) for (const width of [1280, 375]) await inTheme(browser, theme, width);
	if (!given.only) check('titles', titles.size >= 8, `only ${titles.size} different titles`);

	const wide = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
	const narrow = await (await browser.newContext({ javaScriptEnabled: false, viewport: { width: 320, height: 700 } })).newPage();
	await signIn(wide);
	await signIn(narrow);
	for (const what of thorough.filter(picked)) {
		await wide.emulateMedia({ media: 'screen' });
		await stops[what](wide);
		await keyboard(wide, what);
		await wide.emulateMedia({ media: 'print' });
		await stops[what](wide);
		await onPaper(wide, what);
		await stops[what](narrow);
		const box = await narrow.locator('main').boundingBox();
		check(`no script: ${what}`, box.width <= 320 && (await narrow.locator('h1').count()) === 1, `main is ${box.width} px wide`);
	}
	if (picked('camera')) await camera(browser);
	if (picked('no-script')) {
		await wide.emulateMedia({ media: 'screen' });
		await ofDraft('edit')(wide); // where it is not there yet
		await withoutScripts(narrow);
	}
	if (picked('database-away')) await databaseAway(await signIn(await browser.newPage()));
	await host.goto(`${url}/dashboard`);
	await clean(host, before);
	await browser.close();
})().catch(error => failures.push(`the walk: ${error.stack}`)).then(() => {
	failures.forEach(text => console.log(`FAILED ${text}`));
	console.log(`${passed} passed, ${failures.length} failed`);
	process.exit(failures.length ? 1 : 0);
});
