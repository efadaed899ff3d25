package panel

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"aside/app/control"
	"aside/app/settings"
)

// scene is a state of the panel.
type scene struct {
	name      string
	phase     control.Phase // of the turn that it shows, "" if it shows something else
	page      string        // the type of the page that it shows
	configure func(*settings.Settings)
	play      func(*theatre)
}

// script is what is said on the stage, in a language.
type script struct {
	question, answer, sentence, rich, earlier string

	sought string
	past   map[string][2]string // a question of the fake history, and its answer
}

const codeBlock = "```go\nif err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {\n\treturn fmt.Errorf(\"serve: %w\", err) // 2 listeners\n}\n```"

const mathBlock = "$x = \\frac{-b \\pm \\sqrt{b^2-4ac}}{2a}$\n\n$$\\sum_{i=1}^{n} i^2 \\le \\infty$$\n\n"

func scripts() map[string]script {
	return map[string]script{
		english: {
			"Why is the listener closed twice?",
			"Shutdown closes it, and the deferred call closes it again. Keep only the one in **Shutdown** and ignore the closed error in `Serve`.\n\n" + codeBlock + "\n\nWith that, the second close is gone, and the error you saw on exit no longer appears.",
			"Keep only the one in Shutdown and ignore the closed error in Serve.",
			"# What is there\n\nText with **bold**, *italic*, `code` and [a link](https://go.dev/doc).\n\n## In a list\n\n- one, which is long enough that it has to go on in a second line\n- two\n  1. nested\n  2. lists\n- [x] done\n\n> A quote\n> of two lines\n\n| Name | Size | Kind |\n|:--|--:|:-:|\n| a.go | 12 | file |\n| vendor | 3400 | dir |\n\nThe root is " + mathBlock + codeBlock,
			"What does the warning at the bottom mean?",
			"listener", nil,
		},
		"zh-Hans": {
			"为什么监听器被关闭了两次？",
			"Shutdown 会关闭它，而 defer 的那次调用又关闭了一次。只保留 **Shutdown** 里的那一处，并在 `Serve` 中忽略“已关闭”错误即可。\n\n" + codeBlock + "\n\n这样第二次关闭就没有了，退出时看到的错误也不会再出现。",
			"只保留 Shutdown 里的那一处，并在 Serve 中忽略“已关闭”错误即可。",
			"# 内容一览\n\n文字可以有**粗体**、*斜体*、`代码`和[链接](https://go.dev/doc)。\n\n## 列表\n\n- 第一项，足够长，所以必须在第二行继续，标点（例如这里）不应出现在行首\n- 第二项\n  1. 嵌套\n  2. 列表\n- [x] 已完成\n\n> 引用的文字\n> 共两行\n\n| 名称 | 大小 | 类型 |\n|:--|--:|:-:|\n| a.go | 12 | 文件 |\n| vendor | 3400 | 目录 |\n\n方程的根为 " + mathBlock + codeBlock,
			"底部的警告是什么意思？",
			"监听器", map[string][2]string{
				"Why is the listener closed twice?":                   {"为什么监听器被关闭了两次？", "Shutdown 会关闭它，而 defer 的那次调用又关闭了一次。只保留 **Shutdown** 里的那一处。"},
				"What does the warning at the bottom mean?":           {"底部的警告是什么意思？", "链接器找到同一个库的两个版本，用了较新的那个。要消除警告，请在构建文件里固定版本。"},
				"How do I write a table test for this function?":      {"怎样给这个函数写表格测试？", "列出每种情况的名称、输入和期望，然后用 t.Run 逐一运行。"},
				"Can you shorten this to three sentences?":            {"能把这段缩成三句话吗？", "发布改到周四。较慢的机器上还有两个测试失败。在那之前大家不用做什么。"},
				"Which column adds up the taxes?":                     {"哪一列是税额合计？", "H 列，从第 4 行到第 61 行。"},
				"How do I undo the last commit but keep the changes?": {"怎样撤销上一次提交但保留改动？", "运行 git reset --soft HEAD~1：监听器的改动仍在暂存区。"},
			},
		},
		"zh-Hant": {
			"為什麼監聽器被關閉了兩次？",
			"Shutdown 會關閉它，而 defer 的那次呼叫又關閉了一次。只保留 **Shutdown** 裡的那一處，並在 `Serve` 中忽略「已關閉」錯誤即可。\n\n" + codeBlock + "\n\n這樣第二次關閉就沒有了，結束時看到的錯誤也不會再出現。",
			"只保留 Shutdown 裡的那一處，並在 Serve 中忽略「已關閉」錯誤即可。",
			"# 內容一覽\n\n文字可以有**粗體**、*斜體*、`程式碼`和[連結](https://go.dev/doc)。\n\n## 清單\n\n- 第一項，足夠長，所以必須在第二行繼續，標點（例如這裡）不應出現在行首\n- 第二項\n  1. 巢狀\n  2. 清單\n- [x] 已完成\n\n> 引用的文字\n> 共兩行\n\n| 名稱 | 大小 | 類型 |\n|:--|--:|:-:|\n| a.go | 12 | 檔案 |\n| vendor | 3400 | 目錄 |\n\n方程式的根為 " + mathBlock + codeBlock,
			"底部的警告是什麼意思？",
			"監聽器", map[string][2]string{
				"Why is the listener closed twice?":                   {"為什麼監聽器被關閉了兩次？", "Shutdown 會關閉它，而 defer 的那次呼叫又關閉了一次。只保留 **Shutdown** 裡的那一處。"},
				"What does the warning at the bottom mean?":           {"底部的警告是什麼意思？", "連結器找到同一個函式庫的兩個版本，用了較新的那個。要消除警告，請在建置檔裡固定版本。"},
				"那它会影响发布版本吗?":                                         {"那它會影響發行版本嗎？", "不會。發行版本用的是鎖定檔裡的那一個。"},
				"How do I write a table test for this function?":      {"怎樣給這個函式寫表格測試？", "列出每種情況的名稱、輸入和期望，然後用 t.Run 逐一執行。"},
				"Can you shorten this to three sentences?":            {"能把這段縮成三句話嗎？", "發行改到週四。較慢的機器上還有兩個測試失敗。在那之前大家不用做什麼。"},
				"Which column adds up the taxes?":                     {"哪一欄是稅額合計？", "H 欄，從第 4 列到第 61 列。"},
				"How do I undo the last commit but keep the changes?": {"怎樣復原上一次提交但保留變更？", "執行 git reset --soft HEAD~1：監聽器的變更仍在暫存區。"},
			},
		},
	}
}

