// The documented monitor of a mailing platform for browsers (D-088 to D-091), run as its users run it: a page with elements of
// these ids, a WebSocket, a campaign that is sent meanwhile. Only the time between two pings is shorter.
//
// usage: node monitor.cjs URL USER PASSWORD
//        node monitor.cjs --list
//   --list  its name
const options = { only: { type: 'string', multiple: true }, list: { type: 'boolean' } };
const given = require('../arguments.cjs')(__filename, ['url', 'user', 'password'], options);
const { url } = given;
const NAME = 'monitor-client', PEOPLE = 3;
if (given.list) {
	console.log(NAME);
	process.exit(0);
}
const assert = require('assert');
const { launch, signIn, ask, known, clean } = require('./person.cjs')(given);

// Runs in the page. What it writes and says is what the documentation has, word by word.
function watch(campaignId) {
	const PING_MS = 300;
	const element = id => document.getElementById(id);
	document.body.innerHTML = `<div id="campaign-progress"></div><p><span id="progress-text"></span> <span id="sent-count"></span> <span id="total-count"></span></p>
		<p id="campaign-status"></p><div id="completion-message"></div>`;

	class CampaignMonitor {
		constructor(id) {
			this.ws = new WebSocket(`${location.origin.replace('http', 'ws')}/ws/${id}`);
			this.ws.onopen = () => {
				console.log('Connected to campaign monitor');
				this.pingInterval = setInterval(() => this.ws.send(JSON.stringify({ type: 'ping' })), PING_MS);
			};
			this.ws.onmessage = event => this.handleMessage(JSON.parse(event.data));
			this.ws.onclose = () => {
				console.log('Disconnected from campaign monitor');
				clearInterval(this.pingInterval);
			};
			this.ws.onerror = error => console.error('WebSocket error:', error);
		}

		handleMessage(message) {
			if (message.type === 'campaign_progress') this.updateProgress(message);
			if (message.type === 'campaign_completed') this.showCompletion(message);
			if (message.type === 'campaign_status') this.updateStatus(message);
			if (message.type === 'pong') console.log('Connection healthy');
		}

		updateProgress(data) {
			element('campaign-progress').style.width = `${data.progress}%`;
			element('progress-text').textContent = `${data.progress.toFixed(1)}%`;
			element('sent-count').textContent = data.sent_count;
			element('total-count').textContent = data.total_recipients;
			console.log(`Campaign progress: ${data.progress.toFixed(1)}%`);
		}

		showCompletion(data) {
			const { open_rate, click_rate, bounce_rate, unsubscribe_rate } = data.final_stats;
			const rates = { Open: open_rate, Click: click_rate, Bounce: bounce_rate, Unsubscribe: unsubscribe_rate };
			const stats = Object.entries(rates).map(([name, rate]) => `<div class="stat"><span class="label">${name} Rate:</span> <span class="value">${rate}%</span></div>`);
			element('completion-message').innerHTML = `<h3>Campaign Completed!</h3><div class="stats">${stats.join('')}</div>`;
			console.log('Campaign completed with stats:', JSON.stringify(data.final_stats));
		}

		updateStatus({ campaign }) {
			element('campaign-status').textContent = campaign.status;
			element('campaign-status').className = `status ${campaign.status}`;
			console.log(`Campaign status: ${campaign.status}`);
		}
	}
	window.monitor = new CampaignMonitor(campaignId);
}

async function compose(page) {
	const list = await ask(page, 'POST', 'lists', { name: 'Watched' });
	for (let i = 0; i < PEOPLE; i++) {
		const person = await ask(page, 'POST', 'contacts', { email: `watched.${i}@monitor.example`, first_name: 'Ann' });
		await ask(page, 'POST', `lists/${list.id}/contacts/${person.id}`);
	}
	return ask(page, 'POST', 'campaigns', {
		name: 'Watched', subject: 'Hello {{first_name}}', from_email: 'marketing@example.com', from_name: 'Marketing Team', list_ids: [list.id],
		html_content: '<p>Hello</p><p>Example Ltd, 12 Harbour Road, San Francisco, CA 94105</p>',
		settings: { track_opens: true, track_clicks: true, unsubscribe_link: true, suppress_duplicates: true }
	});
}

(async () => {
	const browser = await launch();
	const context = await browser.newContext();
	const page = await signIn(await context.newPage());
	const asker = await context.newPage();
	const said = [];
	await asker.goto(`${url}/contacts/new`);
	const before = await known(asker);
	try {
		const campaign = await compose(asker);
		assert(campaign.id && campaign.missing.length === 0, JSON.stringify(campaign));
		page.on('console', message => said.push(message.text()));
		await page.goto(`${url}/settings`);
		await page.evaluate(watch, campaign.id);
		await page.waitForFunction(() => window.monitor.ws.readyState === WebSocket.OPEN);
		const sent = await ask(asker, 'POST', `campaigns/${campaign.id}/send`);
		assert(sent.message, JSON.stringify(sent));
		await page.waitForSelector('#completion-message h3', { timeout: 120000 });
		while (!said.includes('Connection healthy')) await page.waitForTimeout(100);
		const text = id => page.textContent(`#${id}`);
		assert.equal(await text('progress-text'), '100.0%');
		assert.equal(await text('sent-count'), String(PEOPLE));
		assert.equal(await text('total-count'), String(PEOPLE));
		assert.equal(await page.getAttribute('#campaign-progress', 'style'), 'width: 100%;');
		assert.match(await text('completion-message'), /^Campaign Completed!Open Rate: [\d.]+%Click Rate: [\d.]+%Bounce Rate: [\d.]+%Unsubscribe Rate: [\d.]+%$/);
		await page.waitForFunction(() => document.getElementById('campaign-status').className === 'status sent');
		await page.evaluate(() => window.monitor.ws.close());
		while (!said.includes('Disconnected from campaign monitor')) await page.waitForTimeout(100);
		for (const words of ['Connected to campaign monitor', 'Campaign progress: 100.0%', 'Campaign status: sent', 'Campaign completed with stats:'])
			assert(said.some(one => one.startsWith(words)), `${words} is not among ${said.join(' | ')}`);
		assert(!said.some(one => one.startsWith('WebSocket error:')), said.join(' | '));
		console.log('1 passed, 0 failed');
	} finally {
		await clean(asker, before);
		await browser.close();
	}
})().catch(error => {
	console.log(`${NAME}: ${error.stack}\n0 passed, 1 failed`);
	process.exit(1);
});
