package spoken

import (
	"slices"
	"testing"
)

func TestAnAbbreviationEndsASentenceOnlyBeforeAnother(t *testing.T) {
	for _, tt := range []struct {
		markdown string
		want     []string
	}{
		{"Bring pens, paper, etc. to the room. Yes.", []string{"Bring pens, paper, etc. to the room.", "Yes."}},
		{"Bring pens, paper, etc. Then wait.", []string{"Bring pens, paper, etc.", "Then wait."}},
		{"Bring it all (pens, etc.) Then wait.", []string{"Bring it all (pens, etc.)", "Then wait."}},
		{"Bring pens, etc. **Then** wait.", []string{"Bring pens, etc.", "Then wait."}},
		{"Bring pens, etc.", []string{"Bring pens, etc."}},
		{"Bring pens, etc.\nThen wait.", []string{"Bring pens, etc.", "Then wait."}},
		{"支持 png、jpg etc. 然后保存。", []string{"支持 png、jpg etc.", "然后保存。"}},
		{"See No. 5 of them. Go.", []string{"See No. 5 of them.", "Go."}},
		{"No. It is closed.", []string{"No.", "It is closed."}},
		{"The answer is no. You need two.", []string{"The answer is no.", "You need two."}},
		{"Acme Inc. makes it. Good.", []string{"Acme Inc. makes it.", "Good."}},
		{"Acme Inc. Chairman Smith left. Good.", []string{"Acme Inc. Chairman Smith left.", "Good."}},
		{"It is by Acme Inc. They make it.", []string{"It is by Acme Inc.", "They make it."}},
		{"It is from the U.S.A. and works. Good.", []string{"It is from the U.S.A. and works.", "Good."}},
		{"It is from the U.S.A. It's good.", []string{"It is from the U.S.A.", "It's good."}},
		{"The U.S. Congress met. Good.", []string{"The U.S. Congress met.", "Good."}},
		{"Go vs. Rust is a choice. Take one.", []string{"Go vs. Rust is a choice.", "Take one."}},
		{"It takes approx. 5 ms. Good.", []string{"It takes approx. 5 ms.", "Good."}},
		{"See Fig. 3 and fig. 4. Good.", []string{"See Fig. 3 and fig. 4.", "Good."}},
		{"It opens at 9 a.m. on Monday. Go.", []string{"It opens at 9 a.m. on Monday.", "Go."}},
		{"It opens at 9 a.m. Monday. Go.", []string{"It opens at 9 a.m. Monday.", "Go."}},
		{"It opens at 9 a.m. PST. Go.", []string{"It opens at 9 a.m. PST.", "Go."}},
		{"It opens at 9 a.m. Everyone waits.", []string{"It opens at 9 a.m.", "Everyone waits."}},
		{"It closes at 5 p.m.", []string{"It closes at 5 p.m."}},
		{"J. R. R. Tolkien wrote it. So did J.R.R. Martin. Yes.", []string{"J. R. R. Tolkien wrote it.", "So did J.R.R. Martin.", "Yes."}},
		{"Ask George W. Bush and Dr. J. Smith. Go.", []string{"Ask George W. Bush and Dr. J. Smith.", "Go."}},
		{"Take plan B. Then it works.", []string{"Take plan B.", "Then it works."}},
		{"It is by J. Smith and in C++. Good.", []string{"It is by J. Smith and in C++.", "Good."}},
		{"The answer is **B**. Good.", []string{"The answer is B.", "Good."}},
		{"Open a.go. Then save it.", []string{"Open a.go.", "Then save it."}},
		{"It began on Jan. 5 of that year. Good.", []string{"It began on Jan. 5 of that year.", "Good."}},
	} {
		if got := sentences(tt.markdown); !slices.Equal(got, tt.want) {
			t.Errorf("%q is read out as %q, want %q", tt.markdown, got, tt.want)
		}
	}
}

func TestANarrowFullStopParts(t *testing.T) {
	for _, tt := range []struct {
		markdown string
		want     []string
	}{
		{"好的.然后重启.最后保存.", []string{"好的.", "然后重启.", "最后保存."}},
		{"他说“好的”.然后走了。", []string{"他说“好的”.", "然后走了。"}},
		{"先保存文件.“确定”在下面。", []string{"先保存文件.", "“确定”在下面。"}},
		{"圆周率是3.14左右。", []string{"圆周率是3.14左右。"}},
		{"打开文件a.go然后保存。", []string{"打开文件a.go然后保存。"}},
		{"打开报告.docx然后保存。", []string{"打开报告.docx然后保存。"}},
		{"升级到v1.2版本。", []string{"升级到v1.2版本。"}},
		{"请看www.例子.中国然后重启。", []string{"请看. 例子.中国然后重启。"}},
		{"写给张三@例子.中国就行。", []string{"写给张三@例子.中国就行。"}},
		{"文件在 /目录/报告.最终版 里。", []string{"文件在 /目录/报告.最终版 里。"}},
		{"运行`对象.方法`就行。", []string{"运行对象.方法就行。"}},
		{"一.打开文件，二.保存文件。", []string{"一.打开文件，二.保存文件。"}},
		{"1.打开文件。", []string{"1.打开文件。"}},
	} {
		if got := sentences(tt.markdown); !slices.Equal(got, tt.want) {
			t.Errorf("%q is read out as %q, want %q", tt.markdown, got, tt.want)
		}
	}
}
