"""The commands' words. Each command's work is imported when it runs, so `--help` is quick."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from server import __version__
from server.base.config import (
    DATABASE_FILE,
    DEFAULT_MODEL,
    DEFAULT_PORT,
    default_data,
    default_database,
    default_library,
)

Run = Callable[[argparse.Namespace], int]


def _late(module: str, name: str) -> Run:
    def run(arguments: argparse.Namespace) -> int:
        call: Run = getattr(import_module(f"server.cli.{module}"), name)
        return call(arguments)

    return run


def build_parser() -> argparse.ArgumentParser:
    """The parser; `parse_args(...).run(arguments)` gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="bangda",
        description="帮答：给客服的话术建议与合规提醒 / reply suggestions and compliance warnings.",
    )
    parser.add_argument("--version", action="version", version=f"bangda {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _serving(commands)
    _asking(commands)
    _library(commands)
    _sharing(commands)
    _keeping(commands)
    return parser


if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def _command(commands: Commands, name: str, run: Run, help_text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=help_text, description=help_text
    )
    parser.set_defaults(run=run)
    return parser


def _serving(commands: Commands) -> None:
    serve = _command(
        commands,
        "serve",
        _late("serve", "serve"),
        "启动服务器 / the server: live endpoint, API, panel page, lead and QA consoles",
    )
    demo = _command(
        commands,
        "demo",
        _late("serve", "demo"),
        "演示 / the server on the sample shops with a fresh data folder, opened at /demo",
    )
    for parser in (serve, demo):
        parser.add_argument(
            "--host",
            default="127.0.0.1",
            help="监听的地址；不是本机时一律加密 / address to bind (%(default)s); "
            "any but this machine's own is served over TLS",
        )
        parser.add_argument("--tls-cert", type=Path, metavar="FILE", help="own certificate (PEM)")
        parser.add_argument("--tls-key", type=Path, metavar="FILE", help="its key (PEM)")
        parser.add_argument(
            "--port", type=int, default=DEFAULT_PORT, help="0 lets the system choose (%(default)s)"
        )
        _model(parser)
    _folders(serve)
    _database(serve)
    serve.add_argument(
        "--backup-to",
        type=Path,
        metavar="DIR",
        help="每周备份到这个文件夹，留最近五份 / a verified backup a week into this folder",
    )
    serve.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a further name by which this server, or a proxy before it, is opened",
    )
    serve.add_argument(
        "--shops-kept",
        type=_count,
        default=0,
        metavar="N",
        help="内存里只留在用的店铺，最多 N 家；默认全部 / hold the shops that agents use, beyond N "
        "let go of those that nobody used for five minutes (default: hold all)",
    )
    serve.add_argument("--rebuild", action="store_true", help="build every index anew")
    demo.add_argument("--data", type=Path, help="keep the demo's data here (default: forgotten)")
    demo.add_argument("--no-browser", action="store_true", help="do not open the page")
    demo.add_argument(
        "--with-history", action="store_true", help="fill a month of sample traffic first"
    )


