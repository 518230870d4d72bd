// The jobs that people come for, done from the dashboard: what is pressed, chosen and typed is counted, each as one, and may
// not be more than a new user should need. Each is done with scripts and without, and on a phone, where opening the menu or the
// search is a press, too.
//
// usage: node jobs.cjs URL USER PASSWORD [--only JOB]…
//        node jobs.cjs --list
//   --only  only this job
//   --list  names of all jobs
const options = { only: { type: 'string', multiple: true }, list: { type: 'boolean' } };
const commandLine = require('../arguments.cjs');
const given = commandLine(__filename, ['url', 'user', 'password'], options);
const { url } = given;

const PARTNER = 'Counted partner', SEGMENT = 'counted people', TEMPLATE = 'Counted template';

// What a person does. Waiting counts nothing.
const hand = (page, scripts) => ({
	page,
	scripts,
	count: 0,
	async press(selector) {
		this.count++;
		const found = page.locator(selector).first();
		if (selector.startsWith('nav ') && (await page.locator('.menu-button').isVisible())) {
			this.count++;
			await page.click('.menu-button');
		}
		await found.waitFor();
		await found.click({ force: !scripts }); // without scripts Chromium may not draw, and a click would wait for that
		await page.waitForLoadState();
	},
	async tick(selector, places) {
		for (const place of places) {
			this.count++;
			await page.locator(selector).nth(place).check();
		}
	},
	async choose(selector, label) {
		this.count++;
		await page.selectOption(selector, { label });
	},
	async type(selector, text) {
		this.count++;
		await page.fill(selector, text);
	},
	async search(text) {
		const small = await page.locator('.search-button').isVisible();
		if (!small) {
			await this.type('#search', text);
			return this.enter('#search');
		}
		await this.press('.search-button');
		await this.type('#q', text); // finds by itself
		return undefined;
	},
	async enter(selector) {
		this.count++;
		await page.press(selector, 'Enter');
		await page.waitForLoadState();
	},
	async attach(selector, file) {
		this.count++;
		await page.setInputFiles(selector, file);
	},
	// What the server works on: without scripts somebody looks again, counted once a wait.
	async waitFor(selector) {
		for (let tries = 0; !scripts && tries < 60 && !(await page.locator(selector).count()); tries++) {
			if (tries === 0) this.count++;
			else await page.waitForTimeout(300);
			await page.reload();
		}
		await page.locator(selector).first().waitFor({ timeout: 20000 });
	},
	async see(selector, { hasText, state } = {}) {
		await page.locator(selector, { hasText }).first().waitFor({ timeout: 20000, state });
	},
});

const LATEST = 'section:has(h2:text-is("Latest campaigns")) tbody input';
// The link is there, works, and is sent: the press on Email is counted, but there is no mail program to open.
const newLink = async (one, to = '') => {
	await one.see('#new-link', { hasText: '/r/' });
	const address = new URL((await one.page.textContent('#new-link')).trim());
	await one.see(`a:has-text("Email")[href^="mailto:${to}"]`);
	one.count++;
	const partner = await one.page.context().browser().newPage();
	await partner.goto(url + address.pathname);
	for (let i = 0; i < 40 && (await partner.locator('text=Look again').count()); i++) {
		await partner.waitForTimeout(500);
		await partner.reload();
	}
	await partner.locator('a:has-text("PDF")').first().waitFor({ timeout: 5000 });
	await partner.close();
};

