package spoken

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// longestControl is beyond what any control takes, in runes.
const longestControl = 80

// Control recognises the speech controls in what the user said, in English and
// in Chinese: faster, slower, louder, softer, normal, again, skip, stop (a pause
// is one, too), speed with a factor, voice with a name, or without one for
// another voice, converse, which begins a conversation without hands, and
// goodbye, which ends it.
//
// A control is the whole utterance and nothing else. One that is missed costs
// the user a second try; a question that is taken for one is lost.
func Control(said string) (name, value string, ok bool) {
	if utf8.RuneCountInString(said) > longestControl {
		return "", "", false
	}
	said = plain(said)
	if asks(said) {
		return "", "", false
	}
	for _, c := range controls() {
		m := c.pattern.FindStringSubmatch(said)
		if m == nil {
			continue
		}
		if c.value == nil {
			return c.name, "", true
		}
		if value = c.value(strings.TrimSpace(strings.Join(m[1:], ""))); value != "" {
			return c.name, value, true
		}
	}
	return "", "", false
}

// asks reports whether Chinese words that end like a question are one:
// "停了吗", but neither "能停吗" nor "停下好吗".
func asks(said string) bool {
	stem := strings.TrimRight(said, "吗嗎")
	if stem == said {
		return false
	}
	polite := strings.HasSuffix(stem, "好") || strings.HasSuffix(stem, "行") || strings.HasSuffix(stem, "可以")
	return strings.HasSuffix(stem, "了") || !polite && !canPattern().MatchString(stem)
}

