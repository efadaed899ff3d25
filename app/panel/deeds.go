package panel

import (
	"context"
	"errors"
	"net/url"

	"aside/app/control"
)

// call sends a command whose answer comes as a snapshot. A command that fails
// shows its reason there too; if the core is away, the header says so.
func (p *Panel) call(verb string, args any) {
	p.calls.Go(func() { _ = p.o.Core.Do(p.lifetime, verb, args) })
}

// ask asks a typed question with what goes along. The keyboard goes back first:
// the question may be about the window that had it. A question that was not
// asked comes back.
func (p *Panel) ask(text string, along []attachment) {
	p.o.Window.Canvas().Unfocus()
	args := askArgs(text, along, p.chosen.Value("speak.typed") == "true")
	p.calls.Go(func() {
		p.dock.system.restore(p.lifetime)
		asked := false
		_, err := p.o.Core.Ask(p.lifetime, args, func(control.View) { asked = true })
		if err != nil && !asked {
			p.pump.do(func() { p.body.footer.putBack(text, along) })
		}
		p.tell(err)
	})
}

// retry sends a kept question again.
func (p *Panel) retry(id string) { p.sendAgain(control.RetryArgs{ID: id, Alike: true}) }

// retryBeside sends one again through the engine beside the one that failed.
func (p *Panel) retryBeside(id string) {
	p.sendAgain(control.RetryArgs{ID: id, Alike: true, Beside: true})
}

func (p *Panel) sendAgain(args control.RetryArgs) {
	p.calls.Go(func() { p.tell(p.o.Core.Do(p.lifetime, control.VerbRetry, args)) })
}

// deeper asks a question again, with what it sent, to be thought about harder.
// The answer is spoken if the first one was.
func (p *Panel) deeper(v control.View) {
	args := control.AskArgs{Again: v.ID, Deep: true, Speak: v.Timings.FirstSound > 0}
	p.calls.Go(func() {
		_, err := p.o.Core.Ask(p.lifetime, args, func(control.View) {})
		p.tell(err)
	})
}

// sayAgain says the newest answer again.
func (p *Panel) sayAgain() {
	p.calls.Go(func() { p.tell(p.o.Core.Do(p.lifetime, control.VerbSay, control.SayArgs{Command: "again"})) })
}

// sayFrom says the newest answer again, from a sentence on.
func (p *Panel) sayFrom(sentence string) {
	p.calls.Go(func() {
		p.tell(p.o.Core.Do(p.lifetime, control.VerbSay, control.SayArgs{Command: "again", Value: sentence}))
	})
}

// tell shows why a command was refused or did not arrive. What went wrong in a
// turn stands in the turn.
func (p *Panel) tell(err error) {
	if err == nil || p.lifetime.Err() != nil {
		return
	}
	problem := problemOf(err)
	p.pump.do(func() { p.body.refused(&problem) })
}

// problemOf says what an error of the core or of the way to it means.
func problemOf(err error) control.Problem {
	if f, ok := errors.AsType[*control.Failure](err); ok {
		return f.Problem
	}
	if errors.Is(err, control.ErrNotRunning) {
		return away()
	}
	return control.Problem{Message: "Aside did not answer.", Hint: "Try it again; the log says more."}
}

// away is the problem of a core that is not there.
func away() control.Problem {
	return control.Problem{Message: "Aside is not running.", Hint: "Start Aside again: aside"}
}

// deeds are what can be done from within a turn.
func (p *Panel) deeds() deeds {
	return deeds{
		actions: actions{
			open: func(u *url.URL) { _ = p.o.App.OpenURL(u) }, // without a browser there is nothing to open it with
			copy: p.o.App.Clipboard().SetContent,
			from: p.sayFrom,
		},
		retry:   p.retry,
		beside:  p.retryBeside,
		forget:  p.forget,
		again:   p.sayAgain,
		insert:  p.insertText,
		deeper:  p.deeper,
		picture: p.showPicture,
		thumb:   p.fetchPicture,
	}
}

