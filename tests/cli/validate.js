// usage: validate.js NODE_MODULES SCHEMA FILE...: says by ajv what in each file its JSON Schema does not allow; exit 1 where something is.
'use strict';
const fs = require('fs');
const path = require('path');
const [modules, schema, ...files] = process.argv.slice(2);
const load = name => { const it = require(path.resolve(modules, name)); return it.default || it; };
const json = file => JSON.parse(fs.readFileSync(file, 'utf8'));
const text = json(schema);
// SARIF's schema is of draft 4, and has a pattern that is none in Unicode mode.
const Ajv = load((text.$schema || '').includes('draft-04') ? 'ajv-draft-04' : 'ajv');
const ajv = new Ajv({ strict: false, unicodeRegExp: false, allErrors: true });
load('ajv-formats')(ajv);
const validate = ajv.compile(text);
for (const file of files) {
	if (validate(json(file)))
		continue;
	process.exitCode = 1;
	for (const error of validate.errors)
		console.log(`${file}: ${error.instancePath} ${error.message}`);
}
