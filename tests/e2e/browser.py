"""The page in Debian's Chromium, and what every view of it has to be free of."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Error, Page, Request, Route, expect

from conftest import ROOT

AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Whatever else the machine does.
PATIENCE = 60_000

Scheme = Literal["light", "dark"]


@dataclass
class Look:
    """One page that is looked at, and what went wrong on it."""

    page: Page
    base: str
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    # Questions to the API without an answer yet.
    asking: set[str] = field(default_factory=set)
    # What scripts that somebody smuggled in would have asked.
    dialogs: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """To a path of the page, until its heading is there and nothing is being read."""
        self.page.goto(self.base + path)
        return self.settled()

    def settled(self) -> Page:
        """Until what was done before has been taken in, and nothing is being read: twice in a
        row, as one answer may lead to the next question."""
        self.page.locator("h1").first.wait_for()
        give_up = time.monotonic() + PATIENCE / 1000
        quiet = 0
        while quiet < 2:
            assert time.monotonic() < give_up, f"still being read: {self.asking}"
            self.page.evaluate("new Promise(r => requestAnimationFrame(() => setTimeout(r, 50)))")
            # "Reading models…", "Comparing…" and the like.
            busy = self.page.locator("[aria-busy=true], .loading")
            expect(busy).to_have_count(0, timeout=PATIENCE)
            quiet = 0 if self.asking else quiet + 1
            self.page.wait_for_timeout(100)
        return self.page

    def violations(self) -> list[str]:
        """What axe finds. Through the debugger: the page's policy lets no script in."""
        session = self.page.context.new_cdp_session(self.page)

        def evaluate(expression: str) -> Any:
            what = {"expression": expression, "awaitPromise": True, "returnByValue": True}
            return session.send("Runtime.evaluate", what)["result"].get("value")

        evaluate(AXE.read_text())
        found = json.loads(evaluate("axe.run().then(r => JSON.stringify(r.violations))"))
        session.detach()
        return [f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:200]}" for v in found]

    def overflow(self) -> int:
        """By how many pixels the page scrolls sideways."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))

    def check(self) -> None:
        """No violation, no error, no sideways scroll, no request elsewhere."""
        where = re.sub(r"\?.*", "", self.page.url)
        assert self.violations() == [], where
        assert self.overflow() <= 0, f"{where} scrolls sideways by {self.overflow()} px"
        assert self.errors == [], where
        assert self.foreign == [], where
        assert self.dialogs == [], where


@contextmanager
def looking(
    browser: Browser, base: str, width: int = 1440, scheme: Scheme = "light"
) -> Iterator[Look]:
    """A fresh page."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    look = Look(context.new_page(), base)

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            look.errors.append(message.text)

    def failed(error: Error) -> None:
        look.errors.append(error.message)

    def opened(dialog: Dialog) -> None:
        look.dialogs.append(dialog.message)
        dialog.dismiss()

    def asked(route: Route, request: Request) -> None:
        if not request.url.startswith((base, "data:", "blob:")):
            look.foreign.append(request.url)
            route.abort()
        else:
            route.continue_()

    def is_question(request: Request) -> bool:
        return "/api/v1/" in request.url and not request.url.endswith("/events")

    def began(request: Request) -> None:
        if is_question(request):
            look.asking.add(f"{id(request)} {request.url}")

    def ended(request: Request) -> None:
        look.asking.discard(f"{id(request)} {request.url}")

    look.page.on("request", began)
    look.page.on("requestfinished", ended)
    look.page.on("requestfailed", ended)
    look.page.on("console", said)
    look.page.on("pageerror", failed)
    look.page.on("dialog", opened)
    context.route(lambda url: not url.startswith(base), asked)
    yield look
    context.close()
