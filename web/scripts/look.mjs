// Takes pictures of pages in both themes and two widths, and runs axe on them:
//
//   npm run dev &
//   node scripts/look.mjs http://127.0.0.1:5173 OUT_DIR '/' '/models?project=flights'
//
// Fails on an axe violation, an error in the console, or a page that scrolls sideways.
import { mkdirSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const [base, out, ...paths] = process.argv.slice(2);
const axe = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'].concat([
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]),
});
mkdirSync(out, { recursive: true });
let problems = 0;

function report(where, what) {
  problems += 1;
  console.log(`${where}: ${what}`);
}

async function look(path, colorScheme, width) {
  const where = `${path} ${colorScheme} ${width}`;
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
  page.on('pageerror', (error) => report(where, error.message));
  page.on('console', (message) => message.type() === 'error' && report(where, message.text()));
  await page.goto(base + path);
  await page.locator('h1').waitFor();
  // Answers and lazy parts: there is no "network idle" with an event stream open.
  await page.waitForTimeout(Number(process.env.WAIT ?? 1500));
  // The end says the theme and the width.
  const name = where.replace(/\W+/g, '-').replace(/^-/, '').slice(-200);
  await page.screenshot({ path: `${out}/${name}.png`, fullPage: true });
  const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
  if (wide > 0) report(where, `scrolls sideways by ${wide} px`);
  // Through the debugger: the page's policy forbids what `addScriptTag` would do.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  const { result } = await session.send('Runtime.evaluate', {
    expression: 'axe.run().then(({ violations }) => JSON.stringify(violations))',
    awaitPromise: true,
    returnByValue: true,
  });
  for (const { id, help, nodes } of JSON.parse(result.value)) {
    report(where, `${id}: ${help}\n    ${nodes.map((node) => node.html).join('\n    ')}`);
  }
  await page.close();
}

for (const path of paths) {
  for (const theme of ['light', 'dark'])
    for (const width of [1440, 390]) await look(path, theme, width);
}
await browser.close();
process.exit(problems > 0 ? 1 : 0);
