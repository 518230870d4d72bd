// What somebody does with an email that was sent to them: opens it in the demo mailbox, follows each of its links, chooses lists,
// unsubscribes, subscribes again by the email that asks for it; at 1280 and 375 pixels, with scripts and without. What follows is
// asked of the product, not of the pages.
//
// usage: node reader.cjs URL USER PASSWORD [--only READER]… [--pictures FOLDER]
//        node reader.cjs --list
//   --only      only this reader
//   --list      names of all readers
//   --pictures  leaves a picture of each page there
const options = { only: { type: 'string', multiple: true }, list: { type: 'boolean' }, pictures: { type: 'string' } };
const commandLine = require('../arguments.cjs');
const given = commandLine(__filename, ['url', 'user', 'password'], options);
const { url, pictures: folder } = given;

const readers = {
	'reader-desk': [1280, true],
	'reader-desk-bare': [1280, false],
	'reader-phone': [375, true],
	'reader-phone-bare': [375, false],
};
const chosen = commandLine.choose(__filename, given, Object.keys(readers), 'reader');

const assert = require('assert');
const http = require('http');
const { launch, signIn, ask, known, clean } = require('./person.cjs')(given);

const PATIENCE_MS = 60000;

async function until(what, holds) {
	const ends = Date.now() + PATIENCE_MS;
	for (let wait = 100; ; wait = Math.min(wait * 2, 1000)) {
		const seen = await holds();
		if (seen) return seen;
		if (Date.now() > ends) throw new Error(`waited for ${what}`);
		await new Promise(resolve => setTimeout(resolve, wait));
	}
}

// Where the mail's link leads: what was asked for there.
async function shop() {
	const asked = [];
	const server = http.createServer((request, answer) => {
		if (request.url.startsWith('/offer')) asked.push(request.url);
		answer.setHeader('content-type', 'text/html; charset=utf-8');
		answer.end('<!doctype html><title>The shop</title><h1>The shop</h1>');
	});
	await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
	return { asked, close: () => server.close(), rule: `MAP shop.example:80 127.0.0.1:${server.address().port}` };
}

// Two lists that people may choose, a person for each reader on both, and a campaign to one of them that has been sent.
async function send(page, run) {
	const lists = [];
	for (const name of ['News', 'Offers'])
		lists.push(await ask(page, 'POST', 'lists', { name: `${name} ${run}`, public_name: `${name} of ${run}` }));
	const people = {};
	for (const name of Object.keys(readers)) {
		people[name] = await ask(page, 'POST', 'contacts', { email: `${name}@${run}.example`, first_name: 'Mara' });
		for (const list of lists) await ask(page, 'POST', `lists/${list.id}/contacts/${people[name].id}`);
	}
	const campaign = await ask(page, 'POST', 'campaigns', {
		name: `Read ${run}`, subject: `For {{first_name}} of ${run}`, from_email: 'news@acme.example', from_name: 'Acme', list_ids: [lists[0].id],
		html_content: `<p>Hello {{first_name}}</p><p><a href="http://shop.example/offer?for={{first_name}}&amp;from=mail#end">The offer</a></p><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p>
			<p><a href="{{view_url}}">View in browser</a> <a href="{{unsubscribe_url}}">Unsubscribe</a></p>`,
		settings: { track_opens: true, track_clicks: true, unsubscribe_link: true, suppress_duplicates: true }
	});
	assert(campaign.id && campaign.missing.length === 0, JSON.stringify(campaign));
	const begun = await ask(page, 'POST', `campaigns/${campaign.id}/send`);
	assert(begun.message, JSON.stringify(begun));
	return { lists, people, campaign };
}

// A person's hand: what is seen is looked at, and buttons and links are pressed by key.
function hand(context, name, width) {
	let pictures = 0;
	async function look(page, heading) {
		await page.waitForSelector(`h1:has-text("${heading}")`);
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		assert(wide <= 0, `${heading}: ${wide} pixels wider than ${width}`);
		if (folder) await page.screenshot({ path: `${folder}/${name}-${++pictures}.png`, fullPage: true });
	}
	async function press(page, control, heading) {
		await page.locator(control).press('Enter');
		await look(page, heading);
	}
	async function openMail(page, to, subject) {
		await until(`“${subject}” to ${to}`, async () => {
			await page.goto(`${url}/mailbox?to=${encodeURIComponent(to)}`);
			return page.$(`tbody a:has-text("${subject}")`);
		});
		await press(page, `tbody a:has-text("${subject}") >> nth=0`, subject);
	}
	// The page that a link of the email opens.
	async function follow(page, link) {
		const [opened] = await Promise.all([context.waitForEvent('page'), page.frameLocator('iframe').locator(`a:has-text("${link}")`).press('Enter')]);
		await opened.waitForLoadState();
		return opened;
	}
	return { look, press, openMail, follow };
}

