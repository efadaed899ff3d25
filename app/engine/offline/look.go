package offline

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"aside/app/engine"
	"aside/vision"
)

// maxLooks is how many pictures of one question are read.
const maxLooks = 4

// look is a picture that is being read.
type look struct {
	shot    vision.Shot
	cancel  context.CancelFunc // ends the reading
	done    chan struct{}
	page    page          // after done
	missing *engine.Error // likewise: the language that is not installed, or nil
	err     error         // likewise
}

// read reads the picture when the one before, if there is one, has been read:
// two at once would both be late.
func (l *look) read(ctx context.Context, r *reader, before *look) {
	defer close(l.done)
	defer l.cancel()
	if before != nil {
		<-before.done
	}
	if l.err = ctx.Err(); l.err == nil {
		l.page, l.missing, l.err = r.read(ctx, l.shot)
	}
}

// wait waits until the picture has been read.
func (l *look) wait(ctx context.Context) error {
	select {
	case <-l.done:
		return l.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// subject says what a picture shows.
func subject(s vision.Shot) string {
	title, program := name(s.Title), name(s.Program)
	switch {
	case title != "" && program != "" && !strings.EqualFold(title, program):
		return fmt.Sprintf("the window “%s” of %s", title, program)
	case title != "" || program != "":
		return "the window of " + cmp.Or(title, program)
	case s.Capture == vision.CaptureDisplay:
		return "the whole display"
	}
	return "the picture"
}

// together joins the pages of pictures, each below a line that says what it
// shows.
func together(looks []*look) page {
	if len(looks) == 1 {
		return looks[0].page
	}
	all := page{told: true}
	for i, l := range looks {
		if i > 0 {
			all.lines = append(all.lines, "")
		}
		all.told = all.told && l.page.told
		all.heads = append(all.heads, len(all.lines))
		all.lines = append(all.lines, heading(i, l.shot), "")
		all.lines = append(all.lines, l.page.lines...)
	}
	return all
}

func heading(i int, s vision.Shot) string {
	if s.At > 0 {
		return fmt.Sprintf("[%d, after %.1f s: %s]", i+1, s.At.Round(100*time.Millisecond).Seconds(), subject(s))
	}
	return fmt.Sprintf("[%d: %s]", i+1, subject(s))
}
