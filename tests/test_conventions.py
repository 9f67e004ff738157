"""The rules of the house, read from the syntax trees: who imports whom, who writes what, how long things are."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

import pytest

from reviewapp.certificate.fields import FIELDS
from tests.syntax import ROOT, Function, Module, length, modules

APP = modules("reviewapp")
ALL = APP + modules("tests")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "reviewapp").rglob("templates/**/*.html"))
SCRIPTS = sorted(path for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts)

# A module imports from layers above its own line only, or from its own package.
LAYERS = (
    ("waiting", "sentences"),
    ("states", "exceptions", "static_storage", "child_processes", "encryption", "incoming", "digests"),
    ("facts", "certificate", "pictures", "export_files", "stored_files", "spool"),
    ("rules", "engines"),
    ("models",),
    ("history", "content", "triggers", "search", "organisations", "evidence"),
    ("figures",),
    ("approved_rows",),
    ("export_columns",),
    ("permissions", "sets"),
    ("transitions",),
    ("stages",),
    ("administration",),
    ("tasks",),
    ("intake",),
    ("processes",),
    ("pieces",),
    ("forms", "http", "admin", "admin_site", "templatetags"),
    ("middleware", "views", "api", "management"),
    ("urls",),
    ("settings", "wsgi", "apps"),
)
PIPELINE = ("ingest", "recognise", "flag", "claim", "sheet", "correct", "reject", "approve", "amend", "export")
PURE = ("rules", "facts", "engines", "certificate", "pictures", "states")
WITHOUT_SETTINGS = ("engines", "rules", "facts", "certificate")
IMPURE = ("django.db.", "django.http", "django.conf", "django.shortcuts", "django.core", "reviewapp.models")
REQUESTS = ("django.http", "django.forms", "django.shortcuts", "django.template", "django.views")
ENUMERATIONS = {"django.db.models.TextChoices"}

# The queue's tasks have a status of their own, and calls of the cloud the HTTP status that they were answered with.
OTHER_STATUS_WRITERS = {"reviewapp.transitions", "reviewapp.processes.worker", "reviewapp.administration.cloud_budget"}
WRITING_NAMES = {"values", "changes", "columns", "defaults", "**"}
WRITING_CALLS = {"update", "create", "get_or_create", "update_or_create", "bulk_update", "Submission", "Batch"}

EDGES = ("certificate", "engines", "export_columns", "api", "management")
WIRE_KEYS = {spec.key for spec in FIELDS if spec.key != spec.name} | {
    "valueProb", "valuePos", "keyProb", "prism_keyValueInfo", "sliceRect", "orgWidth", "orgHeight", "ftype",
}  # fmt: skip

LONG_FUNCTIONS: dict[str, str] = {}
LONG_FILES: dict[str, str] = {"reviewapp.models.submission": "the record and all questions about records, one table"}
LATE_IMPORTS: dict[str, str] = {}


def inside(name: str, *parts: str) -> bool:
    """Return whether a module of ours is one of these, or lies in one of these packages."""
    local = name.removeprefix("reviewapp.")
    return any(local == part or local.startswith(f"{part}.") for part in parts)


def layer(name: str) -> int:
    """Return the line of LAYERS that names this module most exactly; raises when none does."""
    found = [(len(part), position) for position, parts in enumerate(LAYERS) for part in parts if inside(name, part)]
    assert found, f"{name} has no place in LAYERS"
    return max(found)[1]


def imported_modules(module: Module) -> Iterator[tuple[str, ast.stmt]]:
    """Yield the modules of ours that a module imports."""
    known = {other.name for other in APP}
    for name, node in module.imports():
        if name.partition(".")[0] == "reviewapp":
            while name not in known:
                name = name.rpartition(".")[0]  # noqa: PLW2901
            yield name, node


def package(name: str) -> str:
    """Return the first part of a module's name inside the app."""
    return name.split(".")[1] if "." in name else ""


def test_imports_run_one_way() -> None:
    wrong = [
        f"{module.at(node)} imports {name}"
        for module in APP
        if module.name != "reviewapp"
        for name, node in imported_modules(module)
        if name != "reviewapp" and layer(name) >= layer(module.name) and package(name) != package(module.name)
    ]
    assert not wrong, "\n".join(wrong)


def test_imports_have_no_circles() -> None:
    edges = {module.name: {name for name, _ in imported_modules(module)} - {module.name} for module in APP}
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path, name))
        if name not in done:
            for following in sorted(edges[name]):
                walk(following, (*path, name))
            done.add(name)

    for name in edges:
        walk(name, ())


# A correction after approval changes values and approves them, as those two stages do. Many pictures are rejected as
# one is.
USED_BY_STAGES = {"correct": {"sheet"}, "amend": {"correct", "approve", "sheet"}, "reject": {"correct"}}


