"""The page, in a browser, on an agent with models of a real Spark job: every view, and each of
the paper's questions answered by clicking alone.

`--pictures DIRECTORY` keeps a picture of each view."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from browser import FLAGS, PATIENCE, Look, Scheme, looking
from conftest import ROOT, Agent, Row, Submitter, rows
from producers import Producer
from test_http_api import HOSTILE, Api

PROJECT = "nyc-flights"
AMERICAN = "(carrier = 'AA')"

VIEWS = {
    "projects": "/",
    "models": f"/models?project={PROJECT}",
    "explore": f"/explore?project={PROJECT}",
    "pipelines": f"/pipelines?project={PROJECT}",
    "two-pipelines": f"/pipelines?project={PROJECT}&models={{best}},{{second}}",
    "datasets": f"/datasets?project={PROJECT}",
    "columns": f"/columns?project={PROJECT}",
    "column": f"/columns?project={PROJECT}&name=distance",
    "history": f"/history?project={PROJECT}",
    "runs": f"/runs?project={PROJECT}",
    "sql": "/sql?query=select+estimator,+count(*)+as+models+from+models+group+by+1",
    "model": "/models/{best}",
    "rows": "/models/{best}/rows",
    "compare": f"/compare?project={PROJECT}&models={{best}},{{second}}",
    "dataset": "/datasets/{dataset}",
    "run": "/runs/{run}",
    "nothing": "/no/such/page",
}


@pytest.fixture(scope="module")
def agent(new_agent: Callable[[str], Agent], submit: Submitter) -> Agent:
    """Watched a Spark job that knows nothing of it, samples included."""
    agent = new_agent("page")
    settings = {
        "spark.modeldb.sample.mode": "cheap",
        "spark.modeldb.sample.timeout": "3m",
        "spark.modeldb.sample.budget": "3m",
        "spark.modeldb.flush.timeout": "3m",
    }
    flights = str(ROOT / "demo/flights.py")
    submit(flights, agent=agent.url, memory="2g", conf=settings, is_long=True).succeed()
    return agent


@pytest.fixture(scope="module")
def base(agent: Agent) -> str:
    return f"http://{agent.addresses['http']}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def look(browser: Browser, base: str) -> Iterator[Look]:
    with looking(browser, base) as look:
        yield look


def ask(agent: Agent, query: str) -> list[Row]:
    return rows(query, "--connect", agent.url)


@pytest.fixture(scope="module")
def names(agent: Agent) -> dict[str, str]:
    """Ids that paths of views have in them."""
    best, second = ask(
        agent,
        "select model_id from leaderboard where metric = 'areaUnderROC' and slice is null "
        "and kind = 'pipeline' order by rank limit 2",
    )
    (dataset,) = ask(agent, "select dataset_id from predictions limit 1")
    (run,) = ask(agent, f"select run_id from runs where project = '{PROJECT}'")
    return {
        "best": best["model_id"],
        "second": second["model_id"],
        "dataset": dataset["dataset_id"],
        "run": run["run_id"],
    }


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_every_view(
    browser: Browser,
    base: str,
    names: dict[str, str],
    width: int,
    scheme: Scheme,
    request: pytest.FixtureRequest,
) -> None:
    """For eyes, for screen readers, on wide and narrow screens, in the light and in the dark."""
    pictures = request.config.getoption("--pictures")
    for name, path in VIEWS.items():
        with looking(browser, base, width, scheme) as look:
            page = look.go(path.format(**names))
            if pictures:
                place = Path(pictures) / f"{name}-{scheme}-{width}.png"
                page.screenshot(path=place, full_page=True)
            look.check()


def test_which_model_is_best_for_american_customers(look: Look, agent: Agent) -> None:
    page = look.go("/")
    page.get_by_role("link", name=PROJECT).first.click()
    look.settled()
    page.get_by_role("button", name="Measured on").click()
    page.get_by_role("option", name="carrier = 'AA'").click()
    page.get_by_role("columnheader", name="areaUnderROC").get_by_role("button").first.click()
    look.settled()
    (best,) = ask(
        agent,
        f"select model_id from leaderboard where slice = '{AMERICAN.replace(chr(39), chr(39) * 2)}' "
        "and metric = 'areaUnderROC' and rank = 1",
    )
    first = page.get_by_role("row").nth(1)
    expect(first.get_by_role("link").first).to_have_attribute(
        "href", re.compile(re.escape(best["model_id"])), timeout=PATIENCE
    )
    look.check()


def test_how_do_the_two_best_models_compare(
    look: Look, agent: Agent, names: dict[str, str]
) -> None:
    page = look.go(f"/models?project={PROJECT}")
    page.get_by_role("columnheader", name="areaUnderROC").get_by_role("button").first.click()
    look.settled()
    for place in (1, 2):
        tick = page.get_by_role("row").nth(place).get_by_role("checkbox")
        tick.click()
        expect(tick).to_be_checked()
    page.get_by_role("link", name="Compare").or_(page.get_by_role("button", name="Compare")).click()
    look.settled()
    assert names["best"] in page.url and names["second"] in page.url
    for name in ("best", "second"):
        page.locator(f"th a[href*='{names[name]}']").first.wait_for()
    page.get_by_text("differ", exact=False).first.wait_for()
    look.check()


def test_which_models_were_built_on_a_column(look: Look, agent: Agent) -> None:
    page = look.go("/")
    page.get_by_role("searchbox").fill("dep_delay")
    page.get_by_role("link", name="dep_delay").first.click()
    look.settled()
    built = ask(
        agent,
        "select distinct model_id from column_usage where column_name = 'dep_delay' "
        "and role in ('top', 'best')",
    )
    assert built
    for model in built:
        page.locator(f"a[href*='{model['model_id']}']").first.wait_for()
    look.check()


def test_names_may_be_anything(
    browser: Browser, agent: Agent, base: str, producer: Producer
) -> None:
    """They change nothing but their own cell."""
    for path in ("/", "/models?project=tests", "/runs?project=tests", "/datasets?project=tests"):
        with looking(browser, base, 390) as look:
            page = look.go(path)
            look.check()
            assert page.locator("img[src=x]").count() == 0


@pytest.fixture(scope="module")
def producer(agent: Agent, messages: object, base: str) -> Producer:
    """Has delivered models, and texts that do what text can."""
    producer = Producer("page", messages)  # type: ignore[arg-type]
    producer.push(agent)
    api = Api(agent)
    edit = {"project": "tests", "description": HOSTILE, "owner": HOSTILE, "tags": {"t": HOSTILE}}
    api.send("/projects", edit, "PATCH")
    return producer


def test_new_models_appear_by_themselves(look: Look, agent: Agent, producer: Producer) -> None:
    page = look.go("/models?project=tests")
    page.get_by_text(f"{producer.models} models").first.wait_for()
    producer.push(agent)
    page.get_by_text(f"{producer.models} models").first.wait_for()


def test_a_goal_is_written_in_place(look: Look, agent: Agent) -> None:
    page = look.go("/")
    card = page.locator("article, li, section").filter(has_text=PROJECT).first
    card.get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Goal").fill("Fewer late flights")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("textbox", name="Goal")).to_have_count(0, timeout=PATIENCE)
    page.get_by_text("Fewer late flights").first.wait_for()
    query = f"select description from projects where project = '{PROJECT}'"
    assert ask(agent, query) == [{"description": "Fewer late flights"}]


def test_an_empty_warehouse_says_what_to_do(
    browser: Browser, new_agent: Callable[[str], Agent]
) -> None:
    agent = new_agent("page-empty")
    with looking(browser, f"http://{agent.addresses['http']}") as look:
        page = look.go("/")
        page.get_by_text("spark-submit").first.wait_for()
        look.check()
        for path in ("/sql", "/models", "/explore?project=none", "/runs?project=none"):
            look.go(path)
            look.check()


def test_what_was_typed_outlives_an_agent_that_is_gone(
    browser: Browser, new_agent: Callable[[str], Agent]
) -> None:
    agent = new_agent("page-gone")
    with looking(browser, f"http://{agent.addresses['http']}") as look:
        page = look.go("/sql")
        editor = page.get_by_role("textbox").first
        editor.click()
        page.keyboard.press("Control+A")
        page.keyboard.type("select 41 + 1 as answer")
        agent.stop()
        page.keyboard.press("Control+Enter")
        page.get_by_role("alert").first.wait_for()
        expect(editor).to_contain_text("select 41 + 1 as answer")
        agent.start()
        editor.click()
        page.keyboard.press("Control+Enter")
        page.get_by_role("gridcell", name="42").or_(
            page.get_by_role("cell", name="42")
        ).first.wait_for()


# By their keys: a parameter may have the name of a field of models.
ON_SHELVES = {"X axis": "param:maxDepth", "Y axis": "metric:areaUnderROC", "Colour": "family"}


def label(field: str) -> str:
    return field.rpartition(":")[2]


def test_explore_in_three_drags(look: Look) -> None:
    """How does this parameter move that metric, and which family wins?"""
    page = look.go(f"/explore?project={PROJECT}")
    for shelf, field in ON_SHELVES.items():
        page.get_by_role("searchbox", name="Search fields").fill(label(field))
        row = page.locator(f"[role=row][data-key='{field}']")
        row.drag_to(page.get_by_role("group", name=f"{shelf} shelf"))
        page.get_by_role("button", name=f"off {shelf}").wait_for()
    explored(look)


def test_explore_by_keyboard_alone(look: Look) -> None:
    page = look.go(f"/explore?project={PROJECT}")
    for shelf, field in ON_SHELVES.items():
        page.get_by_role("searchbox", name="Search fields").focus()
        page.keyboard.press("Control+A")
        page.keyboard.type(label(field))
        page.keyboard.press("Tab")
        wanted = page.locator(f"[role=row][data-key='{field}']")
        wanted.wait_for()
        for _ in range(5):
            if wanted.evaluate("row => row === document.activeElement"):
                break
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.get_by_role("menuitem", name=f"Put on {shelf}").wait_for()
        page.keyboard.type(f"Put on {shelf}")
        page.keyboard.press("Enter")
        page.get_by_role("button", name=f"off {shelf}").wait_for()
    explored(look)


def explored(look: Look) -> None:
    """The chart is there, kept by its address, and so are its numbers and its SQL."""
    page = look.settled()
    for again in (False, True):
        if again:
            page.reload()
            look.settled()
        page.locator(".chart svg, .chart canvas").first.wait_for()
        for shelf in ON_SHELVES:
            page.get_by_role("button", name=f"off {shelf}").wait_for()
    look.check()
    page.get_by_role("tab", name="Table").click()
    expect(page.get_by_role("columnheader", name="maxDepth")).to_be_visible()
    page.get_by_role("button", name="SQL").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("areaUnderROC")
