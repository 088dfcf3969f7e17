// Fails when what the browser loads for the Projects page grows past its budget.
// Run after `vite build`; reads the manifest, so it counts exactly the static imports.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET_KB = 200;
const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'));
const seen = new Set();

function visit(key) {
  if (seen.has(key)) return;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) visit(next);
}

visit('index.html');
visit('src/views/projects/index.tsx');

let total = 0;
for (const key of seen) {
  const size = gzipSync(readFileSync(`dist/${manifest[key].file}`)).length / 1000;
  total += size;
  console.log(`${size.toFixed(1).padStart(7)} kB  ${manifest[key].file}`);
}
console.log(`${total.toFixed(1).padStart(7)} kB  initial JavaScript, gzip (budget ${BUDGET_KB})`);
if (total > BUDGET_KB) process.exit(1);