// speak makes the turns those of a user who speaks another language.
func (f *fakeHistory) speak(past map[string][2]string) {
	for i := range f.turns {
		if said, is := past[f.turns[i].Question]; is {
			f.turns[i].Question, f.turns[i].Answer = said[0], said[1]
		}
	}
}

// asked is the turn of a script, as far as it has come.
func (p script) asked(change func(*control.View)) *control.View {
	v := &control.View{ID: "t2", Question: p.question, Outcome: "asked", Engine: "chat", Model: "gpt-4o", Host: "api.openai.com", Shots: lookedAt()}
	change(v)
	return v
}

// answered makes it a turn that has ended.
func (p script) answered(v *control.View) {
	v.Answer, v.Outcome, v.Usage = p.answer, "answered", &control.TurnUsage{Input: 1000, Output: 284, Cost: 0.0053, Currency: "USD"}
	v.Timings = control.Timings{Sample: 12, Request: 20, Transcript: 300, FirstText: 900, FirstSound: 1300, Done: 2000}
}

// before is a turn that was asked before.
func (p script) before() []control.View {
	return []control.View{{ID: "t1", Question: p.earlier, Outcome: "answered", Answer: p.sentence, Engine: "chat", Model: "gpt-4o", Host: "api.openai.com"}}
}

// scenes are all states that are shown.
func scenes() []scene {
	return slices.Concat(turnScenes(), endScenes(), errorScenes(), pageScenes(), askingScenes(), wayScenes(), otherScenes())
}

// problems are those of the core whose words stand in its source and that the
// panel may show, by what the header says of them.
func problems() map[string][]control.Problem {
	all, seen := map[string][]control.Problem{}, map[string]bool{}
	for _, dir := range []string{"..", "../../audio", "../../vision"} {
		_ = walk(dir, nil, func(_ string, f *ast.File) {
			ast.Inspect(f, func(n ast.Node) bool {
				p, ok := problemIn(n)
				if ok && !seen[p.Message] && !unseen.MatchString(p.Message) && !unseen.MatchString(p.Hint) {
					seen[p.Message] = true
					all[inShort(p.Code)] = append(all[inShort(p.Code)], p)
				}
				return true
			})
		})
	}
	return all
}

