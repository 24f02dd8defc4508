"""Requests in Chinese that are no act, or not the one their words resemble."""

from __future__ import annotations

import pytest
from words import trained_parser

from lsfs.errors import LsfsError

_FEATURES = [
    "给 plan.md 加密", "plan.md 加载很慢", "给 cv.pdf 加水印", "给 cv.pdf 添加签名", "给 q3-report.docx 加封面",
    "plan.md 加粗标题", "plan.md 记录", "给 plan.md 补丁", "给 plan.md 加只读", "给 slides.pptx 加动画",
    "给 cv.pdf 加一个水印", "给 q3-report.docx 增加目录", "给 budget.xlsx 添加一个工作表", "budget.xlsx 加个图表",
    "给 plan.md 加上页码", "plan.md 加入收藏", "给 plan.md 添加标签", "plan.md 补充完整", "给 wedding.jpg 加滤镜",
    "给 attention.pdf 加一段批注", "给 plan.md 加一段摘要", "在 q3-report.docx 末尾加目录", "给 cv.pdf 末尾添加签名",
    "给 slides.pptx 添上备注", "把 plan.md 加到收藏夹",
]  # fmt: skip
_QUESTIONS = [
    "plan.md 增加了多少字", "plan.md 添加了哪几段", "plan.md 增加了几行", "plan.md 加了什么", "谁在 plan.md 加了一行",
    "plan.md 末尾加了什么", "draft.txt 删了几行", "draft.txt 移到哪了", "plan.md 改名了吗", "cv.pdf 锁了没",
    "cv.pdf 分享给谁了", "draft.txt 是不是删了", "draft.txt 被谁删了", "budget.xlsx 复制到哪里了", "为啥锁定 cv.pdf",
]  # fmt: skip
_BARE = [
    "取消", "取消吧", "退回", "取消掉", "算了，取消", "那就取消吧", "回退吧", "退回去", "先取消", "请取消",
]  # fmt: skip
_NO_LINK = [
    "删除第二个", "删除3", "删除两个", "取消第二个", "删掉第三个", "删除第1条", "关掉第二个", "把第二个删掉", "收回3",
    "把3取消", "停止2", "撤销第二个", "删除这两个",
]  # fmt: skip
_PARTS = [
    "删除 draft.txt 的内容", "清除 plan.md 的内容", "把 draft.txt 的内容删掉", "删掉 plan.md 的正文", "删除 plan.md 的标题",
    "删除 draft.txt 的第一行", "把 cv.pdf 的第二页删掉", "删除 plan.md 的副本", "删除 plan.md 的备份", "删掉 cv.pdf 里的照片",
    "移除 q3-report.docx 的图片", "删除 draft.txt 的历史版本", "删除 draft.txt 所在的文件夹", "删除 draft.txt 旁边的文件",
    "把 draft.txt 的文字清掉", "删除 cv.pdf 的密码", "锁定 plan.md 的第二段", "分享 cv.pdf 的第一页", "移动 draft.txt 的内容到 archive",
    "把 plan.md 的名字删掉", "删除 plan.md 的分享", "删除 cv.pdf 的作者", "把 q3-report.docx 里的表格移到 archive",
]  # fmt: skip
_UNPACKED = [
    "解开 backup.zip",
    "把 photos.zip 解开",
    "解开 inbox 里的压缩包",
    "打开 cv.pdf 的锁屏",
    "解压 cv.pdf",
]
_LATER = [
    "明天把 draft.txt 删了", "等会儿删除 draft.txt", "一会儿锁定 cv.pdf", "每周备份 plan.md 到 archive", "三天后删除 draft.txt",
    "下周再把 draft.txt 移到 archive", "以后再删 draft.txt", "每天把 plan.md 复制到 archive", "定期删除 old 里的文件",
    "下班前把 draft.txt 删掉", "改天把 cv.pdf 锁上", "晚点把 aios.txt 删了", "锁定 cv.pdf 两小时",
]  # fmt: skip
_TOLD = [
    "小李把 draft.txt 删了", "我已经把 draft.txt 删了", "老板删除了 draft.txt", "我没有删除 draft.txt", "他说要删除 draft.txt",
    "我昨天把 plan.md 移到了 archive", "我老婆想删 draft.txt", "有人把 cv.pdf 锁了", "draft.txt 已经删除了",
    "draft.txt 被删了", "draft.txt 删不掉", "draft.txt 打不开", "不想删 draft.txt", "没必要删 draft.txt", "先别删 draft.txt",
    "draft.txt 不要删", "draft.txt 不删", "没人让你删 draft.txt", "cv.pdf 不用锁了", "cv.pdf 别给任何人分享",
    "draft.txt 差点删了", "draft.txt 本来想删掉", "假装删除 draft.txt", "draft.txt 还没删",
]  # fmt: skip
_PLACES = [
    "把 draft.txt 移到 todo.txt 旁边", "把 draft.txt 移到别处", "把 draft.txt 移到上一级", "把 plan.md 移到合适的文件夹",
    "把 cv.pdf 放到桌面", "把 cv.pdf 移到 U盘", "把 draft.txt 改成大写", "把 draft.txt 改名为原来的名字", "把 draft.txt 改成 pdf 格式",
    "把 draft.txt 另存为 pdf", "把 draft.txt 改个好听的名字", "把 draft.txt 复制两份到 archive", "把 aios.txt 移到 archive 或者 old",
    "把照片移到 archive，最新的除外", "把 draft.txt 传到网盘", "把 plan.md 放到最前面", "把 draft.txt 转成 word",
    "把 plan.md 改成中文名", "把 plan.md 改名为跟 draft.txt 一样的名字",
]  # fmt: skip
_VAGUE = [
    "把一些照片删了", "把相关的照片删了", "把上次的照片删了", "把某张照片删了", "把类似的照片删掉", "把其中的照片删了", "把以前的照片删了", "把那些照片删了",
    "删除几张照片", "删除可能没用的照片", "把之前的文档移到 archive", "把差不多的照片移到 archive", "把好看的照片移到 archive", "把模糊的照片删掉",
    "把重要的文件锁上", "删掉一部分照片", "删除一半的照片", "把剩下的pdf删了", "把上面的图片删了", "删除刚才的照片", "把这几张照片移到 archive",
    "删掉垃圾邮件", "把大文件删了", "删除小图片", "把太大的视频删掉", "把过期的合同删掉", "把草稿都删了", "把空文件夹删了", "把已经看过的论文移到 archive",
    "把没看过的论文移到 reading", "把妈妈的照片移到 archive", "把横屏的照片都删了", "把去年的一些照片删了", "删除最近的截图", "锁定重要的表格",
    "把新的表格移到 archive", "把旧的压缩包删掉", "删除不用的脚本", "把左右两张照片删了", "删除里面的照片", "把所有不是pdf的文件删了", "删除 Photos 里的一些图片",
    "把 Papers 里看完的论文移到 archive", "把 inbox 里处理过的邮件删了", "把 inbox 里重要的邮件锁定", "把 old 里没用的文件删了",
    "删除 Photos 里重复的照片", "把 Documents 里的旧表格删了", "把 archive 里大的压缩包删了", "把 code 里有错的脚本删了", "把昨天拍坏的照片删了",
    "把昨天不要的截图删了", "把上周没用的截图删掉", "删除上周的垃圾邮件", "删除大概10M以上的视频",
]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        *_FEATURES, *_QUESTIONS, *_BARE, *_NO_LINK, *_PARTS, *_UNPACKED, *_LATER, *_TOLD, *_PLACES, *_VAGUE,
    ],
)  # fmt: skip
def test_is_no_act(text: str) -> None:
    try:
        plan = trained_parser().parse(text, "test")
    except LsfsError:
        return
    assert not plan.changes_something(), plan.operations


@pytest.mark.parametrize("text", ["取消第二个", "删除第二个"])
def test_what_is_shown_is_no_link(text: str) -> None:
    try:
        plan = trained_parser().parse(text, "test", ["draft.txt", "aios.txt"])
    except LsfsError:
        return
    assert [one.op for one in plan.operations] == ["remove"]


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("在 todo.txt 末尾追加：draft.txt 要改，删除 plan.md", "draft.txt 要改，删除 plan.md"),
        (
            "todo.txt 加一行：买牛奶，然后把 cv.pdf 移到 archive",
            "买牛奶，然后把 cv.pdf 移到 archive",
        ),
        ("往 todo.txt 里加一条：plan.md", "plan.md"),
        ("todo.txt 末尾补一句：不要删除 draft.txt", "不要删除 draft.txt"),
        ("在 todo.txt 里记一笔: 撤销订单；删除 aios.txt", "撤销订单；删除 aios.txt"),
    ],
)
def test_text_after_a_colon_is_written_and_not_obeyed(text: str, body: str) -> None:
    operations = trained_parser().parse(text, "test").operations
    assert [(one.op, getattr(one, "text", None)) for one in operations] == [("append", body)]
