package spoken

import (
	"slices"
	"testing"
	"unicode/utf8"
)

func TestControlsAreRecognised(t *testing.T) {
	for want, all := range map[[2]string][]string{
		{"faster", ""}: {
			"Faster.", "faster!", "Say it faster", "speed up", "Speed up a bit, please.", "a bit faster", "Even faster.",
			"could you please speak a little faster", "Could you speak a little bit faster, please?", "OK, a lot faster now", "Go faster.", "more quickly", "Faster, faster!", "Too slow.",
			"说快一点", "快点", "快一點", "请说快一点", "你能不能讲快点儿", "能不能說快一點嗎？", "语速快一点", "再快一点", "加快语速", "稍微快一些好吗", "請講快一點，謝謝", "快一点说", "太慢了", "调快一点",
			"快点快点", "快点，快点！", "快點快點", "快一点快一点快一点", "请说快一点快一点", "快点，再快点吧", "太慢了太慢了",
		},
		{"slower", ""}: {
			"slower", "Slow down.", "slow down a little", "Can you talk a bit slower?", "more slowly please", "Not so fast!", "You're too fast.",
			"慢一点", "慢點", "说慢一点", "请你说慢点好吗", "說慢一點", "放慢语速", "慢下来", "慢點說", "太快了！",
			"慢点慢点", "慢點慢點", "慢一点，慢一点", "慢点慢点好吗",
		},
		{"louder", ""}: {"louder", "Speak up, please.", "a little louder", "turn up the volume", "Volume up.", "Turn the volume up a bit", "Turn it up.", "be louder", "too quiet", "大声说", "把声音调大一点", "大声一点", "大聲一點", "大点声", "声音大一点", "音量大一点", "請大聲點"},
		{"softer", ""}: {"softer", "quieter please", "Speak more quietly.", "turn down the volume", "Could you be quieter?", "too loud", "lower your voice", "小声说", "小声点", "小聲一點", "声音小一点", "轻一点", "小声点小声点"},
		{"normal", ""}: {"normal speed", "Back to normal speed.", "Speak at normal pace please", "正常速度", "恢复正常速度", "正常語速"},
		{"again", ""}: {
			"again", "Again, please.", "Repeat that.", "say that again", "Could you say it again?", "one more time", "What did you say?", "Can you repeat that please?", "once more",
			"再说一遍", "再說一次", "请再说一遍", "能再讲一遍吗", "重复一遍", "再来一次", "再说一遍再说一遍",
		},
		{"skip", ""}: {"skip", "Next.", "skip this", "Skip to the next sentence", "跳过", "跳過這句", "跳过这一句", "下一句话", "下一句", "下一个", "跳过跳过"},
		{"stop", ""}: {
			"stop", "STOP!", "Be quiet.", "shut up", "never mind", "Nevermind.", "Okay, stop.", "Stop talking, please", "That's enough.", "quiet", "Stop. Stop. Stop!",
			"停", "停！", "停，停，停！", "停下来", "能停吗", "停下好吗", "别说了", "不要說了", "闭嘴", "安静", "安靜點", "算了", "停止朗读", "算了算了", "别说了别说了",
			"pause", "Pause.", "Please pause.", "pause it", "pause reading", "暂停", "暫停", "暂停一下", "先暂停", "请暂停朗读", "暂停暂停", "能暂停吗",
		},
		{"converse", ""}: {"Let's talk.", "Okay, let's chat!", "let’s have a conversation", "Start a conversation, please.", "我们聊聊", "我們聊聊吧", "来聊聊天吧", "咱们聊一聊", "开始对话"},
		{"goodbye", ""}: {
			"Goodbye.", "good bye", "Bye!", "Bye-bye.", "Okay, bye for now.", "Thanks, bye.", "Thank you, goodbye!", "See you later.", "Stop listening.", "End the conversation, please.",
			"再见", "再見！", "好的，再见", "谢谢，再见。", "拜拜", "拜拜啦", "结束对话", "不聊了", "先聊到这里吧", "下次再聊",
		},
		{"voice", ""}: {
			"another voice", "Use another voice", "Change the voice.", "change your voice please", "a different voice", "Could you use a different voice?", "switch voices", "next voice",
			"换个声音", "換個聲音", "换一个声音", "另一个声音", "请换一种声音", "用别的声音",
		},
		{"voice", "nova"}:  {"use the voice nova", "Voice Nova.", "Use the Nova voice", "switch to nova's voice", "Change the voice to Nova.", "Use a voice called nova", "switch your voice to nova", "用nova的声音", "用 Nova 的聲音說", "换成 nova"},
		{"voice", "bella"}: {"use the voice bella", "Switch to the voice called Bella."},
		{"speed", "1.5"}:   {"speed one point five", "Speed 1.5.", "one and a half times speed", "Set the speed to 1.5", "1.5x speed", "1.5倍速", "一点五倍速", "语速1.5", "速度调到一點五"},
		{"speed", "2"}:     {"double speed", "twice as fast", "double the speed", "speed two", "两倍速", "2倍速度"},
		{"speed", "2.5"}:   {"speed three", "9倍速"},
		{"speed", "0.5"}:   {"half speed", "speed zero point five", "speed 0.2"},
	} {
		for _, said := range all {
			if name, value, ok := Control(said); !ok || name != want[0] || value != want[1] {
				t.Errorf("%q: %q %q %v, want %q", said, name, value, ok, want)
			}
		}
	}
}

