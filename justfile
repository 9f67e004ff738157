# Each recipe is one plain command, which works without just as well. `just --list` shows them.

dev := "uv run --group dev"

# Everything on this machine, with samples, on 127.0.0.1:8000.
demo:
    uv run manage.py demo

# The web server, started again whenever a file changes. Start `just worker` and `just recogniser` in other terminals.
run:
    DEBUG=1 {{dev}} manage.py runserver

# Read the pictures that wait.
worker:
    uv run manage.py worker

# Read the pictures of API callers.
recogniser:
    uv run manage.py recogniser

# What is quick and finds most: rules, stages, states, models and the conventions, on SQLite.
test-fast:
    {{dev}} pytest --db sqlite -n {{num_cpus()}} -m "not slow" tests/rules tests/stages tests/test_conventions.py tests/test_states.py tests/test_models.py

# All tests, on SQLite and, beside it, on PostgreSQL.
test:
    {{dev}} pytest

# Lint, format, types, templates, migrations, translations.
check:
    {{dev}} ruff check
    {{dev}} ruff format --check
    {{dev}} mypy
    {{dev}} djlint templates --check --lint
    {{dev}} manage.py makemigrations --check --dry-run
    {{dev}} python -m tests.translations

# Types, lint and tests of the scripts.
scripts:
    npm ci --silent --prefix tests/js
    npm run --silent check --prefix tests/js

# How dense the code is: syntax nodes per line, lengths of functions, files and lines.
figures *paths:
    {{dev}} python -m tests.figures {{paths}}

# The local engine against stock RapidOCR; what the rules catch and what they flag without need.
bench:
    {{dev}} python -m tests.bench.engine
    {{dev}} python -m tests.bench.flags

# All that must hold before a change lands.
ci:
    bash .ci/run
