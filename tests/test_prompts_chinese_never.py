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
    "把 plan.md 的名字删掉", "删除 plan.md 的分享按钮", "删除 cv.pdf 的作者", "把 q3-report.docx 里的表格移到 archive",
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
_NO_ORDER = [
    "draft.txt 删还是留", "我打算删 draft.txt", "我准备把 draft.txt 移到 archive", "他让我删除 draft.txt", "她叫你把 draft.txt 删掉",
    "老师要求把 draft.txt 删除", "听说 draft.txt 被删除了", "昨天删除的 draft.txt", "刚才删掉的 draft.txt 呢", "draft.txt 删除失败",
    "draft.txt 删除成功了吗", "删除 draft.txt 失败了", "无法删除 draft.txt", "怎么也删不掉 draft.txt", "删除 draft.txt 需要多久",
    "删除 draft.txt 之前先问我", "删除 draft.txt 前备份", "除了删除 draft.txt 还能做什么", "与其删除 draft.txt 不如移动",
    "假如我删除 draft.txt 会怎样", "请不要再删除 draft.txt", "请停止删除 draft.txt", "取消删除 draft.txt", "撤销删除 draft.txt 的操作",
    "不必把 draft.txt 移到 archive", "暂时不删 draft.txt", "draft.txt 暂不删除", "draft.txt 禁止删除", "draft.txt 请勿删除",
    "draft.txt 谁删谁负责", "把 draft.txt 删除的记录", "把 draft.txt 移动的历史", "把 draft.txt 删了又恢复", "把 draft.txt 移到 archive 的步骤",
    "锁定 cv.pdf 的原因", "锁定 cv.pdf 的方法", "分享 cv.pdf 的链接在哪", "翻译 plan.md 的软件", "重命名 draft.txt 的规则",
    "合并 X1.txt 和 X2.txt 的结果", "复制 plan.md 的时间", "移动 plan.md 的人", "cv.pdf 分享给老王", "把 cv.pdf 分享给老王",
    "把 cv.pdf 共享给财务部的人", "只让小李看 cv.pdf", "不让任何人看 cv.pdf", "谁也不能看 cv.pdf", "给小李打开 cv.pdf 的权限",
    "让我看看 cv.pdf 能不能改", "cv.pdf 能改吗", "cv.pdf 锁着吗", "cv.pdf 解锁了没有", "plan.md 应该锁起来", "plan.md 最好锁上",
    "建议锁定 plan.md", "需要锁定 plan.md 吗", "plan.md 锁定后怎么办", "把 plan.md 锁到今晚", "把 plan.md 第三行删掉",
    "把 plan.md 的第三行删掉", "删掉 plan.md 前两行", "删除 plan.md 里的空格", "删除 plan.md 中重复的行", "把 plan.md 里的错别字改掉",
    "把 plan.md 里的日期改成今天", "把 plan.md 里的“a”和“b”换成“c”", "plan.md 里的“a”不要换成“b”", "把 plan.md 的标题改成“计划”",
    "把 plan.md 标题改为计划", "把 plan.md 的格式改成 markdown", "把 plan.md 的编码改成 utf-8", "把 plan.md 的权限改成 755",
    "把 plan.md 的时间改成昨天", "把 plan.md 的作者改成张三", "把 plan.md 的字体改大", "把 plan.md 改短一点", "把 plan.md 改成三段",
    "把 draft.txt 改成 plan.md 的格式", "把 draft.txt 按 plan.md 改", "把 draft.txt 移到 plan.md 里", "把 draft.txt 移到 plan.md 所在的文件夹",
    "把 draft.txt 移到和 plan.md 一样的地方", "把 draft.txt 放在 archive 旁边", "把 draft.txt 移到 archive 但保留一份",
    "把 draft.txt 移到 archive 改名", "把 draft.txt 移出 archive", "把 draft.txt 移走", "把 draft.txt 移开",
    "把 draft.txt 复制", "复制 draft.txt", "备份 plan.md", "把 plan.md 备份一下", "把照片都备份", "把 invoice 移到 archive",
    "把 archive 和 old 合并", "把 Photos 里的照片合成一个相册", "把 Papers 里的论文合并成一个文件", "把 draft.txt 和 aios.txt 交换名字",
    "把 draft.txt 替换成 aios.txt", "用 aios.txt 替换 draft.txt 中的内容", "把 draft.txt 恢复出厂设置", "把 draft.txt 恢复到最初",
    "把 draft.txt 恢复到删除之前", "把 draft.txt 恢复到我改之前", "把 draft.txt 恢复到开会前", "恢复 draft.txt 的格式",
    "恢复 draft.txt 第一段", "恢复被删的第一段", "撤销 draft.txt 的分享次数", "撤销对所有文件的修改", "撤销上周的操作", "撤销最近三次操作",
    "撤销一半", "再撤销两次", "重做三次", "把刚才的撤销了吗", "新建文件", "新建文件夹", "新建两个文件夹", "新建三个文件 a b c", "在 todo.txt 里新建一个文件夹",
    "在桌面新建文件夹 abc", "新建一个和 plan.md 一样的文件", "新建一个word", "写一篇关于春天的作文", "写一封信给房东", "在 plan.md 里写总结",
    "给 plan.md 写个摘要放在开头", "往 plan.md 开头加一行“标题”", "在 plan.md 第二行后面插入“abc”", "在 plan.md 中间加一句“abc”",
    "把 “abc” 插入到 plan.md 第一行", "把“abc”加到 plan.md 的标题里", "把“abc”从 plan.md 移到 draft.txt", "把 plan.md 的最后一段移到 draft.txt",
    "把 plan.md 的内容追加到 draft.txt 开头", "把 draft.txt 和 aios.txt 的差异写到 diff.txt", "把搜索结果删掉", "把搜索结果保存到 result.txt",
    "把列表导出到 list.csv", "把 Papers 压缩成 papers.zip", "给照片按人脸分组", "把 Photos 按颜色分组", "把文件按重要性分类",
    "删除 旅行 组里的文件", "把 draft.txt 加到 旅行 组", "把 draft.txt 从 旅行 组移除", "解散所有组", "取消所有分享", "关闭分享",
    "停止共享 cv.pdf 给老板", "取消 cv.pdf 的分享对象", "把链接关了", "给 cv.pdf 的链接续期", "分享 cv.pdf 和 plan.md", "分享 Documents 里的所有文件",
    "分享 cv.pdf 到微信", "分享 cv.pdf 一次", "分享 cv.pdf 到明年", "分享 cv.pdf 直到我取消",
]  # fmt: skip
_NOUNS_AND_TALES = [
    "移动到 archive 的照片", "复制到 old 的文件", "昨天移到 archive 的照片", "去年的照片移到哪里了", "去年的照片应该移到 archive",
    "去年的照片已经移到 archive", "去年的照片还没移到 archive", "去年的照片要不要移到 archive", "去年的照片不用移到 archive", "去年的照片等我移到 archive",
    "去年的照片怎么移到 archive", "上周的邮件删除了吗", "上周的邮件删除后能恢复吗", "上周的邮件误删除", "inbox 里去年的邮件删掉会怎样", "inbox 里去年的邮件能删掉",
    "inbox 里去年的邮件不能删掉", "inbox 里去年的邮件别删掉", "inbox 里去年的邮件已删除", "old 里的文件被谁删掉", "draft.txt 不要了吗，删了",
    "draft.txt 还要，不要删", "draft.txt 不用了我自己删", "draft.txt 没用了，要删吗", "draft.txt 没用了，你觉得呢", "draft.txt 过期了，怎么删",
    "draft.txt 写完了，帮我看看", "draft.txt 改好了，不用恢复", "plan.md 改坏了，怎么办", "plan.md 改坏了，怎么恢复", "plan.md 可以改了吗",
    "cv.pdf 可以改了，谢谢", "照片，不要删", "照片，删不删", "照片，删了可惜", "照片，锁在柜子里", "文件，移动硬盘里的", "电影，移动版", "合同，复制件",
    "房子的合同，复印件", "手机照片备份", "出租房合同备份", "数据库备份到 old 的脚本", "备份到网盘的照片", "合并单元格的表格", "项目合并方案", "公司合并案例",
    "分组讨论的笔记", "按主题分组的笔记", "分享会的录音", "分享经验的文章", "链接失效的网页", "锁定期满的基金", "解锁手机的教程", "恢复训练的计划",
    "恢复期饮食", "撤销合同的协议", "撤销判决申请书", "重做手术的病历", "重命名工具", "翻译练习", "翻译成英文的合同", "总结大会的照片", "新建小区的规划图",
    "新建文件夹里的东西", "创建于去年的表格", "追加预算的申请", "追加投资的合同", "写给妈妈的信", "写了一半的小说", "记录生活的视频", "加班记录", "加油站发票",
    "补课的录音", "换房的合同", "换成人民币的表格", "改成英文的简历", "改名申请表", "删除线怎么打", "删减版电影", "移民材料", "移动通信的论文",
    "搬家清单", "放假通知", "存款证明", "归还图书的通知", "丢失证明", "扔掉的旧衣服的照片", "锁的照片", "开锁公司的电话", "解除合同的模板", "取消订单的邮件",
    "取消航班的通知", "关闭账户的申请", "停止服务的通知", "收回房屋的通知", "变更登记表", "回到拉萨的歌", "还原真相的纪录片", "回滚事务的笔记", "备忘录",
    "副本攻略", "先锁定再分享的流程", "把手的设计图", "将军的照片", "给水工程的图纸", "给孩子的信", "在职证明", "到期的保险", "从化旅游的照片",
    "并购案例", "再生资源的报告", "然后呢", "接着说", "最后一次旅行的照片", "顺便问一下", "另外一份合同", "同时期的论文", "把妹攻略", "将来的计划",
]  # fmt: skip
_OTHER_WORK = [
    "draft.txt 不要了的话删了", "draft.txt 没用了才删", "draft.txt 作废了，谁删", "把 draft.txt 移到 archive，不对，移到 old",
    "把 draft.txt 移到 archive，算了", "把 draft.txt 移到 archive，还是别了", "删掉 draft.txt，等等，先别删", "把 cv.pdf 锁上，不，解锁",
    "先删 draft.txt，不行就删 aios.txt", "删除 draft.txt 或 aios.txt", "把 draft.txt 或者 aios.txt 移到 archive",
    "只删除 draft.txt 的备份", "只保留 draft.txt", "除 draft.txt 外全删", "保留最新的三个，其余删除", "删除其他照片", "把其余的照片移到 archive",
    "除了最新的都移到 archive", "把 Photos 里除了 beach.jpg 的照片删了", "把 Photos 里非 jpg 的文件删了", "把不在 Papers 里的 pdf 删了",
    "把比 cv.pdf 大的文件删了", "把和 cv.pdf 同名的文件删了", "把跟 cv.pdf 重复的删了", "把 cv.pdf 类似的文件删了", "把 draft.txt 改回原名",
    "把 draft.txt 重命名为日期", "给所有照片按日期重命名", "把照片都重命名为 a.jpg", "把文件名里的空格去掉", "把文件名改成小写", "把 Papers 里的文件名都加上前缀",
    "批量重命名 Photos", "把 draft.txt 拆成两个文件", "把 plan.md 的内容清空", "清空 draft.txt", "清空回收站", "清空 inbox",
    "把 inbox 清空", "把 inbox 里的东西都清了", "腾点空间", "把磁盘清一清", "整理 inbox", "把 inbox 整理一下", "把照片整理好",
    "把 Documents 归档", "归档 Documents", "压缩 Photos", "把 Photos 打包发给我", "把 cv.pdf 打印两份", "把 cv.pdf 上传到网盘",
    "把 cv.pdf 用邮件发给 hr", "把 cv.pdf 转成 word", "把 slides.pptx 导出为 pdf", "把 wedding.jpg 缩小一半",
    "把 wedding.jpg 裁剪一下", "给 wedding.jpg 加个滤镜然后移到 archive", "把 plan.md 里的表格导出", "把 plan.md 的待办移到 todo.txt",
    "把 todo.txt 里完成的删掉", "把 todo.txt 里的“买牛奶”标记为完成", "todo.txt 里的第一条完成了", "把 todo.txt 的顺序倒过来",
    "todo.txt 按字母排序", "给 todo.txt 去重", "往 plan.md 里粘贴剪贴板", "在 plan.md 里加一张图", "在 plan.md 里加入 beach.jpg",
    "把 beach.jpg 插入到 plan.md", "把 beach.jpg 设为封面", "把 beach.jpg 加入收藏", "把 beach.jpg 置顶", "给 beach.jpg 打标签",
    "给 beach.jpg 加标签“海”", "把 beach.jpg 标记为重要", "隐藏 beach.jpg", "把 beach.jpg 隐藏起来", "加密 Documents",
    "给 Documents 设密码", "把 cv.pdf 的密码改成 1234", "解密 cv.pdf", "修复 cv.pdf", "更新 plan.md", "刷新 inbox",
    "同步 Photos", "监视 inbox", "运行 parser.py", "执行 main.c", "编译 main.c", "安装 parser.py", "关闭 plan.md",
    "保存 plan.md", "另存 plan.md", "提交 plan.md", "审核 plan.md", "签署 cv.pdf", "朗读 plan.md 并录音", "把 plan.md 交给小王",
    "把 plan.md 拿去打印", "把 plan.md 放好", "把 plan.md 收起来", "把 plan.md 处理一下", "把 plan.md 搞定", "把 plan.md 弄到 archive 好不好看",
    "恢复", "还原", "还原一下", "锁定", "锁上", "解锁", "分享", "分享一下", "翻译", "合并", "复制", "移动", "重命名", "删",
    "删了", "删除一下", "都删了", "全删了", "撤销所有", "确定", "是的，删除", "好，删吧", "同意",
]  # fmt: skip
_UNSEEN = [
    "把 draft.txt 从 archive 移回来", "把 draft.txt 从分享里移除", "把 draft.txt 从列表里删掉", "从 Papers 里把论文移到 reading，除了草稿",
    "从 plan.md 把第一段移到 draft.txt", "从 Photos 把照片删了一半", "从今天起把 draft.txt 锁上", "从明天开始每天备份 plan.md 到 archive",
    "不小心删了 draft.txt，怎么办", "不小心改坏了 plan.md", "不小心改坏了 plan.md，你看看", "我把 plan.md 改坏了", "我把 plan.md 改坏了，别恢复",
    "我写过的文章都删了", "把写过的文章删了", "把下载的视频移到 archive", "把收到的邮件删了", "把看过的电影都删掉", "把用过的脚本移到 old", "把拍的照片移到 archive",
    "把有用的文件移到 archive", "把我要的文件移到 archive", "把刚才说的文件移到 archive", "把上面提到的文件删掉", "把找到的文件删掉", "把搜到的都移到 archive",
    "把选中的文件删了", "把打开的文件锁上", "找到关于税务的文件，然后把它们锁定，最后删除", "搜索猫的照片，把不好看的删掉", "列出 inbox，把里面的文件删了",
    "打开 Photos，删掉里面的照片", "看看 old 里有什么，没用的删掉", "总结 attention.pdf，写到 summary.txt 里", "翻译 landlord.docx 并保存为 en.docx",
    "把 draft.txt 移到 archive，然后把 archive 删掉吗", "把 a.txt 移到 archive 再移到 old 再删除？", "先把 draft.txt 移到 archive，再把它移回来",
    "新建文件夹 A，把所有东西移进去", "把 A 移到 B", "把它移到 archive", "把这些移到 archive", "把这个文件删掉", "删掉那个", "锁定这个",
    "分享它", "翻译它", "总结它并删除", "把上一个删了", "把第一个和第三个移到 archive", "create 一个文件夹", "delete 它", "delete 掉所有",
    "move 到 archive", "把 draft.txt delete 了吗", "不要 delete draft.txt", "don't delete draft.txt 谢谢",
    "please 不要 move draft.txt", "remove 不了 draft.txt", "rename 一下", "copy 一份", "把 draft.txt share 给老王",
    "把 cv.pdf lock 了没", "明天再 delete draft.txt", "if draft.txt 没用就 delete", "draft.txt 删了？",
    "把 draft.txt 移到 archive？", "cv.pdf 锁上？",
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
        *_FEATURES, *_QUESTIONS, *_BARE, *_NO_LINK, *_PARTS, *_UNPACKED, *_LATER, *_TOLD, *_PLACES, *_VAGUE, *_NO_ORDER, *_NOUNS_AND_TALES, *_OTHER_WORK, *_UNSEEN,
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