def test_stages_stand_alone_but_for_the_flags_that_every_change_may_move() -> None:
    for module in modules("reviewapp/stages"):
        stage = module.name.rpartition(".")[2]
        if stage == "stages":
            continue
        assert stage in PIPELINE, stage
        for name, node in imported_modules(module):
            is_flag = name == "reviewapp.stages.flag" and stage != "flag"
            is_used = name.removeprefix("reviewapp.stages.") in USED_BY_STAGES.get(stage, ())
            assert is_flag or is_used or not name.startswith("reviewapp.stages."), (
                f"{module.at(node)}: {stage} imports {name}"
            )


def test_rules_facts_engines_and_pictures_are_pure() -> None:
    wrong = [
        f"{module.at(node)} imports {name}"
        for module in APP
        if inside(module.name, *PURE)
        for name, node in module.imports()
        if name.startswith(IMPURE) and name not in ENUMERATIONS
    ]
    assert not wrong, "\n".join(wrong)


def readings_of_the_environment(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield every place that names the environment or the settings, however it came by them."""
    names = {"environ", "environb", "getenv", "settings"}
    for node in ast.walk(tree):
        named = [getattr(node, "id", ""), getattr(node, "attr", ""), getattr(node, "name", "")]
        if isinstance(node, ast.Name | ast.Attribute | ast.alias) and names.intersection(named):
            yield node


def test_engines_rules_facts_and_certificate_are_given_their_settings() -> None:
    wrong = [
        module.at(node)
        for module in APP
        if inside(module.name, *WITHOUT_SETTINGS)
        for node in readings_of_the_environment(module.tree)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "code",
    [
        "os.environ['THREADS']",
        "os.getenv('THREADS')",
        "from os import environ as surroundings",
        "from django.conf import settings",
        "import django.conf; django.conf.settings.ENGINE",
    ],
)
def test_a_reading_of_the_environment_would_be_noticed(code: str) -> None:
    assert list(readings_of_the_environment(ast.parse(code)))


def test_stages_and_models_never_see_a_request_a_form_or_a_template() -> None:
    wrong = [
        f"{module.at(node)} imports {name}"
        for module in APP
        if inside(module.name, "stages", "models", "permissions", "transitions")
        for name, node in module.imports()
        if name.startswith(REQUESTS)
    ]
    assert not wrong, "\n".join(wrong)


def status_writes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield every place that writes a `.status`: assignments, keywords of writing calls, keys of changed columns."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Attribute) and target.attr == "status" for target in targets):
                yield node
        elif isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in WRITING_CALLS and any(keyword.arg == "status" for keyword in node.keywords):
                yield node
            if called == "setattr" and isinstance(node.args[1], ast.Constant) and node.args[1].value == "status":
                yield node
        for name, columns in changed_columns(node):
            if name in WRITING_NAMES and any(
                isinstance(key, ast.Constant) and key.value == "status" for key in columns.keys
            ):
                yield node


def changed_columns(node: ast.AST) -> Iterator[tuple[str, ast.Dict]]:
    """Yield the dictionaries that are given or bound here, each with the name that it gets."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
        yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.Call):
        named = [keyword for keyword in node.keywords if isinstance(keyword.value, ast.Dict)]
        yield from ((keyword.arg or "**", keyword.value) for keyword in named if isinstance(keyword.value, ast.Dict))


def test_transitions_is_the_only_writer_of_status() -> None:
    wrong = [
        module.at(node)
        for module in APP
        if module.name not in OTHER_STATUS_WRITERS
        for node in status_writes(module.tree)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "code",
    [
        "submission.status = 'approved'",
        "submission.status: str = 'approved'",
        "Submission.objects.filter(pk=1).update(status='approved')",
        "Submission(status='approved')",
        "setattr(submission, 'status', 'approved')",
        "move(submission, to, by=by, values={'status': 'approved'})",
        "submissions.update(**{'status': 'approved'})",
        "values = {'reviewed_by': None, 'status': 'approved'}",
    ],
)
def test_a_second_writer_of_status_would_be_noticed(code: str) -> None:
    assert list(status_writes(ast.parse(code)))


def test_no_signals() -> None:
    forbidden = ("django.dispatch", "django.db.models.signals", "django.core.signals", "django.contrib.auth.signals")
    wrong = [module.at(node) for module in APP for name, node in module.imports() if name.startswith(forbidden)]
    assert not wrong, "\n".join(wrong)


def test_no_late_imports() -> None:
    wrong = [
        module.at(node)
        for module in ALL
        for function in module.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom) and module.at(node) not in LATE_IMPORTS
    ]
    assert not wrong, "\n".join(wrong)


