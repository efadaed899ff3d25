package spoken

import (
	"strings"
	"testing"
)

func TestAWishToThinkHarderIsHeard(t *testing.T) {
	for _, s := range []string{
		"Think harder.", "think harder about why this fails", "Please think hard: is it safe?", "Okay, think a bit harder about it.",
		"Why is the listener closed twice? Think harder.", "Is this a race, and think carefully about it.", "What is wrong here, please think harder",
		"Could you think it through?", "仔细想想这个错误", "这里有什么问题？好好想一想。", "再认真思考一下", "請仔細考慮一下，這樣安全嗎", "Explain this — think deeper",
	} {
		if !Deep(s) {
			t.Errorf("%q is not heard", s)
		}
	}
}

func TestAQuestionAboutThinkingIsNoWish(t *testing.T) {
	for _, s := range []string{
		"", "What does think harder mean?", "Why should I think harder?", "Does this model think deeply?", "Thinking harder is hard.",
		"I think hard work pays, does it?", "What do you think?", "我在想这个问题", "他仔细想想的样子是什么意思", "Is it harder?",
	} {
		if Deep(s) {
			t.Errorf("%q is taken for a wish", s)
		}
	}
}

func FuzzDeepTakesAnything(f *testing.F) {
	f.Add("think harder", 3)
	f.Fuzz(func(t *testing.T, s string, n int) {
		Deep(strings.Repeat(s, max(0, min(n, 2000))))
	})
}
