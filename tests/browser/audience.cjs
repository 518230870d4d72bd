// A new user's first people, from a file to undoing it: 5,000 rows in an encoding and a form that few programs expect, with
// duplicates and rows that cannot be imported, which are mended and imported again; a segment of them; a stop for one person;
// a suppression, exported and imported; both imports undone. Once with scripts, each page looked at in both themes and two
// widths: axe-core finds nothing and nothing scrolls sideways; once without scripts on a phone.
//
// usage: node audience.cjs URL USER PASSWORD [--pictures FOLDER]
//        node audience.cjs --list
//   --list      its name
//   --pictures  leaves a picture of each page there
const options = { list: { type: 'boolean' }, pictures: { type: 'string' }, only: { type: 'string', multiple: true } };
const given = require('../arguments.cjs')(__filename, ['url', 'user', 'password'], options);
const { url, pictures: folder } = given;
if (given.list) {
	console.log('audience');
	process.exit(0);
}

const fs = require('fs');
const { launch, signIn, known, clean } = require('./person.cjs')(given);
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const PEOPLE = 5000, WRONG = 7, TWICE = 11;
let passed = 0;
const failures = [];
const check = (name, fine, detail) => (fine ? passed++ : failures.push(`${name}: ${detail}`));

// 5,000 rows, of which WRONG cannot be imported and TWICE name somebody a second time; `domain` is theirs alone.
function rowsOf(domain) {
	const rows = ['E-Mail;Vorname;Nachname;Firma;Beitritt;Umsatz'];
	for (let i = 0; i < PEOPLE - TWICE; i++) {
		const at = i % 700 === 3 && i / 700 < WRONG ? '@@' : '@';
		const name = ['Jörg', 'Zoë', 'Ærø', 'Şebnem'.replace('Ş', 'S'), 'Anaïs'][i % 5], last = i % 9 ? `Müller ${i}` : `"O'Brien; ""der Große""\r\n${i}"`;
		rows.push(`${name.toLowerCase()[0] === 'æ' ? 'AEro' : `Person`}${i}${at}${domain};${name};${last};${i % 4 ? 'Bäckerei Süß' : '20 € GmbH'};${1 + (i % 12)}/${1 + (i % 12)}/2026;1.${100 + (i % 900)},50`);
	}
	for (let i = 0; i < TWICE; i++) rows.push(`PERSON${10 * i + 1}@${domain};Noch;Einmal;;;`);
	return rows.join('\r\n') + '\r\n';
}
const encodings = {
	'utf-16': text => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]),
	'windows-1252': text => Buffer.from(text.replace(/€/g, '\x80'), 'latin1'),
};

async function look(page, name) {
	for (const colorScheme of ['light', 'dark'])
		for (const width of [1280, 375]) {
			await page.emulateMedia({ colorScheme });
			await page.setViewportSize({ width, height: 800 });
			await page.evaluate(() => scrollTo(0, 0)); // else the bar above covers what axe measures
			await page.waitForTimeout(150);
			if (folder) await page.screenshot({ path: `${folder}/audience-${name}-${colorScheme}-${width}.png`, fullPage: true });
			await page.evaluate(axe);
			const { violations } = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
			check(`${name} axe, ${colorScheme} ${width}`, violations.length === 0, violations.map(one => `${one.id} ${one.nodes[0].target}`).join(' | '));
			check(`${name} width, ${colorScheme} ${width}`, !(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)), 'scrolls sideways');
		}
	await page.setViewportSize({ width: 1280, height: 800 });
}

