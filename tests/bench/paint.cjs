// The dashboard through nginx in a browser with a cold cache: first contentful paint, bytes transferred, layout shift, other
// hosts contacted.
//
// usage: node paint.cjs URL USER PASSWORD [TIMES]
const { url, user, password, times } = require('../arguments.cjs')(__filename, ['url', 'user', 'password', 'times?']);
const { chromium } = require('playwright-core');
(async () => {
	const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
	const seen = [];
	for (let i = 0; i < Number(times ?? 5); i++) {
		const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
		const page = await context.newPage();
		await page.goto(`${url}/login`);
		await page.fill('#username', user);
		await page.fill('#password', password);
		await page.click('main button');
		const session = await context.newCDPSession(page);
		await session.send('Network.enable');
		await session.send('Network.clearBrowserCache');
		let bytes = 0, foreign = 0;
		session.on('Network.loadingFinished', event => { bytes += event.encodedDataLength; });
		session.on('Network.requestWillBeSent', event => { if (!event.request.url.startsWith(url) && !event.request.url.startsWith('data:')) foreign++; });
		await page.addInitScript(() => { window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => { window.shift += entry.value; })).observe({ type: 'layout-shift', buffered: true }); });
		await page.goto(`${url}/dashboard`, { waitUntil: 'networkidle' });
		await page.waitForTimeout(300);
		const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
		seen.push({ paint: Math.round(paint), bytes, foreign, shift: await page.evaluate(() => window.shift) });
		await context.close();
	}
	seen.sort((a, b) => a.paint - b.paint);
	const middle = seen[Math.floor(seen.length / 2)];
	console.log(`first contentful paint ${seen.map(s => s.paint).join(', ')} ms (median ${middle.paint}), ${Math.round(middle.bytes / 1000)} kB on the wire, layout shift ${middle.shift.toFixed(4)}, ${middle.foreign} requests to other hosts`);
	await browser.close();
})();
