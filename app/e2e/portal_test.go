package e2e

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"aside/app/desk"
	"aside/app/engine/enginetest"
)

// portal is a desktop's portal on the desk's bus. It answers as it is told.
type portal struct {
	bus     *dbus.Conn
	answers chan portalAnswer
	asked   chan struct{} // gets a token for each question that stays without an answer
}

type portalAnswer struct {
	silent bool
	code   uint32
	uri    string // "" for none
}

// Screenshot is the portal's method.
func (p *portal) Screenshot(sender dbus.Sender, _ string, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	const home = "/org/freedesktop/portal/desktop"
	token, _ := options["handle_token"].Value().(string)
	path := dbus.ObjectPath(home + "/request/" + strings.ReplaceAll(strings.TrimPrefix(string(sender), ":"), ".", "_") + "/" + token)
	a := <-p.answers
	if a.silent {
		p.asked <- struct{}{}
		return path, nil
	}
	results := map[string]dbus.Variant{}
	if a.uri != "" {
		results["uri"] = dbus.MakeVariant(a.uri)
	}
	if err := p.bus.Emit(path, "org.freedesktop.portal.Request.Response", a.code, results); err != nil {
		return "", dbus.MakeFailedError(err)
	}
	return path, nil
}

// portal puts a portal on the desk's bus.
func (c *core) portal() *portal {
	c.Helper()
	bus, err := dbus.Connect(c.BusAddress)
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { _ = bus.Close() })
	p := &portal{bus, make(chan portalAnswer, 8), make(chan struct{}, 8)}
	if err := bus.Export(p, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Screenshot"); err != nil {
		c.Fatal(err)
	}
	if _, err := bus.RequestName("org.freedesktop.portal.Desktop", dbus.NameFlagDoNotQueue); err != nil {
		c.Fatal(err)
	}
	return p
}

// painted is a PNG of a black screen, with a white corner unless it is blank.
func painted(t testing.TB, blank bool) string {
	t.Helper()
	p := image.NewRGBA(image.Rect(0, 0, 640, 400))
	for i := 3; i < len(p.Pix); i += 4 {
		p.Pix[i] = 0xff
	}
	if !blank {
		p.Set(0, 0, color.White)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, p); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWhateverThePortalDoesTheQuestionGoesOnAndNoPictureStays(t *testing.T) {
	s := enginetest.Start(t)
	c := prepare(t, desk.Options{Bus: true}, "[engine]\nkind = \"chat\"\nbase_url = \""+s.URL+"\"\n")
	c.start([]string{"ASIDE_API_KEY=" + secret, "XDG_SESSION_TYPE=wayland"})
	c.wantBlind(s, "portal_missing", "display")
	p := c.portal()
	path := filepath.Join(c.Dir, "home", "Screenshot.png")
	for _, tt := range []struct {
		name    string
		answer  portalAnswer
		content string // of the file, "" for none
		code    string
	}{
		{"denied", portalAnswer{code: 1}, "", "screen_refused"},
		{"failed", portalAnswer{code: 2}, "", "portal_failed"},
		{"on the network", portalAnswer{uri: "http://127.0.0.1/Screenshot.png"}, "", "portal_bad_file"},
		{"not there", portalAnswer{uri: "file://" + path}, "", "portal_bad_file"},
		{"no picture", portalAnswer{uri: "file://" + path}, "GIF? No.", "portal_bad_file"},
		{"black", portalAnswer{uri: "file://" + path}, painted(t, true), "screen_blank"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := *c
			c.TB = t
			p.answers <- tt.answer
			if tt.content == "" {
				p.answers <- tt.answer // it is asked twice
				c.wantBlind(s, tt.code, "display")
				return
			}
			c.file("home/Screenshot.png", tt.content)
			v := c.answered("--screen", "display", "asked without a picture")
			if v.Problem == nil || v.Problem.Code != tt.code || len(v.Shots) > 0 {
				t.Errorf("the problem is %+v, the shot %+v", v.Problem, v.Shots)
			}
			c.wantGone(path)
		})
	}
	c.file("home/Screenshot.png", painted(t, false))
	p.answers <- portalAnswer{uri: "file://" + path}
	if v := c.answered("--screen", "display", "asked with a picture"); v.Problem != nil || len(v.Shots) == 0 {
		t.Errorf("the problem is %+v, the shot %+v", v.Problem, v.Shots)
	}
	c.wantGone(path)
	for i, asked := 0, s.Requests(enginetest.Chat); i < len(asked); i++ {
		if hasPicture(asked[i]) != (i == len(asked)-1) {
			t.Errorf("question %d of %d has a picture, or the last has none", i+1, len(asked))
		}
	}
	c.wantCancelled(p)
}

// wantGone wants no file at a path.
func (c *core) wantGone(path string) {
	c.Helper()
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		c.Errorf("the picture is still there: %v", err)
	}
}

// wantCancelled asks a portal that does not answer, and wants the question to
// end as soon as it is given up.
func (c *core) wantCancelled(p *portal) {
	c.Helper()
	p.answers <- portalAnswer{silent: true}
	ended := make(chan string, 1)
	go func() {
		out, _ := c.aside("ask", "--screen", "display", "asked and given up") // that it fails is wanted
		ended <- out
	}()
	select {
	case <-p.asked:
	case out := <-ended:
		c.Fatalf("the portal is not asked: %s", out)
	}
	c.wantVerb("cancel")
	select {
	case out := <-ended:
		if !strings.Contains(out, "cancelled") {
			c.Errorf("it ended with %s", out)
		}
	case <-time.After(2 * time.Second):
		c.Error("it does not end")
	}
}