// Each: at most so many, what is done, in order.
const jobs = {
	// An email of blocks for a segment, previewed as three people, until its review is green.
	'campaign-of-blocks': [29, async one => {
		await one.press('nav a:has-text("Segments")');
		await one.press('main a:has-text("New segment")');
		await one.type('#name', SEGMENT);
		await one.choose('#builder [name=field]', 'Tag');
		if (!one.scripts) await one.press('#builder button:has-text("Update the count")');
		await one.type('#builder input[name=value]', 'vip');
		await one.press('button:has-text("Create segment")');
		await one.press('nav a:has-text("Templates")');
		await one.press('main a:has-text("New template")');
		await one.press('a.cover:has-text("Announcement")');
		await one.type('#name', TEMPLATE);
		await one.type('#subject', 'Spring for {{first_name|default:"you"}}');
		await one.type('[name=b_text]', 'Spring is here');
		await one.press('#add-divider');
		await one.press('#panel button[aria-label="Delete this block"]');
		await one.press('button:has-text("Create template")');
		await one.press('.notice a:has-text("Create campaign")');
		await one.type('#campaign-from-name', 'Counted Energy');
		await one.press('button:has-text("Continue to audience")');
		await one.press(`button[name=add_segment]:has-text("${SEGMENT}")`);
		await one.press('button:has-text("Continue to settings")');
		await one.press('button:has-text("Continue to review")');
		if (one.scripts) await one.see('#checks .notice.good', { hasText: 'Nothing is missing' });
		await one.press('a:has-text("Preview as someone else")');
		for (const [name, subject] of [['Longest', /Spring for \w+/], ['Emptiest', 'Spring for you']]) {
			await one.press(`nav[aria-label="Read as"] a:has-text("${name}")`);
			await one.see('.inbox', { hasText: subject });
		}
		await one.type('#who', 'person1');
		await one.enter('#who');
		await one.press('main p.small a:has-text("person1")');
		await one.see('p.muted', { hasText: /Personalised for: .*person1/ });
	}],
	// A list with a sign-up form that is open.
	'list-with-form': [8, async one => {
		await one.press('nav a:has-text("Lists")');
		await one.press('main a:has-text("New list")');
		await one.type('#list-name', 'Counted letter');
		await one.press('#list-form .btn-primary');
		await one.press('main a:has-text("Sign-up form")');
		await one.press('label:has(#is_open)');
		await one.press('button:has-text("Save form")');
		await one.see('.notice', { hasText: 'it is open' });
		await one.see('#form-address', { hasText: '/s/' });
	}],
	'an-import': [9, async one => {
		await one.press('nav a:has-text("Contacts")');
		await one.press('main a:has-text("Import")');
		await one.attach('#file', { name: 'counted.csv', mimeType: 'text/csv', buffer: Buffer.from(`Email address,First name\ncounted-${Date.now()}@counted.example,Ada\nbob,Bob\n`) });
		await one.press('text=Upload and continue');
		await one.waitFor('#mapping');
		await one.press('text=Preview the import');
		await one.waitFor('text=The first rows');
		await one.press('button:has-text("Import 1 contact")');
		await one.waitFor('text=Rows of the file');
	}],
	// Composed from nothing, with a template designed on the way, until its review can be sent.
	'first-campaign': [15, async one => {
		await one.press('nav a:has-text("Outbox")');
		await one.press('main a:has-text("New campaign")');
		await one.type('#campaign-name', 'Counted letter');
		await one.type('#campaign-subject', 'Spring is here');
		await one.type('#campaign-from-name', 'Counted Energy');
		await one.press('button:has-text("Design a template")');
		await one.press('a.cover:has-text("Announcement")');
		await one.type('[name=b_text]', 'Spring is here');
		await one.press('button:has-text("Create template")');
		await one.press('button:has-text("Use in the campaign")');
		await one.see('#campaign-subject'); // as it was typed
		if ((await one.page.inputValue('#campaign-subject')) !== 'Spring is here') throw new Error('the subject is lost');
		await one.press('button:has-text("Continue to audience")');
		await one.press('button[name=add_segment]:has-text("All contacts")');
		await one.press('button:has-text("Continue to settings")');
		await one.press('button:has-text("Continue to review")');
		await one.see('main a', { hasText: 'Send now' });
	}],
	'link-to-three': [6, async one => {
		await one.press('main a:has-text("All sent campaigns")');
		await one.tick('tbody tr:has(a:text-matches("^ACME_")) input', [0, 1, 2]);
		await one.press('.selection button:has-text("Create link")');
		await one.see('h1', { hasText: PARTNER }); // the one that all three have
		await newLink(one, 'ada@counted.example?');
	}],
	'report-of-three': [7, async one => {
		await one.press('main a:has-text("All sent campaigns")');
		await one.tick('tbody tr:has(a:text-matches("^ACME_")) input', [0, 1, 2]);
		await one.press('.selection button:has-text("Report")');
		await one.see('#partner option:checked:not([value=""])', { state: 'attached' }); // the one that all three have
		await one.press('button:has-text("Create report and link")');
		await newLink(one, 'ada@counted.example?');
	}],
	'report-of-the-latest': [6, async one => {
		await one.tick(LATEST, [1, 2, 3]);
		await one.press('.selection button:has-text("Report")');
		await one.press('button:has-text("Create report and link")');
		await newLink(one);
	}],
	'why-so-bad': [2, async one => {
		await one.press('main a:text-matches("See why", "i")');
		await one.see('text=Why:');
	}],
	'compare-the-latest': [3, async one => {
		await one.tick(LATEST, [1, 2]);
		await one.press('.selection button:has-text("Compare")');
		await one.see('h1:has-text("Compare two campaigns")');
	}],
	'compare-what-is-proposed': [3, async one => {
		await one.press('nav a:has-text("Compare")');
		await one.press('main button:has-text("Compare")');
		await one.see('h1:has-text("Compare two campaigns")');
	}],
	'history-of-a-person': [3, async one => {
		await one.search('person1');
		await one.press('main a[href^="/contacts/"]');
		await one.see('h2:has-text("Timeline")');
	}],
	'monthly-report': [5, async one => {
		await one.press('nav a:has-text("Schedules")');
		await one.press('main a:has-text("New schedule")');
		await one.choose('#partner', PARTNER);
		if (one.scripts) await one.page.waitForFunction(() => document.getElementById('recipients').value); // the contact person
		else await one.type('#recipients', 'someone@partner.example');
		await one.press('button:has-text("Start the schedule")');
		await one.see('h1', { hasText: `${PARTNER} monthly` });
	}],
	'monthly-report-of-a-partner': [5, async one => {
		await one.press('nav a:has-text("Partners")');
		await one.press(`tbody a:has-text("${PARTNER}")`);
		await one.press('main a:has-text("New schedule")');
		await one.press('button:has-text("Start the schedule")');
		await one.see('h1', { hasText: `${PARTNER} monthly` });
	}],
	'state-of-last-month': [3, async one => {
		await one.press('main summary:has-text("Last 90 days")');
		await one.press('main .pop a:has-text("Last month")');
		await one.see('main summary', { hasText: 'Last month' });
	}],
};

