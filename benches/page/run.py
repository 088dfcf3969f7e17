#!/usr/bin/env python3
"""The page on a large warehouse, in Debian's Chromium: first useful paint, interactions, long tasks.

    cargo build --release --workspace --bins
    .venv/bin/python benches/page/run.py --directory build/warehouses

The warehouse is made there where it is not yet, and kept. Prints one line for each figure, with what
is asked of it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
# Before any script of the page: which tasks held the main thread up.
WATCH = """
window.longTasks = [];
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.longTasks.push(task.duration);
}).observe({ type: 'longtask', buffered: true });
"""
AT_ONCE = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"


def serve(target: Path, warehouse: Path, log: Path) -> tuple[subprocess.Popen[bytes], str]:
    """An agent, and the address of its page."""
    command = [str(target / "modeldb"), "serve", "--warehouse", str(warehouse)]
    for door in ("grpc", "http", "postgres"):
        command += [f"--{door}", "127.0.0.1:0"]
    with log.open("wb") as out:
        agent = subprocess.Popen([*command, "--log-format", "json"], stdout=out, stderr=out)
    for _ in range(600):
        found = re.search(r'"agent ready".*?"http":"([^"]+)"', log.read_text())
        if found:
            return agent, f"http://{found.group(1)}"
        time.sleep(0.1)
    raise SystemExit(f"the agent is not ready: {log.read_text()[-2000:]}")


def percentile(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def figure(name: str, value: float, unit: str, target: float) -> None:
    verdict = "ok" if value <= target else f"missed by {value / target:.1f} times"
    print(f"{name:58}{value:10.1f} {unit:3} at most {target:g}: {verdict}", flush=True)


def paints(page: Page, base: str, path: str, useful: str, rounds: int) -> list[float]:
    """Milliseconds from asking for the address until this is seen."""
    times = []
    for _ in range(rounds):
        page.goto("about:blank")
        began = time.perf_counter()
        page.goto(base + path, wait_until="commit")
        page.locator(useful).first.wait_for()
        times.append((time.perf_counter() - began) * 1000)
    return times


def interaction(page: Page, act: Callable[[], object], asks: str) -> float:
    """Milliseconds from an act until its answer is painted."""
    began = time.perf_counter()
    with page.expect_response(lambda answer: asks in answer.url) as answer:
        act()
    answer.value.finished()
    page.evaluate(AT_ONCE)
    return (time.perf_counter() - began) * 1000


def models(page: Page, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of sorting and of searching the table of models, each from the act on."""
    sorts, searches = [], []
    api = "/api/v1/models"
    headers = page.get_by_role("columnheader").get_by_role("button")
    # Each order once: the page keeps answers for a while, and would not ask again.
    for turn in range(min(rounds, 10)):
        header = headers.nth(3 + turn // 2)
        sorts.append(interaction(page, header.click, api))
    search = page.get_by_role("searchbox").first
    for turn in range(rounds):
        text = f"run {turn}"
        searches.append(interaction(page, lambda text=text: search.fill(text), api))
    search.fill("")
    page.wait_for_timeout(1000)
    return {"sorting": sorts, "searching": searches}


def scroll(page: Page) -> list[float]:
    """Long tasks while the table is scrolled, in milliseconds."""
    page.evaluate("window.longTasks.length = 0")
    page.get_by_role("row").nth(3).hover()
    for _ in range(60):
        page.mouse.wheel(0, 600)
        page.wait_for_timeout(50)
    page.wait_for_timeout(1000)
    return [float(task) for task in page.evaluate("window.longTasks")]


def initial_script(dist: Path) -> float:
    """Kilobytes, compressed, of all scripts that the first view loads."""
    manifest = json.loads((dist / ".vite/manifest.json").read_text())
    seen: set[str] = set()

    def add(key: str) -> None:
        if key not in seen:
            seen.add(key)
            for imported in manifest[key].get("imports", []):
                add(imported)

    add("index.html")
    add("src/views/projects/index.tsx")
    files = {manifest[key]["file"] for key in seen}
    return sum(len(gzip.compress((dist / file).read_bytes())) for file in files) / 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path, default=ROOT / "build/warehouses")
    parser.add_argument("--target", type=Path, default=ROOT / "target/release")
    parser.add_argument("--models", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    warehouse = given.directory / f"models-{given.models}"
    if not (warehouse / "_maintenance.json").exists():
        print(f"making a warehouse of {given.models:,} models", flush=True)
        generate = [str(given.target / "generate"), "--models", str(given.models), str(warehouse)]
        subprocess.run(generate, check=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        agent, base = serve(given.target, warehouse, Path(scratch) / "log")
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        try:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.add_init_script(WATCH)
            figure("initial script, compressed", initial_script(ROOT / "web/dist"), "kB", 500)
            first = paints(page, base, "/", "h2 a, h3 a, article a", given.rounds)
            figure("projects: first useful paint, median", statistics.median(first), "ms", 1000)
            projects = page.request.get(f"{base}/api/v1/projects").json()
            largest = max(projects, key=lambda project: project["models"])
            places = {
                f"{largest['models']:,} models of a project": f"?project={largest['project']}",
                f"{sum(project['models'] for project in projects):,} models of all": "",
            }
            for name, query in places.items():
                cells = "[role=gridcell]"
                first = paints(page, base, f"/models{query}", cells, given.rounds)
                figure(f"{name}: first useful paint, median", statistics.median(first), "ms", 1000)
                page.wait_for_timeout(2000)
                for act, times in models(page, given.rounds).items():
                    figure(f"{name}: {act}, median", statistics.median(times), "ms", 200)
                    figure(f"{name}: {act}, p95", percentile(times, 0.95), "ms", 200)
                longest = max(scroll(page), default=0)
                figure(f"{name}: longest task while scrolling", longest, "ms", 200)
        finally:
            browser.close()
            agent.terminate()
            agent.wait()


if __name__ == "__main__":
    main()
