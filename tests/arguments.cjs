// The command line of a test program: --help prints the comment at its head and exits; an unknown option, or a surplus or
// missing word, exits with status 2.
const fs = require('fs');
const path = require('path');
const { parseArgs } = require('util');

const refuse = (file, text, see = '--help') => {
	console.error(`${path.basename(file)}: ${text}; see ${see}`);
	process.exit(2);
};

// words: names of the words in order, "name?" if optional. options: as for util.parseArgs.
module.exports = function read(file, words, options = {}) {
	let given;
	try {
		given = parseArgs({ options: { ...options, help: { type: 'boolean' } }, allowPositionals: true });
	} catch (error) {
		refuse(file, error.message.split('. ')[0]);
	}
	if (given.values.help) {
		const lines = fs.readFileSync(file, 'utf8').split('\n');
		console.log(lines.slice(0, lines.findIndex(line => !line.startsWith('//'))).map(line => line.slice(3)).join('\n'));
		process.exit(0);
	}
	if (given.positionals.length > words.length) refuse(file, `unknown word '${given.positionals[words.length]}'`);
	const named = words.map((word, i) => [word.replace('?', ''), given.positionals[i]]);
	const missing = named.find(([, value], i) => value === undefined && !words[i].endsWith('?'));
	if (missing && !given.values.list) refuse(file, `${missing[0].toUpperCase()} is missing`);
	return { ...Object.fromEntries(named), ...given.values };
};

// Those of the names that were asked for by --only, or all. --list prints them all and exits; a name that is none of them exits
// with status 2. kind: what they are names of.
module.exports.choose = function choose(file, given, names, kind) {
	if (given.list) {
		console.log(names.join('\n'));
		process.exit(0);
	}
	const stranger = given.only?.find(name => !names.includes(name));
	if (stranger) refuse(file, `there is no ${kind} '${stranger}'`, '--list');
	return names.filter(name => !given.only || given.only.includes(name));
};