def _count(text: str) -> int:
    """A whole number from 1 on."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


_count.__name__ = "whole number from 1 on"


def _asking(commands: Commands) -> None:
    suggest = _command(
        commands,
        "suggest",
        _late("ask", "suggest"),
        "给一条买家消息的话术建议 / suggestions and warnings for one message",
    )
    suggest.add_argument("text")
    suggest.add_argument("--top", type=int, default=3, help="how many (%(default)s)")
    suggest.add_argument(
        "--page",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="聊天页上的内容 / what the chat page says, as product=卫衣, order_id=…, shopper_id=…; "
        "may stand several times",
    )
    suggest.add_argument(
        "--audience",
        action="append",
        default=[],
        metavar="NAME",
        help="当作哪种买家 / as for new (新客), returning (老客), a level or a group; "
        "may stand several times",
    )
    check = _command(
        commands,
        "check",
        _late("ask", "check"),
        "合规检查，一行一条 / compliance check, one text a line",
    )
    check.add_argument("file", nargs="?", default="-", help="default: standard input")
    check.add_argument(
        "--direction",
        choices=("outgoing", "incoming"),
        default="outgoing",
        help="who writes: the agent or the shopper (%(default)s)",
    )
    check.add_argument("--platform", default="", help="as in shop.yaml, e.g. kuaishou")
    evaluate = _command(
        commands,
        "evaluate",
        _late("quality", "evaluate"),
        "检索质量 / retrieval quality on labelled messages (JSON Lines)",
    )
    evaluate.add_argument("messages", type=Path)
    evaluate.add_argument("--history", type=Path, help="learn from this file first, and compare")
    evaluate.add_argument("--plot", type=Path, help="write hit@k and reliability as an SVG file")
    for parser in (suggest, check, evaluate):
        _shop(parser, required=parser is not check)
        parser.add_argument("--library", type=Path, help="library folder")
        parser.add_argument("--json", action="store_true", help="machine-readable output")
    suggest.add_argument("--data", type=Path, help="data folder (cache and learned history)")
    _database(suggest)
    for parser in (suggest, evaluate):
        _model(parser)


def _library(commands: Commands) -> None:
    lint = _command(
        commands,
        "lint",
        _late("library", "lint"),
        "检查话术与规则文件 / checks library and rule files; exit 1 when anything is found",
    )
    lint.add_argument("--library", type=Path, help="library folder")
    bring = _command(
        commands,
        "import",
        _late("library", "import_any"),
        "导入话术、订单、买家或商品 / scripts, orders, shoppers or products from a table",
    )
    bring.add_argument("file", type=Path)
    bring.add_argument(
        "--dry-run", action="store_true", help="say what would change, write nothing"
    )
    bring.add_argument(
        "--as",
        dest="as_what",
        choices=("scripts", "orders", "shoppers", "products"),
        default="scripts",
        help="文件里是什么 / what the file holds (%(default)s)",
    )
    bring.add_argument(
        "--platform",
        default="",
        help="来自哪个平台 / the platform of orders or shoppers, as taobao",
    )
    bring.add_argument("--data", type=Path, help="data folder (orders, shoppers)")
    _database(bring)
    _import_choices(bring)
    take = _command(
        commands,
        "export",
        _late("library", "export_scripts"),
        "导出话术 / scripts to .xlsx, .csv, .yaml, .json",
    )
    take.add_argument("file", type=Path)
    for parser in (bring, take):
        _shop(parser)
        parser.add_argument("--library", type=Path, help="library folder")


def _sharing(commands: Commands) -> None:
    library = _command(
        commands,
        "library",
        _late("shared", "pull"),
        "多台服务器共用的话术库 / the library that servers over one database share",
    )
    what = library.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, help_text in (
        ("pull", "取到文件夹里 / brings its newest files into the folder; edits there are merged"),
        ("push", "从文件夹里送出 / the same, then sends what was edited in the folder"),
    ):
        one = what.add_parser(name, help=help_text)
        one.set_defaults(run=_late("shared", name))
        _folders(one)
        _database(one)


def _import_choices(bring: argparse.ArgumentParser) -> None:
    """What the import page asks, as options."""
    bring.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="FIELD=HEAD",
        help="哪一列是什么 / which column is which field, as reply=话术; may stand several times",
    )
    bring.add_argument(
        "--head", type=int, metavar="ROW", help="标题在第几行 / the row with the heads; 0: none"
    )
    bring.add_argument(
        "--sheet",
        action="append",
        default=[],
        metavar="NAME",
        help="只导入这张工作表 / only this sheet (default: all that hold replies)",
    )
    bring.add_argument(
        "--sheet-as",
        choices=("category", "products", "nothing"),
        default="category",
        help="工作表名作为 / what a sheet's name is, of several sheets (%(default)s)",
    )
    bring.add_argument(
        "--hidden-rows", action="store_true", help="隐藏的行也导入 / takes hidden rows too"
    )
    bring.add_argument(
        "--conflicts",
        choices=("take", "skip", "questions", "variant"),
        default="take",
        help="同一问法有不同答案时 / a question with another answer: its own script, left out, or "
        "merged into the other as questions or as another wording (%(default)s)",
    )


def _keeping(commands: Commands) -> None:
    learn = _command(
        commands,
        "learn",
        _late("quality", "learn"),
        "从历史聊天学习 / learns from past chats or accepted replies (JSON Lines)",
    )
    learn.add_argument("file", type=Path)
    _shop(learn)
    _folders(learn)
    _model(learn)
    backup = _command(
        commands,
        "backup",
        _late("keep", "backup"),
        "备份数据与话术库，服务运行时也可以 / the data and the library in one verified file",
    )
    restore = _command(
        commands,
        "restore",
        _late("keep", "restore"),
        "从备份恢复 / puts a backup into place; the server must not be running",
    )
    for one in (backup, restore):
        one.add_argument("file", type=Path, metavar="FILE")
        one.add_argument(
            "--password-file",
            type=Path,
            metavar="FILE",
            help="密码所在的文件 / a file that holds the password of an encrypted backup",
        )
        _folders(one)
    restore.add_argument(
        "--verify", action="store_true", help="只核对，不恢复 / only checks that it is whole"
    )
    move = _command(
        commands,
        "move",
        _late("move", "move"),
        "把数据搬到另一个数据库，可续传、核对 / carries the data into another database, and back",
    )
    for option, place in (("--from", "source"), ("--to", "target")):
        move.add_argument(
            option,
            dest=place,
            required=True,
            metavar="PLACE",
            help="a data folder, or postgresql://USER@HOST/NAME",
        )
    account = _command(commands, "account", _late("keep", "account_add"), "账号 / accounts")
    what = account.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = what.add_parser(
        "add", help="新建账号，令牌只显示一次 / creates an account, prints its token"
    )
    add.set_defaults(run=_late("keep", "account_add"))
    add.add_argument("name")
    add.add_argument("--role", choices=("agent", "lead", "qa", "admin"), required=True)
    _shop(add, required=False)
    add.add_argument("--data", type=Path, help="data folder")
    _database(add, learn)
    audit = _command(commands, "audit", _late("keep", "audit_verify"), "审计链 / the audit trail")
    action = audit.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = action.add_parser("verify", help="核对审计链 / proves that no entry was changed")
    verify.set_defaults(run=_late("keep", "audit_verify"))
    verify.add_argument("--data", type=Path, help="data folder")
    _database(verify)
    fit = _command(
        commands,
        "fit",
        _late("quality", "fit"),
        "重新拟合参数 / fits ranking, judge, samples and encoder anew from knowledge/ (extra: fit)",
    )
    fit.add_argument(
        "what",
        nargs="*",
        help="ranking, judge, samples, encoder; default: all but the encoder, which takes an hour",
    )
    fit.add_argument("--out", type=Path, metavar="DIR", help="encoder: the folder to write")
    fit.add_argument("--steps", type=int, help="encoder: steps of the fit")
    fit.add_argument("--knowledge", type=Path, default=Path("knowledge"), help="(%(default)s)")
    _model(fit)
    bench = _command(
        commands, "bench", _late("bench", "bench"), "基准测试 / the benchmarks, with ratios"
    )
    _database(bench)
    bench.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    bench.add_argument(
        "--agents",
        type=int,
        default=20,
        metavar="N",
        help="load, cluster, hostile: 客服人数 / agents (20)",
    )
    bench.add_argument(
        "--seconds",
        type=float,
        default=20.0,
        metavar="S",
        help="load, cluster, hostile: 秒数 / how long (20)",
    )
    bench.add_argument(
        "--idle", type=int, default=0, metavar="N", help="load: 旁边的空闲连接 / idle sockets (0)"
    )
    bench.add_argument(
        "--kills", type=int, default=200, metavar="N", help="kills: 次数 / how often (200)"
    )
    bench.add_argument(
        "--tally",
        type=Path,
        metavar="FILE",
        help="kills: 每杀一次记一行，中断也算数 / adds a line after each kill (none)",
    )
    bench.add_argument("--json", action="store_true", help="machine-readable output")


def _shop(parser: argparse.ArgumentParser, required: bool = True) -> None:
    parser.add_argument("--shop", required=required, default="", help="the shop's folder name")


def _folders(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--library", type=Path, help="library folder")
    parser.add_argument("--data", type=Path, help="data folder")


def _model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        default="",
        metavar="MODEL",
        help=f"{DEFAULT_MODEL} (bundled), or a sentence-transformers model by name or folder",
    )


def _database(*parsers: argparse.ArgumentParser) -> None:
    for parser in parsers:
        parser.add_argument(
            "--database",
            default="",
            metavar="ADDRESS",
            help="postgresql://USER@HOST/NAME，代替数据文件夹里的文件；也可用 BANGDA_DATABASE / "
            "instead of the file in the data folder; also $BANGDA_DATABASE; password by PGPASSFILE",
        )


def database_of(arguments: argparse.Namespace) -> Path | str:
    """The database that the command or `$BANGDA_DATABASE` names, else the data folder's file."""
    named: str = getattr(arguments, "database", "") or default_database()
    return named or data_of(arguments) / DATABASE_FILE


def library_of(arguments: argparse.Namespace) -> Path:
    """The library folder that the command names, else the default one."""
    return Path(arguments.library) if arguments.library else default_library()


def data_of(arguments: argparse.Namespace) -> Path:
    """The data folder that the command names, else the default one."""
    return Path(arguments.data) if arguments.data else default_data()
