// What the scripts here share: a browser, somebody who has signed in, and things that exist only while they run.
const { chromium } = require('playwright-core');

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
const KINDS = ['report-schedules', 'reports', 'partners', 'segments', 'fields', 'lists', 'campaigns', 'templates'];
const listOf = kind => kind === 'campaigns' ? 'campaigns?origin=own' : kind; // deleted in this order

// `more`: arguments.
const launch = (...more) => chromium.launch({ executablePath: '/usr/bin/chromium', args: [...ARGUMENTS, ...more] });

module.exports = ({ url, user, password }) => {
	async function signIn(page) {
		await page.goto(`${url}/login`);
		await page.fill('#username', user);
		await page.fill('#password', password);
		await page.click('main button');
		return page;
	}

	// As the person who has signed in on this page, which shows a form.
	async function ask(page, method, path, data) {
		const csrf = await page.locator('input[name=csrf]').first().getAttribute('value');
		const answer = await page.context().request.fetch(`${url}/api/${path}`, { method, data, headers: { 'X-CSRF-Token': csrf } });
		return answer.json();
	}

	async function known(page) {
		const rows = await Promise.all(KINDS.map(kind => ask(page, 'GET', listOf(kind))));
		return new Set(rows.flat().map(row => row.id));
	}

	// Deletes what was not known; the tests that follow begin without them.
	async function clean(page, before) {
		for (const kind of KINDS)
			for (const row of await ask(page, 'GET', listOf(kind)))
				if (!before.has(row.id)) await ask(page, 'DELETE', `${kind}/${row.id}`);
	}

	// A partner with campaigns, and a report, a link and a schedule for it.
	async function partner(page, name) {
		const made = await ask(page, 'POST', 'partners', { name, prefixes: ['ACME_'] });
		const report = await ask(page, 'POST', 'reports', { partner: made.id, period: { from: '2000-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' } });
		for (let i = 0; i < 60 && (await ask(page, 'GET', `reports/${report.id}`)).state !== 'ready'; i++) await page.waitForTimeout(500);
		await ask(page, 'POST', `reports/${report.id}/links`, { note: `The desk of ${name}` });
		await ask(page, 'POST', 'report-schedules', { name: `${name} monthly`, cron: 'monthly', zone: 'UTC', recipients: 'desk@partner.example', partner: made.id });
		return { ...made, report: report.id };
	}

	return { launch, signIn, ask, known, clean, partner };
};
