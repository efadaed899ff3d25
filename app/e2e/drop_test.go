package e2e

import (
	"io"
	"log"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"aside/app/engine/enginetest"
)

// dragger is a program from which something is dragged, by the rules of XDND 5.
type dragger struct {
	*testing.T
	conn   *xgb.Conn
	window xproto.Window
}

func (d *dragger) atom(name string) uint32 {
	d.Helper()
	reply, err := xproto.InternAtom(d.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		d.Fatal(err)
	}
	return uint32(reply.Atom)
}

// send tells the target window something.
func (d *dragger) send(target xproto.Window, name string, data ...uint32) {
	d.Helper()
	all := append([]uint32{uint32(d.window)}, data...)
	for len(all) < 5 {
		all = append(all, 0)
	}
	e := xproto.ClientMessageEvent{Format: 32, Window: target, Type: xproto.Atom(d.atom(name)), Data: xproto.ClientMessageDataUnionData32New(all)}
	if err := xproto.SendEventChecked(d.conn, false, target, 0, string(e.Bytes())).Check(); err != nil {
		d.Fatal(err)
	}
}

// await answers requests for what is dragged until the target tells something.
func (d *dragger) await(name, text string) {
	d.Helper()
	want := d.atom(name)
	limit := time.Now().Add(10 * time.Second)
	for time.Now().Before(limit) {
		event, err := d.conn.PollForEvent()
		if event == nil && err == nil {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		switch e := event.(type) {
		case xproto.ClientMessageEvent:
			if uint32(e.Type) == want {
				return
			}
		case xproto.SelectionRequestEvent:
			xproto.ChangeProperty(d.conn, xproto.PropModeReplace, e.Requestor, e.Property, e.Target, 8, uint32(len(text)), []byte(text))
			n := xproto.SelectionNotifyEvent{Time: e.Time, Requestor: e.Requestor, Selection: e.Selection, Target: e.Target, Property: e.Property}
			xproto.SendEvent(d.conn, false, e.Requestor, 0, string(n.Bytes()))
		}
	}
	d.Fatalf("no %s came", name)
}

// drop drags a file over a window and lets it fall.
func (d *dragger) drop(target xproto.Window, x, y int, path string) {
	d.Helper()
	list := "file://" + path + "\r\n"
	xproto.SetSelectionOwner(d.conn, d.window, xproto.Atom(d.atom("XdndSelection")), xproto.TimeCurrentTime)
	d.send(target, "XdndEnter", 5<<24, d.atom("text/uri-list"))
	d.send(target, "XdndPosition", 0, uint32(x)<<16|uint32(y), 0, d.atom("XdndActionCopy"))
	d.await("XdndStatus", list)
	d.send(target, "XdndDrop", 0, 0)
	d.await("XdndFinished", list)
}

func TestAFileThatIsDroppedOnThePanelGoesAlongWithTheQuestion(t *testing.T) {
	xgb.Logger = log.New(io.Discard, "", 0)
	c, s := chatting(t, "")
	conn, err := xgb.NewConnDisplay(c.Display)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	window, err := xproto.NewWindowId(conn)
	if err != nil {
		t.Fatal(err)
	}
	root := xproto.Setup(conn).DefaultScreen(conn).Root
	if err := xproto.CreateWindowChecked(conn, 0, window, root, -1, -1, 1, 1, 0, xproto.WindowClassInputOnly, 0, 0, nil).Check(); err != nil {
		t.Fatal(err)
	}
	target, err := strconv.ParseUint(c.panelWindow(), 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	place, err := xproto.TranslateCoordinates(conn, xproto.Window(target), root, 100, 300).Reply()
	if err != nil {
		t.Fatal(err)
	}
	d := &dragger{T: t, conn: conn, window: window}
	d.drop(xproto.Window(target), int(place.DstX), int(place.DstY), c.file("build.log", "error 42\n"))
	c.until("what goes along", func() bool { return strings.Contains(c.panelText(), "build.log") })
	c.clickOn("instead...")
	if _, err := c.Output(c.ctx, "xdotool", "key", "Return"); err != nil {
		t.Fatal(err)
	}
	asked, err := s.Await(c.ctx, enginetest.Chat, 1)
	if err != nil {
		t.Fatal(err)
	}
	if m := asked[0].Messages[len(asked[0].Messages)-1]; !strings.Contains(m.Text, "error 42") || !strings.Contains(m.Text, "What is this?") {
		t.Errorf("it was asked %q", m.Text)
	}
}