async function read(context, name, width, said, asked, run) {
	const page = await signIn(await context.newPage());
	page.setDefaultTimeout(20000);
	const { look, press, openMail, follow } = hand(context, name, width);
	const address = `${name}@${run}.example`, person = said.people[name];
	const desk = await context.newPage();
	await desk.goto(`${url}/contacts/new`);
	const contact = () => ask(desk, 'GET', `contacts/${person.id}`);
	const bare = id => id.replace(/^\w+_/, '');
	const gets = async list => (await contact()).subscribed_ids.map(bare).includes(bare(list.id));

	await openMail(page, address, `For Mara of ${run}`);
	const before = asked.length;
	const offer = await follow(page, 'The offer');
	await look(offer, 'The shop');
	assert.deepEqual(asked.slice(before), ['/offer?for=Mara&from=mail'], 'as the mail says');
	assert(offer.url().endsWith('#end'), offer.url());

	const view = await follow(page, 'View in browser');
	await view.waitForSelector('text=Hello Mara');
	assert(!view.url().includes('mailbox'), view.url());

	const leaving = await follow(page, 'Unsubscribe');
	await look(leaving, `Unsubscribe from “News of ${run}”?`);
	assert(await gets(said.lists[0]) && await gets(said.lists[1]), 'looking changes nothing');
	assert(!(await leaving.content()).includes(address), 'whoever has the link need not be who has the address');
	await leaving.uncheck(`label:has-text("Offers of ${run}") input`);
	await press(leaving, 'button:has-text("Save choice")', 'Your choice is saved');
	assert(await gets(said.lists[0]) && !await gets(said.lists[1]), 'one was left');
	assert(!await leaving.isChecked(`label:has-text("Offers of ${run}") input`) && await leaving.isChecked(`label:has-text("News of ${run}") input`));

	await leaving.close();
	const all = await follow(page, 'Unsubscribe');
	await press(all, 'button:has-text("Unsubscribe from this list")', `You are unsubscribed from “News of ${run}”`);
	assert(!await gets(said.lists[0]) && (await contact()).suppressed === null);
	await press(all, 'button:has-text("Unsubscribe from all emails")', 'You are unsubscribed from all emails');
	assert.equal((await contact()).suppressed, 'unsubscribed');

	await press(all, 'a:has-text("Subscribe again")', 'Subscribe again?');
	await press(all, 'button:has-text("Send the email")', 'Check your inbox');
	assert.equal((await contact()).suppressed, 'unsubscribed', 'not before it is confirmed');
	await openMail(page, address, 'onfirm');
	const confirming = await follow(page, 'onfirm');
	await look(confirming, 'Do you want these emails?');
	assert.equal((await contact()).suppressed, 'unsubscribed', 'looking confirms nothing');
	await press(confirming, 'button:has-text("Yes, subscribe")', 'You are subscribed');
	assert.equal((await contact()).suppressed, null);
}

(async () => {
	const target = await shop(), browser = await launch(`--host-resolver-rules=${target.rule}`), run = `r${Date.now().toString(36)}`;
	const desk = await signIn(await (await browser.newContext()).newPage());
	await desk.goto(`${url}/contacts/new`);
	const before = await known(desk);
	let passed = 0, failed = 0;
	try {
		const said = await send(desk, run);
		for (const name of chosen) {
			const [width, scripts] = readers[name];
			const context = await browser.newContext({ viewport: { width, height: 800 }, javaScriptEnabled: scripts });
			const fault = await read(context, name, width, said, target.asked, run).then(() => null, error => error.stack);
			if (fault) failed++;
			else passed++;
			console.log(`${fault ? 'FAILED' : 'ok'} ${name}${fault ? `: ${fault}` : ''}`);
			await context.close();
		}
		const left = passed + failed;
		const figures = await until('the campaign to count who left', async () => {
			const { current_metrics: now } = await ask(desk, 'GET', `campaigns/${said.campaign.id}`);
			return now?.unsubscribed >= left && now;
		}).catch(error => error.message);
		if (figures.unsubscribed === left) passed++;
		else failed++;
		console.log(`${figures.unsubscribed === left ? 'ok' : 'FAILED'} who left is counted once: ${JSON.stringify(figures)}`);
	} finally {
		await clean(desk, before);
		target.close();
		await browser.close();
	}
	console.log(`${passed} passed, ${failed} failed`);
	process.exit(failed ? 1 : 0);
})().catch(error => {
	console.log(`${error.stack}\n0 passed, 1 failed`);
	process.exit(1);
});
