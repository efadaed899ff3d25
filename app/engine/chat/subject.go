package chat

import (
	"regexp"
	"time"

	"aside/vision"
)

// fresh is how long ago something may have been selected and still be what
// "this" means: an older selection has often been forgotten.
const fresh = time.Minute

// asksOfText are questions about a piece of text, and asksOfSight are words that
// only a picture answers.
var (
	asksOfText = regexp.MustCompile(`(?i)\b(explain|translat\w*|summari[sz]e|rewrite|rephrase|paraphrase|shorten|simplif\w*|proofread|spell|pronounce|define|correct|improve|mean(s|ing)?)\b` +
		`|解释|解釋|翻译|翻譯|总结|總結|改写|改寫|润色|潤色|什么意思|什麼意思|缩短|縮短|纠正|糾正`)
	asksOfSight = regexp.MustCompile(`(?i)\b(screen|window|display|page|picture|image|photo|icon|button|menu|colou?r|chart|graph|diagram|layout|above|below|left|right|top|bottom|where|look\w*|see|shown?|point\w*|whole|entire)\b` +
		`|屏幕|螢幕|窗口|視窗|页面|頁面|图|圖|按钮|按鈕|颜色|顏色|哪里|哪裡|看|整个|整個`)
)

// aboutSelection reports whether the question is about the text that the user
// has just selected, and about nothing that needs a picture.
func aboutSelection(question string, shots []vision.Shot) bool {
	if len(shots) != 1 || shots[0].Selection == "" {
		return false
	}
	ago := shots[0].Selected
	return ago > 0 && ago <= fresh && asksOfText.MatchString(question) && !asksOfSight.MatchString(question)
}

// bySelection is a shot without its pictures and without the rest of its text.
func bySelection(s vision.Shot) vision.Shot {
	s.Sent, s.Words = nil, nil
	return s
}
