// usage: node dom.js site.js all.html QUERY: runs the script over the rows of the list, as a browser with that query would, and prints the
// names that are left. Only what the script uses of a browser is here.
'use strict';
const fs = require('fs'), vm = require('vm');
const [, , script, page, query] = process.argv;
const unescape = s => s.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&');

class Element {
	constructor() { this.children = []; this.dataset = {}; this.listeners = {}; this.hidden = false; this.value = ''; }
	appendChild(child) { this.children.push(child); return child; }
	setAttribute() {}
	addEventListener(name, listener) { this.listeners[name] = listener; }
}
const rows = [...fs.readFileSync(page, 'utf8').matchAll(/<tr( data-[^>]*)>(.*)<\/tr>/g)].map(([, attributes, cells]) => {
	const row = new Element();
	for (const [, name, value] of attributes.matchAll(/data-(\w+)="([^"]*)"/g)) row.dataset[name] = unescape(value);
	row.textContent = unescape(cells.replace(/<[^>]*>/g, ' '));
	row.name = unescape(/<a [^>]*>([^<]*)/.exec(cells)[1]);
	return row;
});
const byId = {filters: new Element(), count: new Element()};
byId.filters.hidden = true;
vm.runInNewContext(fs.readFileSync(script, 'utf8'), {
	document: {querySelectorAll: () => rows, getElementById: id => byId[id], createElement: () => new Element()},
	location: {search: query}, history: {replaceState() {}}, URLSearchParams,
	Option: class { constructor(text, value) { this.text = text; this.value = value; } },
});
if (byId.filters.hidden) throw new Error('the filters stay hidden');
for (const row of rows) if (!row.hidden) console.log(row.name);
console.log(byId.count.textContent);
