// Fails where a package that ships with the page has a licence that is not accepted. Those that
// only build or test it (`dev` in the lock) are not in what users get.
import { readFileSync } from 'node:fs';

const root = `${import.meta.dirname}/../`;
const accepted = ['MIT', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD', 'Unlicense'];
const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8'));
const counts = new Map();
let refused = 0;
for (const [path, { dev, optional }] of Object.entries(packages)) {
  if (path === '' || dev || optional) continue;
  const { license } = JSON.parse(readFileSync(`${root}${path}/package.json`, 'utf8'));
  // "(MIT OR CC0-1.0)": one of them has to be accepted.
  const named = String(license).replace(/[()]/g, '').split(' OR ');
  if (!named.some((one) => accepted.includes(one))) {
    console.error(`${path}: licence ${license}; accepted are ${accepted.join(', ')}`);
    refused += 1;
  }
  counts.set(license, (counts.get(license) ?? 0) + 1);
}
console.log([...counts].map(([name, count]) => `${name}: ${count}`).join(', '));
process.exit(refused > 0 ? 1 : 0);
