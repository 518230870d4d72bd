// Signs in through nginx and looks at every page in both themes and two widths: axe-core finds nothing, no
// page scrolls sideways, nothing breaks the content security policy. Usage: node walk.cjs URL USER PASSWORD FOLDER
const fs = require('fs');
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [url, user, password, folder] = process.argv.slice(2);
let passed = 0;
const failures = [];
const check = (name, fine, detail) => (fine ? passed++ : failures.push(`${name}: ${detail}`));

async function look(page, name) {
	await page.waitForTimeout(150);
	if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
	await page.evaluate(axe);
	const result = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
	check(`${name} axe`, result.violations.length === 0, result.violations.map(v => `${v.id} ${v.nodes[0].target} ${v.nodes[0].any.map(a => a.message).join(';')}`).join(' | '));
	const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
	check(`${name} width`, !wide, 'scrolls sideways');
}

(async () => {
	const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'] });
	for (const theme of ['light', 'dark']) for (const width of [1280, 375]) {
		const context = await browser.newContext({ colorScheme: theme, viewport: { width, height: 800 } });
		const page = await context.newPage();
		page.on('console', message => { if (/Content Security Policy/.test(message.text())) check('csp', false, message.text()); });
		const name = what => `${what}-${theme}-${width}`;
		await page.goto(`${url}/dashboard`);
		await look(page, name('login'));
		await page.fill('#username', user);
		await page.fill('#password', password);
		await page.click('main button');
		check(name('signed in'), page.url().endsWith('/dashboard'), page.url());
		await look(page, name('dashboard'));
		await page.goto(`${url}/dashboard?period=fortnight`);
		await look(page, name('dashboard-error'));
		await page.goto(`${url}/campaigns`);
		await look(page, name('campaigns'));
		await page.goto(`${url}/campaigns?q=nothing+like+this`);
		await look(page, name('campaigns-none'));
		await page.goto(`${url}/campaigns`);
		await page.click('tbody a');
		await look(page, name('campaign'));
		for (const path of ['sync', 'settings', 'nowhere']) {
			await page.goto(`${url}/${path}`);
			await look(page, name(path));
		}
		await context.close();
	}
	// The same pages answer without scripts.
	const plain = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 320, height: 700 } });
	const page = await plain.newPage();
	await page.goto(`${url}/login`);
	await page.fill('#username', user);
	await page.fill('#password', password);
	await page.click('main button');
	check('no script: cards', (await page.locator('.cards li').count()) >= 6, 'fewer than 6 cards');
	check('no script: table', (await page.locator('#rates tbody tr').count()) > 5, 'no rows');
	await browser.close();
	failures.forEach(text => console.log(`FAILED ${text}`));
	console.log(`${passed} passed, ${failures.length} failed`);
	process.exit(failures.length ? 1 : 0);
})();