// problemIn is the problem that a node writes down in words: as a literal, or in
// an assignment of code, message and hint.
func problemIn(n ast.Node) (p control.Problem, ok bool) {
	var values []ast.Expr
	switch n := n.(type) {
	case *ast.CompositeLit:
		values = n.Elts
	case *ast.AssignStmt:
		values = n.Rhs
	}
	fields := []*string{&p.Code, &p.Message, &p.Hint}
	for i, e := range values {
		at := i
		if pair, is := e.(*ast.KeyValueExpr); is {
			key, _ := pair.Key.(*ast.Ident)
			e, at = pair.Value, slices.Index([]string{"Code", "Message", "Hint"}, fmt.Sprint(key))
		}
		if text, is := literalOf(e); is && at >= 0 && at < len(fields) {
			*fields[at] = text
		}
	}
	return p, isCode.MatchString(p.Code) && aSentence.MatchString(p.Message) && p.Hint != ""
}

var (
	isCode    = regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	aSentence = regexp.MustCompile(`^[A-Z].* .*\.$`)
)

// errorScenes show every problem with its next step, some on each.
func errorScenes() []scene {
	const most = 5
	var all []scene
	byWord := problems()
	for _, word := range slices.Sorted(maps.Keys(byWord)) {
		n := 0
		for some := range slices.Chunk(byWord[word], most) {
			n++
			name := fmt.Sprintf("error-%s-%d", strings.ToLower(strings.ReplaceAll(word, " ", "-")), n)
			all = append(all, state(name, "idle", func(p script) control.Snapshot {
				var turns []control.View
				for i, one := range some {
					turns = append(turns, control.View{ID: fmt.Sprintf("t%d", i), Question: p.question, Outcome: "failed", Retry: i%2 == 0, Problem: &one})
				}
				last := turns[len(turns)-1]
				return control.Snapshot{Error: last.Problem, Turn: &last, Earlier: turns[:len(turns)-1]}
			}))
		}
	}
	for i := range all {
		play := all[i].play
		all[i].play = func(s *theatre) { play(s); s.body.scroll.ScrollToTop() }
	}
	return append(all, scene{name: "offline", play: func(s *theatre) { s.draw(frame{offline: true}) }})
}

// pageScenes are the pages, and what is on them further down.
func pageScenes() []scene {
	at := func(s *theatre, n int) menuItem { return s.items()[n] }
	all := []scene{
		{name: "menu", play: func(s *theatre) { s.show(control.Snapshot{Phase: "idle"}); s.body.header.menu.Tapped(nil) }},
		{name: "history", page: "historyPage", play: func(s *theatre) { s.history() }},
		{name: "history-results", play: func(s *theatre) {
			page := s.history()
			s.searches(page, s.play.sought)
			s.until("what was found", func() bool { return page.hits.args.Text == s.play.sought && page.hits.off == nil })
		}},
		{name: "history-filter", play: func(s *theatre) { s.history().filter.days() }},
		{name: "history-turn", play: func(s *theatre) {
			page := s.history()
			rows(page)[0].Tapped(nil)
			s.until("the turn", func() bool { return page.open != nil })
		}},
		{name: "usage", page: "usagePage", play: func(s *theatre) { s.usage() }},
		{name: "usage-end", play: func(s *theatre) { s.usage(); s.body.pages.key(fyne.KeyEnd) }},
		{name: "picker", page: "picker", play: func(s *theatre) {
			s.show(control.Snapshot{Phase: "idle"})
			s.offers = offers{at: time.Now(), voices: control.Voices{Names: []string{"alloy", "nova", "sage"}, Now: "alloy"}, models: control.Models{Names: []string{"gpt-4o", "gpt-4o-mini", "gpt-5", "o3"}}}
			s.pick()
		}},
	}
	for step := range firstSteps {
		all = append(all, scene{name: fmt.Sprintf("first-%d", step+1), page: "firstPage", play: func(s *theatre) {
			s.steps.at = step
			s.enter(s.firstSteps())
		}})
	}
	const screens = 7 // of settings, the last of which must reach their end
	for n := range screens {
		all = append(all, scene{name: fmt.Sprintf("settings-%d", n+1), page: "settingsPage", play: func(s *theatre) {
			s.enter(at(s, 2))
			view := s.body.pages.scroll
			down := float32(n) * (view.Size().Height - 40)
			if left := view.Content.MinSize().Height - view.Size().Height; n == screens-1 && down < left {
				s.Errorf("%v of the settings have no shot", left-down)
			}
			s.scroll(down)
		}})
	}
	return all
}

