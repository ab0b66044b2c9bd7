"""Rules of the house that imports cannot show, kept by reading the house itself."""

import re
import tomllib
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.urls import URLPattern, get_resolver

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src" / "sanlin"
FLOORS = (
    {"kernel"},
    {"ground"},
    {"commons"},
    {"govern", "mutual", "harmony"},
    {"front"},
    {"site"},
)
HEIGHT = {wing: height for height, floor in enumerate(FLOORS) for wing in floor}
OURS = [config for config in apps.get_app_configs() if config.name.startswith("sanlin.")]
MODELS = [model for config in OURS for model in config.get_models()]
GLOSSARY = tomllib.loads((ROOT / "docs" / "glossary.toml").read_text(encoding="utf-8"))
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "services", "selectors", "managers"}
OPEN_ROOMS = {"models", "actions", "queries", "rules", "stages"}


def wing(config):
    return config.name.split(".")[1]


def leans_down(upper, lower):
    return upper == lower or HEIGHT[lower] < HEIGHT[upper]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_foreign_keys_point_down(model):
    for relation in model._meta.get_fields():
        if relation.is_relation and relation.concrete and relation.related_model:
            target = relation.related_model._meta.app_config
            if target in OURS:
                assert leans_down(wing(model._meta.app_config), wing(target)), relation


@pytest.mark.parametrize(
    "page", sorted(SRC.rglob("*.html")), ids=lambda p: f"{p.parent.name}/{p.name}"
)
def test_pages_link_down(page):
    here = page.relative_to(SRC).parts[0]
    wings = {config.label: wing(config) for config in OURS}
    for label in re.findall(
        r"{%\s*(?:url|include|extends)\s+['\"](\w+)[:/]", page.read_text("utf-8")
    ):
        assert label not in wings or leans_down(here, wings[label]), label


@pytest.mark.parametrize(
    "page", sorted(SRC.rglob("*.html")), ids=lambda p: f"{p.parent.name}/{p.name}"
)
def test_pages_hold_no_script_or_style_of_their_own(page):
    text = page.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text)


def addresses(patterns=None, prefix=""):
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield where or "/", pattern
        else:
            yield from addresses(pattern.url_patterns, where)


@pytest.mark.parametrize(
    ("where", "address"), list(addresses()), ids=lambda a: a if isinstance(a, str) else ""
)
def test_every_address_has_a_gate(where, address):
    assert hasattr(address.callback, "gate"), where


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_every_table_is_in_the_glossary(model):
    term = GLOSSARY[str(model._meta.verbose_name)]
    assert (term["noun"], term["app"]) == (model.__name__, model._meta.app_label)


def test_the_glossary_names_only_what_exists():
    nouns = {(model.__name__, model._meta.app_label) for model in MODELS}
    for word, term in GLOSSARY.items():
        if "app" in term:
            assert (term["noun"], term["app"]) in nouns, word


@pytest.mark.parametrize("config", OURS, ids=lambda c: c.label)
def test_every_app_has_a_door_plate(config):
    assert re.match(r"[\u4e00-\u9fff]+ \(\w+\):", config.module.__doc__ or ""), config.name


def test_no_room_is_a_lumber_room():
    found = [
        p
        for p in SRC.rglob("*.py")
        if p.stem in FORBIDDEN_NAMES or p.parent.name in FORBIDDEN_NAMES
    ]
    assert found == []


def test_an_app_is_entered_by_its_open_rooms_only():
    house = grimp.build_graph("sanlin", cache_dir=None)
    names = {config.name for config in OURS if wing(config) not in {"ground"}}

    def split(module):
        parts = module.split(".")
        return ".".join(parts[:3]), parts[3] if len(parts) > 3 else ""

    for module in house.modules:
        here, my_room = split(module)
        if here.startswith("sanlin.site") or my_room == "tests":
            continue
        for other in house.find_modules_directly_imported_by(module):
            there, room = split(other)
            if there in names and there != here:
                assert room in OPEN_ROOMS, f"{module} walks into {other}"
