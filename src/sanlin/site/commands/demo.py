"""Stand in a living street: build the demonstration and serve it on this machine.

Each stage has a folder of its own, so that what you did at one stage is kept when you look at
another. With DATABASE_URL set, the one database is filled if it is empty.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

from . import serve

DEFAULT = "vote"
BEGUN = "demo-begun"  # in its folder while a demonstration is being built: by which process
PROGRAMMES = ("xishan", "caiyun", "wenhua", "yingzao", "yingzao2")
STAGES = ("draft", "call", "review", "vote", "notice", "running", "midterm", "closed")
WHO = (
    ("li", "李秀英，72岁的居民", "Li Xiuying, a resident of 72"),  # data
    ("wang", "王建国，团队负责人", "Wang Jianguo, who leads a team"),  # data
    ("zhao", "赵晨，骑手，团队负责人", "Zhao Chen, a courier who leads a team"),  # data
    ("zhou", "周敏，街道工作人员", "Zhou Min, street officer"),  # data
    ("qian", "钱立，街道工作人员，会签和审批", "Qian Li, countersigns and approves"),  # data
    ("tian", "田玉，街道出纳", "Tian Yu, cashier"),  # data
    ("jin", "金蓉，街道会计", "Jin Rong, bookkeeper"),  # data
    ("cao", "曹勇，保管街道印鉴", "Cao Yong, keeper of the seal"),  # data
    ("sun", "孙洁，潍坊二村居委工作人员", "Sun Jie, committee worker"),  # data
    ("chen", "陈静，评委；lin gao he luo 也是", "Chen Jing, judge; so are lin gao he luo"),  # data
    ("xu", "徐慧，社工", "Xu Hui, social worker"),  # data
    ("hong", "洪福，商家", "Hong Fu, merchant"),  # data
    ("shen", "沈正，审计员", "Shen Zheng, auditor"),  # data
    ("fang", "方华，区管理员", "Fang Hua, district administrator"),  # data
    ("other", "外街人，别的街道的居民", "a resident of another street"),  # data
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--stage", choices=STAGES, default=DEFAULT, help="where the round stands (%(default)s)"
    )
    parser.add_argument(
        "--programme",
        choices=PROGRAMMES,
        help="a published programme of elsewhere instead, from its draft to its first payments; yingzao: a "
        "year with its end, and the draft of the next; yingzao2: the next year too",
    )
    parser.add_argument("--fresh", action="store_true", help="begin anew, losing what was done")
    parser.add_argument("--no-serve", action="store_true", help="build only")
    serve.arguments(parser)


def prepare(options: argparse.Namespace) -> None:
    """Say before the settings are read that this is a demonstration, and where it lives."""
    os.environ["SANLIN_DEMO"] = "yes"
    home = Path(
        os.environ.setdefault("SANLIN_HOME", f"var/demo/{options.programme or options.stage}")
    )
    if os.getenv("DATABASE_URL"):
        return
    # A street that was built by half is no street: the lines of its journal can be emptied by nobody.
    if (home / BEGUN).exists():
        if _is_being_built(home):
            raise SystemExit(
                f"另一个进程正在建这个演示：{home} is being built by another process"
            )  # data
        print(f"  上次没有建完，重新开始 / the last build broke off: {home}")  # data
        shutil.rmtree(home)
    elif options.fresh and (home / "demo-clock").exists():
        shutil.rmtree(home)


def _is_being_built(home: Path) -> bool:
    """Whether the process that began to build in this folder still lives."""
    try:
        os.kill(int((home / BEGUN).read_text()), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        pass
    return True


def run(options: argparse.Namespace) -> int:
    """Build what is missing, say who can sign in, and serve."""
    from django.conf import settings
    from django.core.management import call_command

    from sanlin.commons.places.models import Street
    from sanlin.site import demo
    from sanlin.site.demo import programmes, yingzao

    began = time.monotonic()
    call_command("migrate", verbosity=0)
    if options.fresh and Street.objects.exists():
        call_command("flush", interactive=False, verbosity=0)
    if not Street.objects.exists():
        begun = Path(settings.HOME) / BEGUN
        begun.write_text(str(os.getpid()))
        first = "draft" if options.programme else options.stage
        demo.build(first, lambda words: print(f"  {words}", flush=True))
        if (options.programme or "").startswith("yingzao"):
            print(f"  {yingzao.told(yingzao.year_one())}", flush=True)
            next_year = yingzao.next_year if options.programme == "yingzao" else yingzao.year_two
            made = next_year()
            print(f"  {yingzao.told(made) if made.frozen else made}", flush=True)
        elif options.programme:
            print(f"  {programmes.told(programmes.play(options.programme))}", flush=True)
        begun.unlink()
        print(f"  {time.monotonic() - began:.0f} s")
    _say_who(options)
    sys.stdout.flush()
    return 0 if options.no_serve else serve.run(options)


def _say_who(options: argparse.Namespace) -> None:
    from sanlin.site import demo

    print(
        f"\n三邻 · 演示 · {options.programme or options.stage}    http://{options.host}:{options.port}/\n"
    )  # data
    print("密码都是 / every password is: sanlin-demo")  # data
    for username, chinese, english in WHO:
        print(f"  {username:6} {chinese} / {english}")
    told = " · ".join(f"{who}: {words}" for who, words in demo.PASSPHRASES.items())
    print(f"票箱钥匙口令 / passphrases of the ballot box: {told}")  # data
    print("手机验证码会显示在页面上，也打印在这里。/ Codes to phones are shown here.\n")  # data