// askingScenes are controls of pages that ask something back, or are told no.
func askingScenes() []scene {
	waits := func(first any) func(context.Context, any, func(json.RawMessage) error) error {
		return func(ctx context.Context, _ any, each func(json.RawMessage) error) error {
			if err := give(each, first); err != nil {
				return err
			}
			<-ctx.Done()
			return ctx.Err()
		}
	}
	at := func(s *theatre, name string) *row {
		s.enter(s.items()[2])
		r := s.body.pages.open.(*settingsPage).rows[name]
		s.scroll(r.Position().Y - 200)
		return r
	}
	return []scene{
		{name: "settings-key", page: "settingsPage", play: func(s *theatre) {
			s.core.answer(control.VerbCapture, waits(control.Captured{Held: "Ctrl+Shift"}))
			press(s.T, at(s, "hotkey.talk").Container, tr("Change"))
			s.until("the keys", func() bool { return strings.Contains(read(s.body.pages.Container), "Shift") })
		}},
		{name: "settings-microphone", play: func(s *theatre) {
			s.core.answer(control.VerbListen, waits(control.Heard{State: "open", Level: 0.7}))
			at(s, "sound.microphone")
			sound := s.body.pages.open.(*settingsPage).sound
			sound.test.Tapped(nil)
			s.until("the level", func() bool { return sound.waves.levels[0] > 0 })
		}},
		{name: "settings-refused", play: func(s *theatre) {
			r := at(s, "engine.base_url")
			r.problem(&control.Problem{Code: "settings_value", Message: "engine.base_url must be an http or https address.", Hint: r.is.About})
		}},
		{name: "settings-tried", play: func(s *theatre) {
			s.core.answer(control.VerbTry, replies(control.Tried{Engine: "chat", Model: "gpt-4o", Host: "api.openai.com", Said: "Hello!", MS: 812}))
			at(s, "engine.realtime_acts")
			s.body.pages.open.(*settingsPage).engine.test.Tapped(nil)
			s.settle()
		}},
		{name: "settings-erase", play: func(s *theatre) {
			at(s, "history.days")
			s.body.pages.open.(*settingsPage).privacy.press()
		}},
		{name: "history-nothing", play: func(s *theatre) {
			page := s.history()
			s.searches(page, "aardvark")
			s.until("nothing", func() bool { return page.hits.args.Text == "aardvark" && page.hits.off == nil })
		}},
		{name: "history-delete", play: func(s *theatre) {
			page := s.history()
			press(s.T, s.body.pages.Container, tr("Delete these…"))
			s.until("how many", func() bool { return len(page.listed.below.Objects) > 0 })
		}},
	}
}

// scroll shows an open page from a place on. What is above it goes aside: the
// painter of the tests draws the words of a field wherever that is.
func (s *theatre) scroll(y float32) {
	top := float32(0)
	rows := s.body.pages.open.content().(*fyne.Container).Objects
	for _, row := range rows {
		if at := row.Position().Y; at <= y {
			top = at
		}
	}
	s.body.pages.scroll.ScrollToOffset(fyne.NewPos(0, top))
	for _, row := range rows {
		if at := row.Position(); at.Y < s.body.pages.scroll.Offset.Y {
			row.Move(fyne.NewPos(-2*shotWidth, at.Y))
		}
	}
}

// history opens the page of the history on the day of its turns.
func (s *theatre) history() *historyPage {
	make := s.recall(&sought{})
	s.enter(menuItem{name: tr("History"), page: func(sh *sheet) page {
		page := make(sh).(*historyPage)
		page.way.now, page.filter.now, page.hits.now, page.listed.now = fixedNow, fixedNow, fixedNow, fixedNow
		return page
	}})
	page := s.body.pages.open.(*historyPage)
	s.until("the turns", func() bool { return len(rows(page)) > 0 })
	return page
}

