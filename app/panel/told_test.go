package panel

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"aside/app/control"
	"aside/app/settings"
)

func TestAProblemIsToldInOneLanguage(t *testing.T) {
	in(t, "zh-Hans")
	for _, c := range []struct{ name, message, hint, wantMessage, wantHint string }{
		{"both are known", "The microphone is muted.", "Unmute it in the sound settings, then press again.", "麦克风已静音。", "请在声音设置里取消静音，再按一次。"},
		{"a device has a name", "The microphone Blue Yeti (USB) is muted.", "", "麦克风“Blue Yeti (USB)”已静音。", ""},
		{"two have", "The microphone A was taken away and the system offered B.", "", "麦克风“A”被拔下，系统换成了“B”。", ""},
		{"the most telling form is taken", "The microphone A was taken away and the system offered another.", "", "麦克风“A”被拔下，系统换了另一个。", ""},
		{"a name may have a percent sign", "The microphone 100%d went away.", "", "麦克风“100%d”断开了。", ""},
		{"the service has the word", "The service refused the question.", "It says: no images", "服务拒绝了提问。", "服务的说明：no images"},
		{"a number is named", "speak.speed must be a number from 0.5 to 2.5.", "how fast it speaks", "语速要填 0.5 到 2.5 之间的数。", "朗读的快慢。"},
		{"the hint is not known", "The microphone is muted.", "Sing.", "The microphone is muted.", "Sing."},
		{"the message is not known", "The moon is full.", "Send the question again.", "The moon is full.", "Send the question again."},
	} {
		got := told(control.Problem{Code: "c", Message: c.message, Hint: c.hint})
		if got.Message != c.wantMessage || got.Hint != c.wantHint || got.Code != "c" {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	setLanguage(english)
	if got := told(control.Problem{Message: "The moon is full.", Hint: "Sing."}); got.Message != "The moon is full." {
		t.Errorf("in English it is %+v", got)
	}
}

// raw is what only who uses the shell or the file knows: a command for which the
// panel has a page, or the name of a setting.
var raw = regexp.MustCompile(`aside (key|usage|devices|history|settings|say)\b|\b(engine|hotkey|sound|screen|panel|speak|transcribe|spending|history)\.[a-z]+_?[a-z]*\b`)

func TestWhereThePanelHasAPageNoHintNamesACommandOrASetting(t *testing.T) {
	for _, language := range []string{english, "zh-Hans", "zh-Hant"} {
		in(t, language)
		named := 0
		for text, shown := range ofTheCore(t) {
			if !shown || !raw.MatchString(text) {
				continue
			}
			named++
			got := told(control.Problem{Message: "The microphone is muted.", Hint: strings.ReplaceAll(text, "%s", "day")}).Hint
			if raw.MatchString(got) || got == "" || strings.Contains(got, "%") {
				t.Errorf("%s: %q is %q", language, text, got)
			}
		}
		if named < 30 {
			t.Errorf("only %d hints name one", named)
		}
	}
}

func TestAnAnswerOfTheOfflineReaderNamesThePageAndQuotesAsItIs(t *testing.T) {
	const quoted = "\n\n```text\nFor a model that does, store a key: `aside key set`.\n```\n"
	core := ofTheCore(t)
	for _, language := range []string{english, "zh-Hans", "zh-Hant"} {
		in(t, language)
		for _, advice := range []string{"For a model that does, store a key: `aside key set`.", "Ask again with the screen (`aside ask --screen window …`), or store a key for a model: `aside key set`."} {
			if _, is := core[advice]; !is {
				t.Errorf("nobody says %q", advice)
			}
			b, d := newTestBody(t)
			b.showing(control.Snapshot{Phase: "idle", Turn: &control.View{ID: "t1", Engine: "offline", Outcome: "answered", Answer: "It reads. " + advice + quoted}})
			got := strings.ReplaceAll(read(b.turns["t1"].Container), "\n", "")
			if strings.Count(got, "aside") != 1 || !strings.Contains(got, tr("Who answers")) {
				t.Errorf("%s: it says %s", language, got)
			}
			b.turns["t1"].over.MouseIn(nil)
			press(t, b.turns["t1"].tools.Container, tr("Copy"))
			if want := "copy It reads. " + advice + strings.TrimSuffix(quoted, "\n"); len(d.all) != 1 || strings.TrimSpace(d.all[0]) != want {
				t.Errorf("%s: %q, want %q", language, d.all, want)
			}
		}
	}
}

func TestWhatASettingSaysOfItselfNamesNoOther(t *testing.T) {
	for _, language := range []string{english, "zh-Hans", "zh-Hant"} {
		in(t, language)
		for _, k := range settings.Keys() {
			about := tr(aboutOf(control.Setting{Name: k.Name, About: k.About}))
			wrong := told(control.Problem{Message: k.Name + " must be " + k.Valid + ".", Hint: k.About}).Message
			if k.Choices != nil {
				wrong = ""
			}
			for _, text := range []string{about, wrong} {
				if raw.MatchString(text) || strings.Contains(text, "aside ") {
					t.Errorf("%s: %s says %q", language, k.Name, text)
				}
			}
		}
	}
}

func TestASentenceStandsApartFromTheOneBeforeAsItsScriptHasIt(t *testing.T) {
	for _, c := range []struct{ first, next, want string }{
		{"It is spent.", "See Usage.", "It is spent. See Usage."}, {"已超过 80 %。", "见“用量”页。", "已超过 80 %。见“用量”页。"},
		{"It is spent.", "", "It is spent."}, {"", "See Usage.", "See Usage."},
	} {
		if got := sentences(c.first, c.next); got != c.want {
			t.Errorf("%q and %q are %q", c.first, c.next, got)
		}
	}
}

func TestTheEnglishCatalogueHasOnlyWhatTheCoreSays(t *testing.T) {
	core, about, chinese := ofTheCore(t), ofTheSettings(), readCatalogue(t, "zh-Hans")
	for key := range readCatalogue(t, english) {
		if !among(core, key) && !about[key] || chinese[key] == "" {
			t.Errorf("it has %q", key)
		}
	}
}

func TestWhatTheCoreSaysIsShownInTheLanguageOfThePanel(t *testing.T) {
	in(t, "zh-Hant")
	b, _ := newTestBody(t)
	for _, c := range []struct {
		state string
		want  []string
	}{
		{`{"phase":"idle","hint":"Nothing heard. Hold the key while you speak."}`, []string{"就緒", "沒有聽到聲音。請按住按鍵說話。"}},
		{`{"phase":"idle","turn":{"id":"t1","question":"Why?","outcome":"failed","retry":true,
			"problem":{"code":"net_dns","message":"The service's name cannot be found.","hint":"Check the network and engine.base_url."}}}`,
			[]string{"找不到服務的網域名稱。", "請檢查網路，", "net_dns", "重試"}},
	} {
		b.showing(snapshot(t, c.state))
		for _, want := range c.want {
			if got := read(b.Container); !strings.Contains(got, want) {
				t.Errorf("%q is not in\n%s", want, got)
			}
		}
	}
}

func TestAnotherLanguageAppearsAtOnce(t *testing.T) {
	t.Cleanup(func() { setLanguage(english) })
	p, f, _ := withSettings(t, "dark")
	for _, c := range []struct{ language, title, label string }{
		{"zh-Hans", "设置", "说话键"}, {"zh-Hant", "設定", "說話鍵"}, {"en", "Settings", "Talk key"},
	} {
		if err := f.change("panel.language", c.language); err != nil {
			t.Fatal(err)
		}
		p.says(c.title)
		p.says(c.label)
		if !slices.ContainsFunc(p.items(), func(i menuItem) bool { return i.name == c.title }) {
			t.Errorf("the menu does not say %s", c.title)
		}
	}
}

func TestThePageSaysWhatChineseTextNeeds(t *testing.T) {
	p, _, page := withSettings(t, "dark")
	if got := fontAdvice(page.kit, true); got != nil {
		t.Error("it says so with a font")
	}
	for _, o := range fontAdvice(page.kit, false) {
		if got := strings.Join(strings.Fields(read(o)), " "); !strings.Contains(got, "fonts-noto-cjk") {
			t.Errorf("it says %s", got)
		}
	}
	p.says("Settings")
}

func TestChineseTextThatCannotBeDrawnIsSaidOnce(t *testing.T) {
	there := hasChinese
	t.Cleanup(func() { hasChinese = there })
	const advice = "fonts-noto-cjk"
	for _, font := range []bool{true, false} {
		hasChinese = func() bool { return font }
		b, _ := newTestBody(t)
		show := func(phase control.Phase, v control.View) string {
			b.set([]control.View{v}, frame{latest: &control.Snapshot{Phase: phase, Turn: &v}}, v.Asked)
			return strings.Join(strings.Fields(read(b.notice)), " ")
		}
		if got := show("idle", control.View{ID: "t0", Answer: "So.", Outcome: "answered"}); got != "" {
			t.Errorf("of an answer in English it says %q", got)
		}
		for _, phase := range []control.Phase{"thinking", "speaking", "idle"} {
			if got := show(phase, control.View{ID: "t1", Answer: "它会关闭。", Outcome: "asked"}); strings.Contains(got, advice) == font {
				t.Errorf("with a font: %v, while %s it says %q", font, phase, got)
			}
		}
		if got := show("idle", control.View{ID: "t2", Question: "为什么", Outcome: "answered"}); got != "" {
			t.Errorf("the second time it says %q", got)
		}
	}
}

func TestThePageSaysWhatWaylandAllows(t *testing.T) {
	_, _, page := withSettings(t, "dark")
	for _, c := range []struct {
		env          map[string]string
		says, silent string
	}{
		{map[string]string{"DISPLAY": ":0"}, "", "Wayland"},
		{map[string]string{"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0", "FYNE_PLATFORM": "x11"}, "", "Wayland"},
		{map[string]string{"WAYLAND_DISPLAY": "wayland-0"}, "the desktop decides", "FYNE_PLATFORM"},
		{map[string]string{"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "FYNE_PLATFORM=x11", "panel window"},
	} {
		var said strings.Builder
		for _, o := range waylandAdvice(page.kit, func(name string) string { return c.env[name] }) {
			said.WriteString(strings.Join(strings.Fields(read(o)), " "))
		}
		if !strings.Contains(said.String(), c.says) || strings.Contains(said.String(), c.silent) {
			t.Errorf("with %v it says %q", c.env, said.String())
		}
	}
}
