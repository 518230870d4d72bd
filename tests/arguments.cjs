// The command line of a test program: --help prints the comment at its head and exits; an unknown option, or a surplus or
// missing word, exits with status 2.
const fs = require('fs');
const path = require('path');
const { parseArgs } = require('util');

// words: names of the words in order, "name?" if optional. options: as for util.parseArgs.
module.exports = function read(file, words, options = {}) {
	const refuse = text => {
		console.error(`${path.basename(file)}: ${text}; see --help`);
		process.exit(2);
	};
	let given;
	try {
		given = parseArgs({ options: { ...options, help: { type: 'boolean' } }, allowPositionals: true });
	} catch (error) {
		refuse(error.message.split('. ')[0]);
	}
	if (given.values.help) {
		const lines = fs.readFileSync(file, 'utf8').split('\n');
		console.log(lines.slice(0, lines.findIndex(line => !line.startsWith('//'))).map(line => line.slice(3)).join('\n'));
		process.exit(0);
	}
	if (given.positionals.length > words.length) refuse(`unknown word '${given.positionals[words.length]}'`);
	const named = words.map((word, i) => [word.replace('?', ''), given.positionals[i]]);
	const missing = named.find(([, value], i) => value === undefined && !words[i].endsWith('?'));
	if (missing && !given.values.list) refuse(`${missing[0].toUpperCase()} is missing`);
	return { ...Object.fromEntries(named), ...given.values };
};
