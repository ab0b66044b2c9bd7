"""The packs that ship with the product, and an officer who fills in what they leave open."""

from pathlib import Path

from sanlin.kernel.packs import read

FOLDER = Path(__file__).parents[3] / "packs"
FILES = sorted(FOLDER.glob("*/*.toml"))

OFFICER = {
    "weifang": {
        "budget": "82万",
        "award.expert": "70%",
        "award.public": "30%",
        "award.min_score": 60,
        "tiers.shifan.money": "16万",
        "tiers.shifan.cap": "2万",
        "tiers.pinpai.money": "31.5万",
        "tiers.pinpai.cap": "1.5万",
        "tiers.yumiao.money": "26万",
        "tiers.yumiao.cap": "1万",
    },
    "caiyun": {
        "budget": "6万",
        "award.expert": 600,
        "award.public": 400,
        "award.min_score": "none",
    },
    "chengdu": {
        "budget": "1000万",
        "award.expert": 500,
        "award.public": 500,
        "award.min_score": None,
    },
    "yingzao": {
        "budget": "800万",
        "award.expert": 500,
        "award.public": 500,
        "award.min_score": None,
    },
    "xishan": {
        "award.expert": 500,
        "award.public": 500,
        "award.min_score": None,
    },
    "wenhua": {
        "budget": "9万",
        "project_cap": "3万",
        "award.expert": "60%",
        "award.public": "40%",
        "award.min_score": 60,
    },
    "zixiangmu": {"budget": "6000"},
}
"""For each pack the values that no source prints and that the pack does not even suggest."""


def text(name, edition=-1):
    return sorted((FOLDER / name).glob("*.toml"))[edition].read_text("utf-8")


def pack(name):
    return read(text(name), name=f"{name}.toml")


def filled(name):
    """The pack and all that its officer sets: what it suggests, and what it does not."""
    found = pack(name)
    return found, {**found.suggestions(), **OFFICER[name]}