func TestQuestionsAreNoControls(t *testing.T) {
	for _, said := range []string{
		"", " ", "?", "how do I make this loop faster?", "what does stop mean here", "again, why is it null?", "Why is it slower?", "make it faster",
		"Can you make this faster?", "stop the container", "How do I stop it?", "Which one is faster?", "is the next voice louder", "skip the tests",
		"let's talk about the error", "let's chat about it", "start the conversation server", "how do I say goodbye in French", "what does goodbye mean", "say goodbye", "see you in the logs", "end the conversation thread in Slack", "stop listening on port 80",
		"聊", "我们聊聊这个错误", "再见用英语怎么说", "再见吗", "结束对话框", "开始聊天程序", "明天见谁",
		"next step", "What's next?", "what is the normal speed of light", "repeat the last command", "cancel the build", "Should I cancel?",
		"volume", "mount the volume", "speed", "what speed", "speed limit", "the speed is 5", "speed five hundred", "speed 100", "internet speed", "voice recognition", "use voice input", "Use the voice recognition.",
		"the other voice says what", "voice", "use nova", "Is nova a voice?", "never mind the warning, why does it fail", "quiet mode", "a different approach", "louder than what",
		"use voice mode", "use a voice assistant", "use the voice memo", "use voice over", "use the voice of reason", "use voice chat", "change the voice to mono", "speed of 5", "it's too slow", "stop how", "stop the server how",
		"read this", "read it to me", "say hello", "speak German", "go", "please", "can you", "thank you", "no", "a bit", "use the",
		"快吗", "快了吗", "快了", "停了吗", "停止了吗", "停了", "速度快吗", "速度慢吗", "声音大吗", "聲音大嗎？", "够了吗", "可以停了吗", "重复吗", "重複了嗎", "跳过吗", "正常速度吗", "加速了吗", "2倍速吗", "安静吗", "下一个吗", "用echo", "改用 echo 吗",
		"怎么让这个循环快一点", "太快了吗为什么", "为什么这么慢", "停止按钮在哪里", "再说一遍为什么是空", "这个声音是什么", "下一步", "下一步怎么做", "大", "小", "点", "五", "用python", "用python说", "你能看到什么", "怎么停", "安静模式", "pause the video", "How do I pause it?", "pause button", "暂停了吗", "暂停按钮在哪里", "怎么暂停", "暂停视频", "快点慢点", "1.5倍速2倍速", "好", "请", "能吗", "速度", "两倍",
	} {
		if name, value, ok := Control(said); ok {
			t.Errorf("%q was taken for %q %q", said, name, value)
		}
	}
}

func FuzzControl(f *testing.F) {
	for _, s := range []string{"speak a bit faster, please", "use the voice nova", "speed one point five", "再说一遍", "1.5倍速", "\xff’.1."} {
		f.Add(s)
	}
	names := []string{"faster", "slower", "louder", "softer", "normal", "again", "skip", "stop", "voice", "speed", "converse", "goodbye"}
	f.Fuzz(func(t *testing.T, said string) {
		name, value, ok := Control(said)
		switch {
		case !ok && name+value != "":
			t.Errorf("%q: %q %q", said, name, value)
		case !ok:
			return
		case !slices.Contains(names, name) || utf8.RuneCountInString(said) > longestControl:
			t.Errorf("%q was taken for %q", said, name)
		case value != "" && name != "voice" && name != "speed", value == "" && name == "speed":
			t.Errorf("%q: %q %q", said, name, value)
		}
		if _, _, again := Control(said + " because"); again && value == "" {
			t.Errorf("%q is a control with more behind it", said)
		}
	})
}