const chosen = commandLine.choose(__filename, given, Object.keys(jobs).sort(), 'job');

const { launch, signIn, ask, known, clean } = require('./person.cjs')(given);

(async () => {
	const browser = await launch();
	let passed = 0, failed = 0;
	for (const [width, scripts, where] of [[1280, true, ''], [1280, false, ' without scripts'], [375, true, ' on a phone']]) {
		const context = await browser.newContext({ viewport: { width, height: 800 }, javaScriptEnabled: scripts });
		const page = await context.newPage();
		page.setDefaultTimeout(20000);
		await signIn(page);
		const before = await known(page);
		await ask(page, 'POST', 'partners', { name: PARTNER, prefixes: ['ACME_'], contact: 'Ada Finch <ada@counted.example>' });
		for (const name of chosen) {
			const [most, work] = jobs[name], one = hand(page, scripts);
			await page.goto(`${url}/dashboard`);
			const fault = await work(one).then(() => one.count > most && `${one.count} clicks, at most ${most} are allowed`, error => `${error.message} (at ${page.url()})`);
			if (fault) failed++;
			else passed++;
			console.log(`${fault ? 'FAILED' : 'ok'} ${name}${where}: ${fault || `${one.count} of at most ${most}`}`);
		}
		await page.goto(`${url}/dashboard`);
		await clean(page, before);
	}
	await browser.close();
	console.log(`${passed} passed, ${failed} failed`);
	process.exit(failed ? 1 : 0);
})();