// plain is what was said in lower case without punctuation, and without words
// that are only said again. Spaces beside Chinese characters say nothing.
func plain(said string) string {
	runes := []rune(strings.ToLower(strings.ReplaceAll(said, "’", "'")))
	for i, r := range runes {
		decimal := r == '.' && i > 0 && i+1 < len(runes) && unicode.IsDigit(runes[i-1]) && unicode.IsDigit(runes[i+1])
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && r != '\'' && !decimal {
			runes[i] = ' '
		}
	}
	words := slices.Compact(strings.Fields(string(runes)))
	var b strings.Builder
	for i, w := range words {
		first, _ := utf8.DecodeRuneInString(w)
		if i > 0 && !ideographic(first) && !endsIdeographic(words[i-1]) {
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	return b.String()
}

// ideographic reports whether r is of a script without spaces.
func ideographic(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

func endsIdeographic(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return ideographic(r)
}

// control is a way to say one. value makes its value of what the pattern's
// groups hold, "" if that is none.
type control struct {
	name    string
	pattern *regexp.Regexp
	value   func(string) string
}

// The courtesies around a control in English, and how much of it is asked for.
const (
	before = `^(?:(?:hey|ok|okay|aside|please|just|now|well|um|uh|no) )*(?:(?:could|can|would|will) you )?(?:(?:please|just) )*`
	behind = `(?: (?:please|now|for me|aside|thanks|thank you))*$`
	degree = `(?:(?:a little bit|a bit|a little|a lot|slightly|somewhat|even|much|way) )?`
	toll   = `(?: (?:a little bit|a bit|a little|a lot|some more))?` // the same, said last
	speak  = `(?:(?:speak|talk|read|say|go|be)(?: (?:it|that|this))? )?`
	too    = `(?:(?:you're|you are) )?too `
	take   = `(?:use|try|take|change to|switch to|speak with|speak in|talk in|talk with) `
	voices = `(?:the |your |a |an )?(?:other |another |different |new )?voice`
)

// The same in Chinese, simplified and traditional.
const (
	hanPlease = `请|請|麻烦|麻煩|帮我|幫我|给我|給我|你|您|那|好的|好|嗯|哎|喂`
	hanCan    = `能不能|可不可以|可以|能`
	hanBefore = `^(?:` + hanPlease + `|` + hanCan + `)*`
	hanBehind = `(?:好不好|好吗|好嗎|行吗|行嗎|可以吗|可以嗎|谢谢你?|謝謝你?|吗|嗎|吧|啊|呀|啦)*$`
	hanMore   = `(?:(?:一?[点點](?:儿|兒)?|一?些|一下))?`
	hanPace   = `(?:语速|語速|速度)(?:调到|調到|设为|設為|改成|改为|改為)?`
	hanFactor = `([0-9.一二两兩三四五六七八九半零点點]+)`
	hanVolume = `(?:把)?(?:你的|你)?(?:声音|聲音|音量)(?:调|調|再|稍微|更)*`
	hanSpeak  = `(?:(?:你的|你)?(?:语速|語速|速度|声音|聲音))?(?:[说說讲講读讀念唸](?:话|話)?[得的]?)?(?:再|稍微|更)?(?:调|調)?`
	hanSay    = `[说說讲講读讀念唸]?`
)

// canPattern finds that something is asked for.
var canPattern = sync.OnceValue(func() *regexp.Regexp { //nolint:gochecknoglobals // constant
	return regexp.MustCompile(`^(?:` + hanPlease + `)*(?:` + hanCan + `)`)
})

var controls = sync.OnceValue(func() []control { //nolint:gochecknoglobals // constant, and takes 2 ms to compile
	english := func(name, body string, value func(string) string) control {
		return control{name, regexp.MustCompile(before + `(?:` + body + `)` + behind), value}
	}
	chinese := func(name, body string, value func(string) string) control {
		body = `(?:` + body + `)`
		if value == nil {
			body += `+` // who is in a hurry says it twice
		}
		return control{name, regexp.MustCompile(hanBefore + body + hanBehind), value}
	}
	return []control{
		english("faster", speak+degree+`(?:faster|quicker|more quickly)|speed up`+toll+`|speed up (?:the|your) (?:voice|speech)|`+too+`slow`, nil),
		english("slower", speak+degree+`(?:slower|more slowly)|slow down`+toll+`|slow down (?:the|your) (?:voice|speech)|not so fast|`+too+`fast`, nil),
		english("louder", speak+degree+`(?:louder|more loudly)|speak up`+toll+`|volume up|turn up the volume|turn (?:the volume|your voice|it) up`+toll+`|`+too+`(?:quiet|soft)`, nil),
		english("softer", speak+degree+`(?:softer|quieter|more softly|more quietly)|not so loud|volume down|turn down the volume|turn (?:the volume|your voice|it) down`+toll+`|lower your voice|`+too+`loud`, nil),
		english("normal", `(?:(?:go )?back to |(?:speak |talk |read )?at )?(?:the )?(?:normal|regular) (?:speed|pace)|reset the speed`, nil),
		english("again", `again|once more|(?:one more|another) time|(?:say|read) (?:it|that|this) (?:again|once more|one more time)|repeat|repeat (?:it|that|this|the answer|yourself)(?: again)?|come again|what did you say|pardon`, nil),
		english("skip", `skip|skip (?:it|this|that|ahead|this one|that one|this sentence|that sentence|(?:to )?the next(?: one| sentence)?)|next|next (?:one|sentence)`, nil),
		english("stop", `stop|stop (?:it|that|talking|speaking|reading|now)|pause|pause (?:it|that|now|reading|talking|speaking)|be quiet|quiet|keep quiet|be silent|silence|shut up|hush|never ?mind|forget it|cancel|cancel that|enough|that's enough|that is enough|(?:you can|you may) stop(?: now)?`, nil),
		english("converse", `let's (?:have a )?(?:talk|chat|conversation)|(?:start|begin) (?:a|the|our) conversation`, nil),
		english("goodbye", `(?:(?:thanks|thank you|great|alright|all right) )?(?:good ?bye|bye)(?: for now)?|see you(?: later| soon| tomorrow)?|talk to you later|(?:end|finish|leave) (?:the|this|our) conversation|stop listening`, nil),
		english("voice", `(?:use |try |take |change to |switch to )?(?:another|a different|different|the other|the next|next|a new) voice|(?:change|switch) (?:the |your )?voices?|(?:speak|talk|read)(?: it| this| that)? (?:with|in) (?:another|a different) voice`, nil),
		english("voice", take+`(?:the voice|`+voices+` (?:called|named)) ([a-z][a-z0-9]*)`, voiceName),
		english("voice", `voice ([a-z]+)|`+take+`(?:`+voices+` |`+voices+` of |the )?([a-z]+)(?:'s)? voice|`+take+voices+` (?:of )?([a-z]+)|the ([a-z]+) voice|(?:change|switch|set) (?:the |your )?voice to ([a-z]+)`, knownVoice),
		english("speed", `(?:(?:set |change )(?:the |your )?)?speed(?: to)? ([a-z0-9. ]+?)(?: times| x)?|([a-z0-9. ]+?)(?: times| x)? speed|(twice) as fast`, englishFactor),

		chinese("faster", hanSpeak+`快`+hanMore+hanSay+`|太慢了|加快`+hanMore+`(?:语速|語速|速度)?|加速`, nil),
		chinese("slower", hanSpeak+`慢`+hanMore+hanSay+`|慢下来|慢下來|放慢`+hanMore+`(?:语速|語速|速度)?|减速|減速|太快了`, nil),
		chinese("louder", hanSpeak+`大(?:[声聲]`+hanMore+`|一?[点點][声聲])`+hanSay+`|`+hanVolume+`[大高响響]`+hanMore+`|(?:调|調)大音量`, nil),
		chinese("softer", hanSpeak+`(?:小(?:[声聲]`+hanMore+`|一?[点點][声聲])|[轻輕]`+hanMore+`)`+hanSay+`|`+hanVolume+`[小低轻輕]`+hanMore+`|(?:调|調)小音量`, nil),
		chinese("normal", `(?:恢复|恢復|回到|用)?(?:正常|原来|原來|标准|標準)的?(?:速度|语速|語速)`, nil),
		chinese("again", `再[说說讲講读讀念唸来來][一1]?[遍次]|再来|再來|再一[次遍]|重复(?:一[遍次下])?|重複(?:一[遍次下])?|重播`, nil),
		chinese("skip", `(?:跳过|跳過|略过|略過)(?:[这這]一?[个個句段]?|它)?|下一?[个個句段]|下一?[个個]句子|下一句[话話]`, nil),
		chinese("stop", `停+|停下|停下来|停下來|停止|停一下|停一停|(?:先)?(?:暂停|暫停)(?:一下|(?:说话|說話|朗读|朗讀))?|停止(?:说话|說話|朗读|朗讀)|(?:别|別|不要|不用)(?:再)?(?:[说說讲講读讀念唸])(?:话|話)?了?|闭嘴|閉嘴|住嘴|住口|安[静靜](?:一?[点點])?|算了|够了|夠了|打住`, nil),
		chinese("converse", `(?:我们|我們|咱们|咱們|来|來|陪我)+聊(?:聊天|一聊|一下|聊|天)|(?:开始|開始)(?:对话|對話|聊天)`, nil),
		chinese("goodbye", `(?:谢谢你?|謝謝你?)?(?:再见|再見|拜拜|回头见|回頭見|明天见|明天見|下次见|下次見|下次再聊)|(?:结束|結束)(?:对话|對話|聊天)|不聊了|(?:先)?聊到(?:这里|這裡|这儿|這兒|这|這)`, nil),
		chinese("voice", `(?:换|換)(?:一?[个個种種])?(?:别的|別的|另外的)?(?:声音|聲音|嗓音|嗓子)|(?:用)?(?:另|另外)?(?:一[个個种種])(?:别的|別的|不同的)?(?:声音|聲音|嗓音)|(?:用)?(?:别的|別的|其他)(?:声音|聲音|嗓音)`, nil),
		chinese("voice", `(?:换成|換成|换到|換到|切换到|切換到)(?:声音|聲音)?([a-z]+)的?(?:声音|聲音|嗓音)?|(?:用|改用)([a-z]+)的?(?:(?:声音|聲音|嗓音)(?:[说說讲講读讀](?:话|話)?)?|[说說讲講读讀](?:话|話)?)`, knownVoice),
		chinese("speed", hanPace+hanFactor+`倍?|`+hanFactor+`倍的?(?:语速|語速|速度|速)`, chineseFactor),
	}
})

// Voices are the names of the voices that speech services know.
func Voices() []string {
	return []string{"alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer", "verse", "marin", "cedar"}
}

// knownVoice is for wordings that are also used of other things.
func knownVoice(word string) string {
	if slices.Contains(Voices(), word) {
		return word
	}
	return ""
}

// voiceName takes a name that Voices does not have: another service may. What
// is said of other things than voices is none.
func voiceName(word string) string {
	if slices.Contains(strings.Fields(`is was to for in of as and or over that from with please api app assistant button call calls channel chat
		command commands control dictation feature input mail memo memos message messages mode model note notes option output
		recognition recorder recording search setting settings typing`), word) {
		return ""
	}
	return word
}