// Without scripts a page does not look again by itself, and Chromium may not draw, for which a click would wait, or miss.
class Hand {
	constructor(page, scripts) {
		this.page = page;
		this.scripts = scripts;
	}
	async look(name) {
		if (this.scripts) await look(this.page, name);
	}
	async press(selector) {
		const found = this.page.locator(selector).first();
		await found.waitFor({ state: 'attached' });
		await (this.scripts ? found.click() : found.press('Enter'));
		await this.page.waitForLoadState();
	}
	async see(selector, seconds = 120) {
		for (let tries = 0; tries < 2 * seconds; tries++) {
			if (await this.page.locator(selector).count()) return;
			await this.page.waitForTimeout(500);
			if (!this.scripts) await this.page.reload();
		}
		throw new Error(`there is no ${selector} at ${this.page.url()}: ${(await this.page.locator('main').innerText()).slice(0, 600)}`);
	}
	// Without scripts what takes longer is counted where it is asked for.
	async counted(selector) {
		if (!this.scripts && (await this.page.locator('a:has-text("Count them")').count())) await this.press('a:has-text("Count them")');
		await this.see(selector, 60);
	}
	async text() {
		return (await this.page.locator('main').innerText()).replace(/\s+/g, ' ');
	}
	// What a link downloads.
	async download(selector) {
		const address = new URL(await this.page.locator(selector).first().getAttribute('href'), this.page.url()).href;
		return (await this.page.context().request.get(address)).body();
	}
	async upload(file, fields) {
		await this.page.goto(`${url}/contacts/import`);
		await this.page.setInputFiles('#file', file);
		for (const [selector, value] of Object.entries(fields)) await this.page.fill(selector, value);
		await this.look('upload');
		await this.press('text=Upload and continue');
	}
}

const count = text => text.toLocaleString('en-US');

async function importFile(one, encoding, domain, tag) {
	await one.upload({ name: `kunden.${encoding}.csv`, mimeType: 'text/csv', buffer: encodings[encoding](rowsOf(domain)) }, { '#import-tags': tag, '#import-consent': 'Trade fair' });
	check(`${encoding}: columns`, (await one.text()).includes('4 of 6 columns recognised'), await one.text());
	check(`${encoding}: letters`, (await one.text()).includes('Jörg') && (await one.text()).includes('Bäckerei Süß'), await one.text());
	await one.page.selectOption('[name="to.4"]', { value: 'field:beitritt' });
	await one.page.selectOption('[name="order.4"]', 'day_first');
	await one.page.selectOption('[name="to.5"]', { value: 'field:umsatz' });
	await one.look('columns');
	await one.press('text=Preview the import');
	await one.see('text=The first rows');
	await one.look('preview');
	const good = PEOPLE - TWICE - WRONG;
	await one.press(`button:has-text("Import ${count(good)} contacts")`);
	await one.see('text=Rows of the file');
	const text = await one.text();
	check(`${encoding}: imported`, text.includes(`${count(good)} contacts added`) && text.includes(`${WRONG} rejected rows`), text);
	await one.look('result');
	return one.page.url();
}

// The rejected rows with what was wrong mended, as a person does it in a table.
async function importMended(one, domain) {
	const rejected = (await one.download('a[href$="rejected.csv"]')).toString();
	check('rejected rows', rejected.match(/has more than one @/g)?.length === WRONG, rejected.slice(0, 300));
	await one.upload({ name: 'mended.csv', mimeType: 'text/csv', buffer: Buffer.from(rejected.replaceAll('@@', '@')) }, { '#import-tags': `mended-${domain.split('.')[0]}` });
	await one.press('text=Preview the import');
	await one.see('text=The first rows');
	await one.press(`button:has-text("Import ${WRONG} contacts")`);
	await one.see('text=Rows of the file');
	check('mended', (await one.text()).includes(`${WRONG} contacts added`), await one.text());
	return one.page.url();
}

async function makeSegment(one, tag) {
	await one.page.goto(`${url}/segments/new`);
	await one.page.fill('#name', `bakers ${tag}`);
	const row = '#builder [name=field]';
	await one.page.selectOption(row, 'tag');
	if (!one.scripts) await one.press('text=Update the count');
	await one.page.waitForSelector('#builder input[name=value]', { state: 'attached' });
	await one.page.fill('#builder input[name=value]', tag);
	await one.look('segment-new');
	await one.press('text=Create segment');
	await one.see(`h1:has-text("bakers ${tag}")`);
	await one.counted(`text=${count(PEOPLE - TWICE - WRONG)} people`);
	await one.look('segment');
	return one.page.url();
}

