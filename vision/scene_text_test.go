package vision_test

import "strings"

// What scenes are written with. The order is drawn by lot, so that nobody reads
// what he expects instead of what is there.
const (
	englishWords = `about above account across address after again against agreed almost along already although amount animal
another answer appear around arrive autumn balance before begin behind believe below between bottle bottom branch
bread bridge bright broken brother building business butter button candle capital careful carry castle centre certain
chance change chapter charge cheese children choose circle clean clear climb clothes cloud coffee collect colour common
company complete consider contain continue copper corner cotton country course cover cross daily danger daughter decide
degree depend describe desert design detail develop different dinner direct discover distance divide doctor double
drawing during early earth easily eastern either eleven engine enough entire evening every exact example except expect
explain express family famous farmer father figure final finger finish fishing flight floor flower follow foreign forest
forward fresh friend front garden gather general gentle glass golden ground group happen harbour hardly health heavy
history holiday hospital hotel hour however hundred husband important include increase indeed industry inside instead
interest island journey judge kitchen knowledge language large later laugh learn leather leave length letter level library
light limit listen little machine manner market master matter measure member metal middle minute mirror modern moment
money month morning mother motion mountain music narrow nation natural nearly needle neither never noise north nothing
notice number object observe office often opinion orange order other outside paper parent particular party pattern people
perfect perhaps person picture piece plain planet plant pocket point position possible powder power present pretty
probable process produce promise proper provide public purpose quality quarter question quick quiet quite railway raise
rather reach ready reason receive record regular remain remember repeat reply report request return rhythm right river
round sample school science season second secret section sentence separate serious seven several shadow shape sharp
shoulder silver simple single sister sleep small smooth social soldier sound southern special spring square station steady
still stone story straight strange street strong student subject substance sudden suggest summer supply support surface
surprise system table teacher temper theory thick thing though thought thousand through thunder tomorrow together
touch toward travel trouble twelve under until usual valley value various village visit voice water weather weight western
whether which white whole window winter wisdom without woman wonder wooden worker writing yellow yesterday young`

	programWords = `buffer cache client cluster commit config context counter cursor decode default delay device driver encode
endpoint entry error event field filter flag flush frame handle handler header index input journal kernel layer ledger
limit listen loader lock mapper marker merge method metric module mutex node offset option output packet parser payload
permit pointer policy pool prefix probe proxy queue quota reader record region registry relay remote render replica request
resolve result retry router sampler scanner schema scope server session shard signal snapshot socket source stage state
status store stream string struct syntax target thread ticket timeout token trace tracker update upload vector version
volume watcher window worker writer`

	hanWords = `时间 工作 问题 学生 城市 公司 社会 历史 经济 文化 自然 科学 技术 教育 环境 健康 生活 音乐 电影 旅行 早上 晚上
春天 夏天 秋天 冬天 北方 南方 山水 河流 森林 海洋 空气 阳光 月亮 星星 朋友 家庭 父母 孩子 老师 医生 工人 农民 作家 记者
市场 商店 银行 医院 学校 车站 机场 公园 图书 报纸 新闻 消息 电话 网络 软件 数据 系统 程序 文件 屏幕 键盘 声音 图片 颜色
红色 白色 黑色 蓝色 开始 结束 继续 停止 发现 发展 提高 改变 增加 减少 选择 决定 解决 研究 讨论 参加 帮助 支持 保护 管理
认为 希望 相信 知道 理解 记得 忘记 学习 练习 使用 建立 生产 出现 经过 需要 可以 应该 必须 非常 特别 比较 已经 正在 常常
因为 所以 但是 如果 虽然 而且 或者 首先 然后 最后 国家 世界 人民 政府 法律 制度 方法 原因 结果 条件 机会 能力 经验 水平
质量 数量 价格 成本 收入 计划 目标 方向 过程 阶段 部分 整体 中心 地区 道路 桥梁 建筑 房屋 门窗 桌子 衣服 食品 水果 蔬菜`

	paths = `/usr/lib/systemd/system /var/log/journal/remote /etc/network/interfaces /home/ada/projects/relay /srv/backup/daily
/opt/tracker/config/main.toml /usr/share/doc/parser /var/cache/render/frames /home/ada/notes/thursday.txt /tmp/build/output`
)

func list(words string) []string { return strings.Fields(words) }
