//go:build linux || freebsd

package grab

import (
	"context"
	"errors"
	"os"

	"aside/vision"
)

// front is the window that the user looks at.
func front(ctx context.Context, r rules) (window, error) {
	switch {
	case wayland():
		return window{}, vision.ErrUnsupported
	case os.Getenv("DISPLAY") == "":
		return window{}, vision.ErrNoDisplay
	}
	ctx, cancel := context.WithTimeout(ctx, takeLimit)
	defer cancel()
	x, err := dialX11(ctx)
	if err != nil {
		if errors.Is(err, errGone) {
			err = unreachable(err)
		}
		return window{}, err
	}
	defer x.close()
	stop := x.closeAfter(ctx)
	defer stop()
	s, err := x.scene()
	if err != nil {
		return window{}, unreachable(x.explain(ctx, err))
	}
	i := s.target(r)
	switch {
	case i < 0:
		return window{}, vision.ErrUnchosen
	case s.spread(r.private)[i]:
		return window{}, vision.ErrExcluded
	}
	return s.all[i].window, nil
}
