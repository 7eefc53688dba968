// usage: agree.js NODE_MODULES SCHEMAS VERDICTS: compiles SCHEMAS/KIND.json with ajv in strict mode and compares its answers with the
// verdicts of galley's checker, a line of JSON each, see judge.c. Prints TAP.
'use strict';
const fs = require('fs');
const path = require('path');
const [modules, schemas, verdicts] = process.argv.slice(2);
const Ajv = require(path.resolve(modules, 'ajv/dist/2020')).default;
const kinds = ['recipe', 'pack', 'model', 'run', 'snapshot', 'config'];
let count = 0;
const result = (ok, name) => console.log(`${ok ? 'ok' : 'not ok'} ${++count} - ${name}`);

const validators = {};
for (const kind of kinds) {
	try {
		const ajv = new Ajv({ strict: true, allErrors: false, logger: { log() {}, warn: m => { throw new Error(m); }, error: m => { throw new Error(m); } } });
		validators[kind] = ajv.compile(JSON.parse(fs.readFileSync(path.join(schemas, kind + '.json'), 'utf8')));
		result(true, `ajv takes the schema of ${kind} in strict mode`);
	} catch (error) {
		console.log(`# ${error.message}`);
		result(false, `ajv takes the schema of ${kind} in strict mode`);
	}
}

const seen = {}, wrong = {};
for (const line of fs.readFileSync(verdicts, 'utf8').split('\n').filter(Boolean)) {
	const verdict = JSON.parse(line), validate = validators[verdict.kind];
	seen[verdict.kind] = seen[verdict.kind] || { valid: 0, invalid: 0 };
	seen[verdict.kind][verdict.valid ? 'valid' : 'invalid']++;
	if (!validate || verdict.beyond || validate(verdict.value) === verdict.valid)
		continue;
	wrong[verdict.kind] = (wrong[verdict.kind] || 0) + 1;
	if (wrong[verdict.kind] <= 20)
		console.log(`# ${verdict.file} ${verdict.what}: check says ${verdict.findings || 'valid'}, ` +
			`the schema ${verdict.valid ? validate.errors.map(e => `${e.instancePath} ${e.message}`).join('; ') : 'valid'}`);
}
for (const kind of kinds) {
	const of = seen[kind] || { valid: 0, invalid: 0 };
	result(!wrong[kind] && of.valid > 0, `check and schema agree on ${of.valid} valid and ${of.invalid} invalid files of kind ${kind}`);
}
console.log(`1..${count}`);
