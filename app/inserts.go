package app

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"

	"aside/app/control"
	"aside/app/insert"
	"aside/app/turn"
)

// maxAsked is how many turns are remembered with their windows.
const maxAsked = 64

// inserts puts answers into the windows that their questions came from.
type inserts struct {
	insert.Inserter

	mu    sync.Mutex
	asked []askedIn // oldest first
}

// askedIn is the window that was in front when a question was asked.
type askedIn struct {
	turn   string
	window insert.Window
}

// begun remembers which window is in front now that a turn has begun.
func (i *inserts) begun(id string) {
	if i.knows(id) {
		return
	}
	w, err := insert.Front()
	if err != nil {
		w = insert.Window{}
	}
	i.remember(id, w, w.Ours())
}

func (i *inserts) knows(id string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.ContainsFunc(i.asked, func(a askedIn) bool { return a.turn == id })
}

// remember notes the window of a turn. The panel is nobody's origin: what was in
// front before it is.
func (i *inserts) remember(id string, w insert.Window, panel bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	n := len(i.asked)
	switch {
	case panel && n > 0:
		w = i.asked[n-1].window
	case panel:
		w = insert.Window{}
	}
	i.asked = append(i.asked[max(0, n+1-maxAsked):], askedIn{id, w})
}

// origin is the window of a turn, the zero Window if that is not known.
func (i *inserts) origin(id string) insert.Window {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, o := range i.asked {
		if o.turn == id {
			return o.window
		}
	}
	return insert.Window{}
}

// insert puts a text where the cursor is in the window that a question came
// from.
func (a *App) insert(ctx context.Context, raw json.RawMessage, send func(any) error) error {
	args, err := arguments[control.InsertArgs](raw)
	if err != nil {
		return err
	}
	view, ok := a.loop.Turn(args.ID)
	switch {
	case !ok:
		return control.Fail("turn_unknown", "There is no such question in this conversation.", "Copy the text, and paste it where you want it.")
	case args.Text == "":
		args.Text = strings.TrimSpace(view.Answer)
	}
	if args.Text == "" {
		return control.Fail("insert_empty", "There is nothing to insert.", "Ask first.")
	}
	lost, err := a.inserts.Insert(ctx, a.inserts.origin(view.ID), args.Text)
	if err != nil {
		return notInserted(err)
	}
	return send(control.Inserted{Lost: lost})
}

// clip tells the picture on the clipboard, because the user has pasted it.
func (a *App) clip(ctx context.Context, _ json.RawMessage, send func(any) error) error {
	image, err := insert.Picture(ctx, control.MaxImage)
	switch {
	case errors.Is(err, insert.ErrUnsupported):
		return control.Fail("clip_unsupported", "The clipboard cannot be read here.", "Save the picture, and drop the file on the panel.")
	case errors.Is(err, insert.ErrEmpty):
		return control.Fail("clip_empty", "There is no picture on the clipboard.", "Copy one first.")
	case errors.Is(err, insert.ErrTooLong):
		return control.Fail("too_large", "The picture is larger than 5 MB.", "Save it smaller, or as JPEG.")
	case err != nil:
		return err
	}
	return send(control.Clip{Image: image})
}

// notInserted says why a text was not inserted.
func notInserted(err error) error {
	const copyIt = "Copy it, and paste it where you want it."
	switch {
	case errors.Is(err, insert.ErrUnsupported):
		return control.Fail("insert_unsupported", "This desktop lets no program paste into another.", copyIt)
	case errors.Is(err, insert.ErrGone):
		return control.Fail("insert_gone", "The window that the question came from is gone.", copyIt)
	case errors.Is(err, insert.ErrBehind):
		return control.Fail("insert_behind", "The window that the question came from does not come to the front.", "Click on it and try again.")
	case errors.Is(err, insert.ErrUntaken):
		return control.Fail("insert_untaken", "The window took no text.", "Click where you want it and try again.")
	case errors.Is(err, insert.ErrTooLong):
		return control.Fail("insert_too_long", "The text is too long to be inserted.", copyIt)
	}
	return err
}

// begins reports whether a snapshot shows a turn that runs.
func begins(s turn.Snapshot) bool {
	return s.Phase != turn.Idle && s.Turn != nil && (s.Talk == nil || !s.Talk.Waits)
}