// forget deletes a turn everywhere.
func (p *Panel) forget(id string) {
	p.calls.Go(func() {
		if err := p.o.Core.Do(p.lifetime, control.VerbForget, control.IDArgs{ID: id}); err != nil {
			p.tell(err)
			return
		}
		p.pump.do(func() {
			p.seen.drop(id)
			p.redraw()
		})
	})
}

// drop removes a turn.
func (h *history) drop(id string) {
	var kept []control.View
	for _, v := range h.turns {
		if v.ID != id {
			kept = append(kept, v)
		}
	}
	h.turns = kept
}

// fetchPicture gets a picture of a turn. One that is no longer in the core's
// memory leaves its thumbnail empty.
func (p *Panel) fetchPicture(v control.View, n int, take func(picture, error)) {
	p.calls.Go(func() {
		pic, err := p.fetch(v, n)
		p.pump.do(func() { take(pic, err) })
	})
}

// fetch gets a picture of a turn, with few others at the same time: the core
// serves a limited number of clients.
func (p *Panel) fetch(v control.View, n int) (picture, error) {
	_, of := pictureAt(v.Shots, n)
	if of == nil && pictures(v.Shots) > 0 {
		return picture{}, errNoPicture
	}
	select {
	case p.fetches <- struct{}{}:
		defer func() { <-p.fetches }()
	case <-p.lifetime.Done():
		return picture{}, p.lifetime.Err()
	}
	if of == nil { // the text alone was sent
		shot, err := p.o.Core.Shot(p.lifetime, v.ID, 0)
		return picture{text: shot.Text}, err
	}
	return fetchPicture(p.lifetime, p.o.Core, v.ID, n, of.SHA256)
}

// showPicture shows what a turn sent in a window of its own, from the n-th
// picture on. There is no window if the picture is gone.
func (p *Panel) showPicture(v control.View, n int) {
	if len(v.Shots) == 0 {
		return
	}
	p.fetchPicture(v, n, func(pic picture, err error) {
		if err != nil {
			p.tell(pictureProblem(err))
			return
		}
		w := newViewer(p.body.sheet, v, p.fetchPicture, p.o.App.Clipboard().SetContent)
		w.at = n
		w.take(pic, nil)
		openViewer(p.o.App, w)
	})
}

// whoOrWhat leads from the right of the header to what stands there: what the
// live voice has seen, or else who answers.
func (p *Panel) whoOrWhat() {
	s := p.last.latest
	if s == nil || s.Sharing == nil || len(s.Sharing.Shots) == 0 {
		p.pick()
		return
	}
	p.showPicture(control.View{ID: s.Sharing.ID, Shots: s.Sharing.Shots}, pictures(s.Sharing.Shots)-1)
}

// choice is the user's drawing of a region or picking of a window, for which a
// command waits.
type choice struct {
	screen string
	off    context.CancelFunc
}

// aim says what the next question looks at. A region or a window waits for the
// user's hand; a newer wish takes its place.
func (p *Panel) aim(screen string) {
	p.callOff()
	ctx, cancel := context.WithCancel(p.lifetime)
	mine := &choice{off: cancel}
	if screen == "region" || screen == "pick" {
		mine.screen = screen
	}
	p.choice = mine
	p.body.accept()
	p.redraw()
	p.calls.Go(func() {
		err := p.o.Core.Do(ctx, control.VerbAim, control.AimArgs{Screen: screen})
		calledOff := ctx.Err() != nil
		cancel()
		p.pump.do(func() {
			if p.choice == mine {
				p.choice = nil
				p.redraw()
			}
		})
		if !calledOff {
			p.tell(err)
		}
	})
}

// share lets the live voice look along, or no longer.
func (p *Panel) share(on bool) {
	p.body.accept()
	p.calls.Go(func() { p.tell(p.o.Core.Do(p.lifetime, control.VerbShare, control.ShareArgs{Stop: !on})) })
}

// callOff ends the drawing or picking, if the user is at it.
func (p *Panel) callOff() {
	if p.choice == nil || p.choice.screen == "" {
		return
	}
	p.choice.off()
	p.choice = nil
	p.redraw()
}
