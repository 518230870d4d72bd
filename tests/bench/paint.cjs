// Pages through nginx in a browser with an empty cache, 1280 px wide: first contentful paint, bytes transferred, layout shift
// while they load and when filter, menus and ⓘ are opened, requests to other hosts. Goals: docs/benchmarks.md.
//
// usage: node paint.cjs URL USER PASSWORD [TIMES]
const { url, user, password, times } = require('../arguments.cjs')(__filename, ['url', 'user', 'password', 'times?']);
const { chromium } = require('playwright-core');
const rounds = Number(times ?? 5);
const goals = { median: 250, each: 400, kilobytes: 350, shift: 0 };

// The pages: fixed addresses, and the newest of each kind.
async function addresses(request) {
	const newest = async kind => (await request.get(`${url}/api/${kind}`).then(answer => answer.json())).map(row => row.id);
	const [campaigns, lists, contacts, partners, reports] = await Promise.all(['campaigns?status=sent', 'lists', 'contacts', 'partners', 'reports'].map(newest));
	return {
		dashboard: 'dashboard', campaigns: 'campaigns', campaign: `campaigns/${campaigns[0]}`,
		'who opened it': `campaigns/${campaigns[0]}/contacts?status=opened`, comparison: `compare?id=${campaigns[0]}&id=${campaigns[1]}`,
		list: `lists/${lists[0]}`, contacts: 'contacts', contact: `contacts/${contacts[0]}`, links: 'links', partner: `partners/${partners[0]}`,
		reports: 'reports', report: `reports/${reports[0]}`, 'new report': 'reports/new', sync: 'sync',
	};
}

const middle = values => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

// Counts also the shifts that follow an input, which the browser's own score leaves out.
const watchShift = () => {
	window.shift = 0;
	new PerformanceObserver(list => list.getEntries().forEach(entry => { window.shift += entry.value; })).observe({ type: 'layout-shift', buffered: true });
};

// Opens and closes the filter, every menu and the first ⓘ; returns what moved meanwhile.
async function touch(page) {
	const before = await page.evaluate(() => window.shift);
	const some = [...(await page.locator('details.filter > summary, details.menu > summary').all()), ...(await page.locator('details.tip > summary').all()).slice(0, 1)];
	for (const summary of some) {
		if (!(await summary.isVisible())) continue;
		await summary.click();
		await page.waitForTimeout(60);
		await summary.click();
	}
	await page.waitForTimeout(100);
	return (await page.evaluate(() => window.shift)) - before;
}

async function visit(browser, storageState, path, whole) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, storageState }); // its cache is its own
	const page = await context.newPage(), session = await context.newCDPSession(page);
	let bytes = 0, foreign = 0;
	await session.send('Network.enable');
	session.on('Network.loadingFinished', event => { bytes += event.encodedDataLength; });
	session.on('Network.requestWillBeSent', event => { if (!event.request.url.startsWith(url) && !event.request.url.startsWith('data:')) foreign++; });
	await page.addInitScript(watchShift);
	const answer = await page.goto(`${url}/${path}`, { waitUntil: 'networkidle' });
	if (!answer.ok()) throw new Error(`${path} answers ${answer.status()}`);
	await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
	const seen = await page.evaluate(() => ({ paint: performance.getEntriesByName('first-contentful-paint')[0].startTime, shift: window.shift }));
	if (whole) seen.shift += await touch(page);
	await context.close();
	return { ...seen, bytes, foreign };
}

(async () => {
	const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
	const context = await browser.newContext(), page = await context.newPage();
	await page.goto(`${url}/login`);
	await page.fill('#username', user);
	await page.fill('#password', password);
	await page.click('main button');
	await page.waitForURL(/dashboard/);
	const pages = await addresses(context.request), state = await context.storageState();
	const seen = Object.fromEntries(Object.keys(pages).map(name => [name, []]));
	for (let round = 0; round < rounds; round++) for (const [name, path] of Object.entries(pages)) seen[name].push(await visit(browser, state, path, round === 0));
	await browser.close();
	const rows = Object.entries(seen).map(([name, visits]) => {
		const of = member => visits.map(one => one[member]);
		return { name, paint: middle(of('paint')), best: Math.min(...of('paint')), kilobytes: Math.max(...of('bytes')) / 1000, shift: Math.max(...of('shift')), foreign: Math.max(...of('foreign')) };
	});
	for (const row of rows) console.log(`${row.name.padEnd(16)} first paint ${row.paint.toFixed(0).padStart(4)} ms (best ${row.best.toFixed(0)})  ${row.kilobytes.toFixed(0).padStart(4)} kB  layout shift ${row.shift.toFixed(4)}  other hosts ${row.foreign}`);
	const found = { median: middle(rows.map(row => row.paint)), each: Math.max(...rows.map(row => row.paint)), kilobytes: Math.max(...rows.map(row => row.kilobytes)), shift: Math.max(...rows.map(row => row.shift)) };
	for (const [what, goal] of Object.entries(goals)) console.log(`  ${what}: ${+found[what].toFixed(4)} (goal ${goal}) ${found[what] <= goal ? 'met' : 'MISSED'}`);
})();