def test_every_parameter_and_return_is_annotated() -> None:
    wrong = []
    for module in ALL:
        for function in module.functions():
            named = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
            named += [extra for extra in (function.args.vararg, function.args.kwarg) if extra]
            bare = [arg.arg for arg in named if arg.annotation is None and arg.arg not in ("self", "cls")]
            if bare or function.returns is None:
                wrong.append(f"{module.at(function)} {function.name}({', '.join(bare)})")
    assert not wrong, "\n".join(wrong)


def code_length(function: Function) -> int:
    """Return the lines below signature and docstring, without those of functions inside."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    inner = [node for statement in body for node in ast.walk(statement) if isinstance(node, ast.FunctionDef)]
    return sum(1 + (node.end_lineno or 0) - node.lineno for node in body) - sum(length(node) for node in inner)


def ninety_percent(numbers: list[int]) -> float:
    return quantiles(numbers, n=10, method="inclusive")[8]


@pytest.mark.parametrize("source", ["reviewapp", "tests"])
def test_functions_are_short(source: str) -> None:
    lengths = [length(function) for module in modules(source) for function in module.functions()]
    long = [
        f"{module.at(function)} {function.name}: {length(function)} lines"
        for module in modules(source)
        for function in module.functions()
        if length(function) > 60 and f"{module.name}.{function.name}" not in LONG_FUNCTIONS
    ]
    assert not long, "\n".join(long)
    assert median(lengths) <= 8
    assert ninety_percent(lengths) <= 25


@pytest.mark.parametrize("source", ["reviewapp", "tests"])
def test_files_are_short(source: str) -> None:
    lines = {module.name: len(module.text.splitlines()) for module in modules(source)}
    assert not {name: count for name, count in lines.items() if count > 500 and name not in LONG_FILES}
    assert ninety_percent(list(lines.values())) <= 300


def test_a_long_function_says_its_steps() -> None:
    """Where the code below the docstring has more than 15 lines, the docstring numbers the steps that it follows.

    One long expression, such as a dictionary for a template, is one step.
    """
    wrong = [
        f"{module.at(function)} {function.name}: {code_length(function)} lines without numbered steps"
        for module in APP
        for function in module.functions()
        if code_length(function) > 15 and len(function.body) > 5 and "1. " not in (ast.get_docstring(function) or "")
    ]
    assert not wrong, "\n".join(wrong)


def test_views_are_thin() -> None:
    wrong = [
        f"{module.at(function)} {function.name}: {length(function)} lines"
        for module in modules("reviewapp/views")
        for function in module.functions()
        if length(function) > 30
    ]
    assert not wrong, "\n".join(wrong)


def test_keys_of_the_api_stay_at_the_edges() -> None:
    wrong = []
    for module in APP:
        if inside(module.name, *EDGES):
            continue
        for node in ast.walk(module.tree):
            word = getattr(node, "value", None) if isinstance(node, ast.Constant) else getattr(node, "id", None)
            if isinstance(word, str) and word in WIRE_KEYS:
                wrong.append(f"{module.at(node)} {word}")
    for path in TEMPLATES + SCRIPTS:
        words = set(re.findall(r"\w+", path.read_text()))
        wrong += [f"{path.relative_to(ROOT)} {word}" for word in words & WIRE_KEYS]
    assert not wrong, "\n".join(wrong)


def test_there_is_no_drawer_for_everything() -> None:
    drawers = {"utils", "helpers", "misc", "common", "selectors", "repositories", "signals"}
    assert not [module.name for module in APP if set(module.name.split(".")) & drawers]


def test_names_of_tests_are_sentences() -> None:
    short = [
        f"{module.at(function)} {function.name}"
        for module in modules("tests")
        for function in module.functions()
        if function.name.startswith("test_") and function.name.count("_") < 2
    ]
    assert not short, "\n".join(short)


FORBIDDEN_IN_TEMPLATES = {
    "a script in the page": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "a style in the page": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "a handler in the page": re.compile(r"\son[a-z]+\s*=|\shx-on|javascript:", re.IGNORECASE),
    "text that is not escaped": re.compile(r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq\b"),
    "another site": re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_hold_no_script_style_or_handler(path: Path) -> None:
    text = re.sub(r"{% comment %}.*?{% endcomment %}|{#.*?#}", "", path.read_text(), flags=re.DOTALL)
    assert not [what for what, pattern in FORBIDDEN_IN_TEMPLATES.items() if pattern.search(text)]


def test_templates_are_short() -> None:
    assert ninety_percent([len(path.read_text().splitlines()) for path in TEMPLATES]) <= 110


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_scripts_are_short_modules_without_evaluated_code(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 200
    assert not re.search(r"\beval\(|new Function\(|document\.write|setAttribute\([\"']style", text)


def test_layers_name_only_what_exists() -> None:
    names = {module.name for module in APP}
    optional = {"checks", "api"}
    gone = [part for parts in LAYERS for part in parts if f"reviewapp.{part}" not in names and part not in optional]
    assert not gone
    assert all(higher for higher, _ in pairwise(LAYERS))