async function stopOne(one, domain, segment) {
	await one.page.goto(`${url}/contacts?q=person101%40${domain}`);
	await one.press('tbody a');
	const person = one.page.url();
	await one.look('person');
	await one.page.goto(`${person}/permission`);
	await one.page.fill('#evidence', 'Called us');
	await one.look('permission');
	await one.press('button:has-text("Unsubscribe")');
	await one.see('text=from everything');
	await one.look('person-stopped');
	await one.page.goto(segment);
	await one.counted(`text=${count(PEOPLE - TWICE - WRONG - 1)} can be emailed`);
	check('the stop counts', (await one.text()).includes('−1'), await one.text());
	return person;
}

async function suppressions(one, domain) {
	await one.page.goto(`${url}/suppressions/new`);
	await one.page.fill('#address', `person102@${domain}`);
	await one.press('main .btn-primary');
	await one.see('text=Nothing is sent here since');
	await one.page.goto(`${url}/suppressions?q=${domain}`);
	await one.look('suppressions');
	const exported = (await one.page.context().request.get(`${url}/suppressions.csv?q=${domain}`)).body();
	await one.page.goto(`${url}/suppressions/import`);
	await one.page.setInputFiles('input[type=file]', { name: 'theirs.csv', mimeType: 'text/csv', buffer: await exported });
	await one.press('main .btn-primary');
	await one.see('text=2 rows are suppressed');
	check('suppressions are known', (await one.text()).includes('2 were suppressed for the same reason before; 0 rows were rejected'), await one.text());
	await one.look('suppressions-imported');
}

async function undo(one, address, ends) {
	await one.page.goto(address);
	await one.page.locator('#undo').evaluate(details => { details.open = true; });
	await one.press('button:has-text("Undo the import")');
	await one.see('text=Undone:');
	const text = await one.text();
	check('undone', text.includes(ends), text);
}

async function journey(one, encoding) {
	const tag = `fair-${Date.now()}`, domain = `${tag}.example`;
	const first = await importFile(one, encoding, domain, tag);
	const second = await importMended(one, domain);
	const segment = await makeSegment(one, tag);
	const person = await stopOne(one, domain, segment);
	await suppressions(one, domain);
	await undo(one, second, `${WRONG} `);
	await undo(one, first, count(PEOPLE - TWICE - WRONG - 1));
	await one.look('undone');
	await one.page.goto(`${url}/contacts?tag=${tag}`);
	const left = await one.page.locator('main tbody th a').count();
	check('only who was stopped is left', left <= 1, `${left} contacts`);
	await one.page.goto(`${person}/erase`);
	await one.press('main button.btn-danger, main .btn-danger');
}

(async () => {
	const browser = await launch();
	const host = await signIn(await browser.newPage()), before = await known(host);
	for (const [encoding, scripts, width] of [['utf-16', true, 1280], ['windows-1252', false, 375]]) {
		const context = await browser.newContext({ viewport: { width, height: 800 }, javaScriptEnabled: scripts });
		const page = await context.newPage();
		page.on('pageerror', error => check('scripts', false, error.message));
		page.setDefaultTimeout(60000);
		await signIn(page);
		await journey(new Hand(page, scripts), encoding).catch(async error => {
			if (folder) await page.screenshot({ path: `${folder}/audience-failed.png`, fullPage: true });
			check(`${encoding}${scripts ? '' : ' without scripts'}`, false, `${error.stack.slice(0, 1200)} at ${page.url()}`);
		});
		await context.close();
	}
	await host.goto(`${url}/dashboard`);
	await clean(host, before);
	await browser.close();
	failures.forEach(text => console.log(`FAILED ${text}`));
	console.log(`${passed} passed, ${failures.length} failed`);
	process.exit(failures.length ? 1 : 0);
})();
