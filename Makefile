# The commands of CONTRIBUTING.md by a short name each. They work with the environment that the test command of the
# README makes; another one: make test BIN=path/to/bin
BIN ?= .venv/bin

.PHONY: test slow check reference package

test: ## the tests that take minutes
	$(BIN)/pytest -n 3 -m 'not slow'

slow: ## the long ones: kills, browsers, mutations, images
	$(BIN)/pytest -n 3 -m slow

check: ## style, form, types, and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

reference: ## the generated pages of docs/reference
	$(BIN)/python tests/support/reference.py docs

package: ## dist/: source and wheel, checked, and the versions that go with them, with hashes
	rm -rf dist
	$(BIN)/uv tool run --from build==1.6.1 pyproject-build -o dist .
	$(BIN)/uv tool run twine@7.0.0 check --strict dist/*.whl dist/*.tar.gz
	$(BIN)/uv pip compile -q --generate-hashes --no-header -c constraints.txt --extra postgres -o dist/requirements.txt pyproject.toml