// usage opens the page of the usage on the same day.
func (s *theatre) usage() {
	s.enter(menuItem{name: tr("Usage"), page: func(sh *sheet) page { return newUsagePage(s.kit(sh), s.clerk(), fixedNow) }})
	s.until("the figures", func() bool { return strings.Contains(read(s.body.pages.Container), "qwen3-vl:8b") })
}

// otherScenes are what lies beside and over the panel.
func otherScenes() []scene {
	narrow := func(c *settings.Settings) { c.Panel.Strip = true }
	return []scene{
		{name: "earlier-here", play: func(s *theatre) {
			s.show(control.Snapshot{Phase: "idle"})
			history := newFakeHistory()
			history.speak(s.play.past)
			s.body.earlier.set(inFront(s.T, history))
		}},
		{name: "attached", play: func(s *theatre) {
			s.show(control.Snapshot{Phase: "idle", Deep: true, Next: "none", Turn: s.play.asked(s.play.answered)})
			s.body.footer.bag.add(attachment{name: "screenshot.png", image: make([]byte, 84000)})
			s.body.footer.bag.add(attachment{name: "build.log", text: "one\ntwo\nthree"})
		}},
		{name: "first-steps-wait", play: func(s *theatre) {
			s.body.footer.offer(true)
			s.show(control.Snapshot{Phase: "speaking", Turn: s.play.asked(s.play.answered)})
		}},
		{name: "what-is-looked-at", play: func(s *theatre) { s.show(control.Snapshot{Phase: "idle"}); s.body.footer.eye.open() }},
		{name: "link", play: func(s *theatre) {
			s.show(control.Snapshot{Phase: "idle", Turn: s.play.asked(s.play.answered)})
			s.body.tip.show("https://go.dev/ref/spec/a/very/long/path/that/goes/on?with=a&query=that&says=what&was=on-the-screen")
		}},
		{name: "strip", configure: narrow, play: func(s *theatre) {
			s.window.Resize(fyne.NewSize(stripWidth, shotHeight))
			s.show(control.Snapshot{Phase: "idle"})
		}},
		{name: "strip-floating", configure: func(c *settings.Settings) { narrow(c); c.Panel.Mode = "floating" }, play: func(s *theatre) {
			s.window.Resize(fyne.NewSize(stripWidth, stripHeight))
			s.show(control.Snapshot{Phase: "idle"})
		}},
		{name: "viewer", play: func(s *theatre) {
			v := s.play.asked(s.play.answered)
			w := newViewer(s.body.sheet, *v, func(_ control.View, _ int, take func(picture, error)) {
				take(fetchPicture(s.lifetime, s.core, v.ID, 0, v.Shots[0].Pictures[0].SHA256))
			}, func(string) {})
			w.show(0)
			openViewer(s.o.App, w)
			windows := s.o.App.Driver().AllWindows()
			s.window = windows[len(windows)-1]
		}},
	}
}

func TestEveryPhasePageAndProblemHasAShot(t *testing.T) {
	phases, kinds := map[string]bool{}, map[string]bool{}
	for _, s := range scenes() {
		phases[string(s.phase)], kinds[s.page] = true, true
	}
	parsed(t, "../turn", nil, func(_ string, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && v.Type != nil && fmt.Sprint(v.Type) == "Phase" {
				if phase, _ := literalOf(v.Values[0]); !phases[phase] {
					t.Errorf("the phase %q has no shot", phase)
				}
			}
			return true
		})
	})
	parsed(t, ".", []string{"testdata"}, func(_ string, f *ast.File) {
		for _, d := range f.Decls {
			if m, ok := d.(*ast.FuncDecl); ok && m.Recv != nil && m.Name.Name == "title" {
				if kind := fmt.Sprint(m.Recv.List[0].Type.(*ast.StarExpr).X); !kinds[kind] {
					t.Errorf("the page %s has no shot", kind)
				}
			}
		}
	})
	shown := 0
	for _, some := range problems() {
		shown += len(some)
	}
	if shown < 40 {
		t.Errorf("only %d problems are shown", shown)
	}
}
