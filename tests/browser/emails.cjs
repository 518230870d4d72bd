// Looks at emails as a reader's browser draws them: each design to begin with, and one with every block and words that have no
// place to break, at 320, 375 and 600 pixels, light and dark. None is wider than its window, every text can be read on what is behind it.
//
// usage: node emails.cjs URL USER PASSWORD [--only EMAIL]… [--pictures FOLDER]
//        node emails.cjs --list
//   --only      only this email
//   --list      names of all emails
//   --pictures  leaves a picture of each there
const options = { only: { type: 'string', multiple: true }, list: { type: 'boolean' }, pictures: { type: 'string' } };
const commandLine = require('../arguments.cjs');
const given = commandLine(__filename, ['url', 'user', 'password'], options);
const { url, pictures: folder } = given;

const LONG = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
const ADDRESS = `https://a.example/${'and-on/'.repeat(20)}`;
const link = { label: LONG, href: ADDRESS };
const everyBlock = [
	{ type: 'heading', text: LONG, kicker: LONG, band: 'yes' },
	{ type: 'heading', text: LONG, kicker: LONG, size: 'small', align: 'center' },
	{ type: 'text', text: `Hello {{first_name|default:"there"}}, **${LONG}**, *${LONG}*, [${LONG}](${ADDRESS}) ${ADDRESS}\n\n- ${LONG}\n\n1. ${LONG}` },
	{ type: 'text', text: LONG, size: 'small' },
	{ type: 'image', src: 'https://a.example/none.png', alt: 'A picture that is not loaded', width: 'wide' },
	{ type: 'image', src: 'https://a.example/none.png', alt: LONG, href: ADDRESS, width: 'half', align: 'center' },
	{ type: 'button', text: LONG.slice(0, 80), href: ADDRESS },
	{ type: 'button', text: LONG.slice(0, 80), href: ADDRESS, style: 'outline', align: 'center' },
	{ type: 'columns', items: [1, 2, 3].map(() => ({ title: LONG, text: LONG, ...link, label: LONG.slice(0, 80) })) },
	{ type: 'divider', style: 'dashed' },
	{ type: 'spacer', height: '40' },
	{ type: 'qr', title: LONG, text: LONG },
	{ type: 'social', items: ['linkedin', 'instagram', 'website', 'youtube', 'mastodon'].map(network => ({ network, href: ADDRESS })) },
	{ type: 'products', title: LONG, items: [{ title: LONG, text: LONG, price: '1,449.00 a month', href: ADDRESS, label: LONG.slice(0, 80) }, { title: 'Storage', price: '990' }] },
	{ type: 'footer', text: LONG, address: LONG, preferences: 'yes', browser: 'yes' },
];
const starters = ['announcement', 'event', 'letter', 'newsletter', 'offer', 'receipt'];
const chosen = commandLine.choose(__filename, given, ['every-block', ...starters].map(name => `email-${name}`), 'email');

const axe = require('axe-core');
const { launch, signIn, ask } = require('./person.cjs')(given);

// What is wrong with the email on this page.
async function faults(page) {
	const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	await page.evaluate(axe.source);
	const { violations } = await page.evaluate(() => axe.run({ runOnly: ['color-contrast', 'image-alt', 'link-name', 'html-has-lang', 'document-title', 'empty-heading'] }));
	return [...(wide > 0 ? [`${wide} pixels wider than its window`] : []),
		...violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => `${node.html.slice(0, 120)} ${node.failureSummary.slice(0, 160)}`).join('; ')}`)];
}

(async () => {
	const browser = await launch();
	const page = await signIn(await browser.newPage());
	await page.goto(`${url}/contacts/new`);
	const made = await ask(page, 'POST', 'templates', { name: 'Every block', subject: LONG, preheader: LONG, design: { blocks: everyBlock } });
	if (!made.id) throw new Error(JSON.stringify(made));
	let passed = 0, failed = 0;
	for (const name of chosen) {
		const key = name.slice('email-'.length), wrong = [];
		for (const theme of ['light', 'dark'])
			for (const width of [320, 375, 600]) {
				const reader = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: theme, storageState: await page.context().storageState() });
				const email = await reader.newPage();
				await email.route('**/frame?*', async route => { // without the policy that keeps scripts out, ours among them
					const response = await route.fetch();
					await route.fulfill({ response, headers: { 'content-type': 'text/html; charset=utf-8' } });
				});
				await email.goto(`${url}/templates/${key === 'every-block' ? made.id : `starters/${key}`}/frame?theme=${theme}`);
				wrong.push(...(await faults(email)).map(one => `${width} ${theme}: ${one}`));
				if (folder) await email.screenshot({ path: `${folder}/${name}-${width}-${theme}.png`, fullPage: true });
				await reader.close();
			}
		if (wrong.length) failed++;
		else passed++;
		console.log(`${wrong.length ? 'FAILED' : 'ok'} ${name}${wrong.map(one => `\n  ${one}`).join('')}`);
	}
	await ask(page, 'DELETE', `templates/${made.id}`);
	await browser.close();
	console.log(`${passed} passed, ${failed} failed`);
	process.exit(failed ? 1 : 0);
})();
