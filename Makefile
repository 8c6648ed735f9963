# The commands that people type. `make` alone lists them.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test test-sqlite test-postgres check format lock seed shell screens clean ready ready-for-sqlite ready-for-tests

PYTHON := .venv/bin/python
ARGS ?=

# Japanese goes in and out whatever the locale of the terminal.
export PYTHONUTF8 := 1

help: ## この一覧を表示します
	@echo "使い方: make <コマンド>"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: ready ## 必要なものを揃えて起動します（PORT=9000 HOST=0.0.0.0 で待受先を変更）
	@exec $(PYTHON) scripts/run.py

test: ready-for-tests ## すべての試験を SQLite と PostgreSQL で行います（ARGS="-k 言葉" で絞り込み）
	@exec $(PYTHON) scripts/run_tests.py sqlite postgres -- $(ARGS)

test-sqlite: ready-for-sqlite ## 試験を SQLite だけで行います
	@exec $(PYTHON) scripts/run_tests.py sqlite -- $(ARGS)

test-postgres: ready-for-tests ## 試験を PostgreSQL だけで行います
	@exec $(PYTHON) scripts/run_tests.py postgres -- $(ARGS)

check: ready ## 書式、型、テンプレート、import の向き、印刷した文書などを確かめます
	@exec $(PYTHON) scripts/check.py

format: ready ## Python の書式を整えます
	@$(PYTHON) -m ruff check --fix-only --quiet .
	@$(PYTHON) -m ruff format .

lock: ready ## requirements.in から requirements.txt を作り直します（ARGS=--upgrade で更新）
	@CUSTOM_COMPILE_COMMAND="make lock" $(PYTHON) -m piptools compile --quiet \
		--generate-hashes --allow-unsafe --strip-extras \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
		$(ARGS) --output-file requirements.txt requirements.in

seed: ready ## 空のデータベースにデモの市を入れます
	@exec $(PYTHON) manage.py seed_demo --if-empty

shell: ready ## Django の shell を開きます
	@exec $(PYTHON) manage.py shell

screens: ready-for-sqlite ## 全画面と面談資料の画像を screens/ に作ります
	@exec $(PYTHON) scripts/screens.py $(ARGS)

clean: ## 仮想環境と一時ファイルを消します（var/ のデータは残します）
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis screens
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

ready:
	@python3 scripts/prepare_machine.py run

ready-for-sqlite:
	@python3 scripts/prepare_machine.py test-sqlite

ready-for-tests:
	@python3 scripts/prepare_machine.py test
